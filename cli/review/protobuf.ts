import { createRequire } from "node:module";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

// Pulumi's messages check that what is inside them comes from the copy of google-protobuf that Pulumi itself loads.
const requireAsPulumi = createRequire(require.resolve("@pulumi/pulumi/package.json"));
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
