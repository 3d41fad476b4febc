import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";

/** One message for the row of a resource. */
export interface EngineMessage {
  urn: string;
  severity: "info" | "warn";
  text: string;
  /** Shown while the operation runs and not kept. */
  ephemeral: boolean;
}

/** Connects to the engine at `address`. Messages that do not arrive are lost silently. */
export function connectEngine(address: string): (message: EngineMessage) => void {
  const client = new EngineClient(address, credentials.createInsecure());
  return ({ urn, severity, text, ephemeral }) => {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity === "warn" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setMessage(text);
    request.setEphemeral(ephemeral);
    client.log(request, () => undefined);
  };
}
