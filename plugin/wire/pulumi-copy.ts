import { pulumiGrpc, requireAsPulumi as load } from "../../provider/host/pulumi-copy";

// Only these modules are loaded at the start: the whole SDK takes three times as long.
export const grpc = pulumiGrpc();
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
