import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { type LogRequest, RequirePulumiVersionResponse } from "@pulumi/pulumi/proto/engine_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";

/** An engine that keeps what it is told. */
export interface EngineServer {
  readonly address: string;
  readonly messages: { urn: string; severity: number; text: string; ephemeral: boolean }[];
  readonly close: () => void;
}

const { Server, ServerCredentials, status } = createRequire(__filename)("@grpc/grpc-js") as typeof grpc;

/**
 * Starts an engine's log service on a free port. With `refuses`, it answers whether its version is in a range: with that
 * text, or "" where it is; without, it knows no such question, as old engines.
 */
export async function startEngineServer({ refuses }: { refuses?: string } = {}): Promise<EngineServer> {
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
    ...(refuses !== undefined && {
      requirePulumiVersion: (_call: unknown, done: (error: object | null, answer?: unknown) => void) =>
        refuses === ""
          ? done(null, new RequirePulumiVersionResponse())
          : done({ code: status.UNKNOWN, details: refuses }),
    }),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, messages, close: () => server.forceShutdown() };
}
