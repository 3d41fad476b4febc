import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import { pulumiGrpc } from "./pulumi-copy";

/** One message for the row of a resource. */
export interface EngineMessage {
  urn: string;
  severity: "info" | "warn";
  text: string;
  /** Shown while the operation runs and not kept. */
  ephemeral: boolean;
}

/** Connects to the engine at `address`. Each message resolves when the engine has taken it. */
export function connectEngine(address: string): (message: EngineMessage) => Promise<void> {
  const client = new EngineClient(address, pulumiGrpc().credentials.createInsecure());
  return ({ urn, severity, text, ephemeral }) => {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity === "warn" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setMessage(text);
    request.setEphemeral(ephemeral);
    return new Promise((resolve, reject) => {
      client.log(request, (error) => (error ? reject(error) : resolve()));
    });
  };
}
