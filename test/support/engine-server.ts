import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";

/** An engine that keeps what it is told. */
export interface EngineServer {
  readonly address: string;
  readonly messages: { urn: string; severity: number; text: string; ephemeral: boolean }[];
  readonly close: () => void;
}

const { Server, ServerCredentials } = createRequire(__filename)("@grpc/grpc-js") as typeof grpc;

/** Starts an engine's log service on a free port. */
export async function startEngineServer(): Promise<EngineServer> {
  const messages: EngineServer["messages"] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: ({ request }: { request: LogRequest }, done: (error: null, answer: unknown) => void) => {
      messages.push({
        urn: request.getUrn(),
        severity: request.getSeverity(),
        text: request.getMessage(),
        ephemeral: request.getEphemeral(),
      });
      done(null, new emptyMessages.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, messages, close: () => server.forceShutdown() };
}
