import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import {
  type LogRequest,
  type RequirePulumiVersionRequest,
  RequirePulumiVersionResponse,
} from "@pulumi/pulumi/proto/engine_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";

/** An engine that keeps what it is told and asked. */
export interface EngineServer {
  readonly address: string;
  readonly messages: { urn: string; severity: number; text: string; ephemeral: boolean }[];
  /** The version ranges that it was asked for. */
  readonly ranges: string[];
  readonly close: () => void;
}

const { Server, ServerCredentials, status } = createRequire(__filename)("@grpc/grpc-js") as typeof grpc;
type Done = (error: object | null, answer?: unknown) => void;

/**
 * Starts an engine's log service on a free port. With a `version`, it answers whether that lies in a range; without, it
 * knows no such question, as old engines. `"silent"` never answers it.
 */
export async function startEngineServer({ version }: { version?: string } = {}): Promise<EngineServer> {
  const messages: EngineServer["messages"] = [];
  const ranges: string[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: ({ request }: { request: LogRequest }, done: Done) => {
      messages.push({
        urn: request.getUrn(),
        severity: request.getSeverity(),
        text: request.getMessage(),
        ephemeral: request.getEphemeral(),
      });
      done(null, new emptyMessages.Empty());
    },
    ...(version !== undefined && {
      requirePulumiVersion: ({ request }: { request: RequirePulumiVersionRequest }, done: Done) => {
        const range = request.getPulumiVersionRange();
        ranges.push(range);
        if (version === "silent") return;
        const details = `Pulumi CLI version ${version} does not satisfy the version range "${range}"`;
        if (isAtLeast(version, range)) done(null, new RequirePulumiVersionResponse());
        else done({ code: status.UNKNOWN, details });
      },
    }),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, messages, ranges, close: () => server.forceShutdown() };
}

/** Whether the version lies in a range of the form `>=1.2.3`. */
function isAtLeast(version: string, range: string): boolean {
  const [, least = ""] = /^>=(\d+\.\d+\.\d+)$/.exec(range) ?? [];
  if (least === "") throw new Error(`this range is not understood here: ${range}`);
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}
