import type { Metadata, StatusObject } from "@grpc/grpc-js";
import type { Message } from "google-protobuf";
import { Any, grpc, messages, Status } from "./pulumi-copy";
import { writeProperties } from "./properties";

/** What a call fails with, in the form of gRPC. */
export type Failure = Pick<StatusObject, "code" | "details"> & { metadata?: Metadata };

/** An error that is already in the form of the wire. */
export class WireFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.details);
  }
}

/**
 * Nothing is left behind. The code matters: after `UNKNOWN` or `INTERNAL` the engine takes the state of the resource to be
 * unknown and demands that people look, while an export that may run is found again in Domo's list.
 */
export function failed(details: string): Failure {
  return { code: grpc.status.FAILED_PRECONDITION, details };
}

/** The resource exists and is not whole: the engine records it with these reasons, and the next `up` calls `update`. */
export function initFailed(
  { id, state, reasons }: { id: string; state: object; reasons: readonly string[] },
  secret: ReadonlySet<string>,
): Failure {
  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(writeProperties(state, secret));
  detail.setReasonsList([...reasons]);
  return withDetail(reasons.join("\n"), "pulumirpc.ErrorResourceInitFailed", detail.serializeBinary());
}

/** The operation goes on elsewhere: newer engines end the run with exit code 10, and the next `up` asks again. */
export function awaitFailed(details: string): Failure {
  // The message has no fields; Pulumi's SDK for Node has no class for it before 3.259.
  return withDetail(details, "pulumirpc.ErrorResourceAwaitFailed", new Uint8Array());
}

function withDetail(details: string, type: string, bytes: ReturnType<Message["serializeBinary"]>): Failure {
  const detail = new Any();
  detail.pack(bytes, type);
  const status = new Status();
  status.setCode(grpc.status.FAILED_PRECONDITION);
  status.setMessage(details);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.FAILED_PRECONDITION, details, metadata };
}
