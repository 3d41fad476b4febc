import type { ServiceError } from "@grpc/grpc-js";
import { grpc } from "./pulumi-copy";

const PATH = "/pulumirpc.Engine/RequirePulumiVersion";

/** Longer than a busy engine takes to answer. */
const LIMIT_MS = 10_000;

/**
 * Asks the engine at `address` whether its version lies in `range`, and resolves with what speaks against it. An engine that
 * does not know the question is older than any that does. The message is written here, because the oldest SDK has no class
 * for it. Rejects with gRPC's error where the engine does not answer.
 *
 * Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/engine.proto
 */
export async function engineRefusal(address: string, range: string, limitMs = LIMIT_MS): Promise<string | undefined> {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const options = { deadline: Date.now() + limitMs };
  try {
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(PATH, requestOf, (answer) => answer, range, options, resolve);
    });
    if (!error) return undefined;
    if (error.code === grpc.status.UNIMPLEMENTED) return "the engine does not tell its version";
    if (error.code === grpc.status.UNKNOWN) return error.details;
    throw error;
  } finally {
    client.close();
  }
}

/** `RequirePulumiVersionRequest` with its only field, a text below 128 bytes. */
function requestOf(range: string): Buffer {
  const text = Buffer.from(range);
  return Buffer.concat([Buffer.from([0x0a, text.length]), text]);
}
