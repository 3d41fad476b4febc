import { createRequire } from "node:module";

/**
 * Loads a package as `@pulumi/pulumi` itself loads it. npm may install gRPC and protobuf twice, and Pulumi's clients and
 * messages accept only objects of their own copy.
 */
export const requireAsPulumi = createRequire(require.resolve("@pulumi/pulumi/package.json"));

/** Pulumi's own copy of gRPC. */
export function pulumiGrpc(): typeof import("@grpc/grpc-js") {
  return requireAsPulumi("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
}
