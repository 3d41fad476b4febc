import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { requireAsPulumi } from "../../provider/host/pulumi-copy";

const empty = requireAsPulumi("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => Empty };
const struct = requireAsPulumi("google-protobuf/google/protobuf/struct_pb.js") as { Struct: typeof Struct };

/** The message without content. */
export function emptyMessage(): Empty {
  return new empty.Empty();
}

/** An object as a message. */
export function structMessage(value: object): Struct {
  return struct.Struct.fromJavaScript(value as Parameters<typeof Struct.fromJavaScript>[0]);
}
