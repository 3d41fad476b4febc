import { createRequire } from "node:module";

/**
 * gRPC and protobuf as Pulumi's SDK itself loads them. A message of another copy is refused ("not an instance of"), and
 * npm nests a second copy as soon as versions differ. Only these modules are loaded: the whole SDK takes three times as long.
 */
const load = createRequire(require.resolve("@pulumi/pulumi/package.json"));

export const grpc = load("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
export const { ResourceProviderService } = load(
  "./proto/provider_grpc_pb.js",
) as typeof import("@pulumi/pulumi/proto/provider_grpc_pb");
export const messages = load("./proto/provider_pb.js") as typeof import("@pulumi/pulumi/proto/provider_pb");
export const { PluginInfo } = load("./proto/plugin_pb.js") as typeof import("@pulumi/pulumi/proto/plugin_pb");
export const { Status } = load("./proto/status_pb.js") as typeof import("@pulumi/pulumi/proto/status_pb");
export const { Struct } = load(
  "google-protobuf/google/protobuf/struct_pb.js",
) as typeof import("google-protobuf/google/protobuf/struct_pb");
export const { Empty } = load(
  "google-protobuf/google/protobuf/empty_pb.js",
) as typeof import("google-protobuf/google/protobuf/empty_pb");
export const { Any } = load(
  "google-protobuf/google/protobuf/any_pb.js",
) as typeof import("google-protobuf/google/protobuf/any_pb");
