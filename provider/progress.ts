/** Tells the user about one resource. Nothing that is told may hold a secret. */
export interface Reporter {
  /** Replaces the text in the resource's row while the operation runs; not kept. */
  progress(message: string): void;
  /** A lasting line under the resource. */
  info(message: string): void;
  /** A lasting warning under the resource. */
  warn(message: string): void;
}

type Severity = "info" | "warn";
type Send = (urn: string, severity: Severity, message: string, ephemeral: boolean) => void;

let engine: { address: string; send: Promise<Send> } | undefined;

/**
 * A reporter for the resource `urn` that speaks to the engine at `address`, where messages appear in the resource's own
 * row. Without an address or URN it says nothing; an engine that does not listen is no reason to fail an export.
 */
export function createReporter(address: string | undefined, urn: string | undefined): Reporter {
  const say = (severity: Severity, message: string, ephemeral: boolean): void => {
    if (address === undefined || urn === undefined) return;
    if (engine?.address !== address) engine = { address, send: connect(address) };
    void engine.send.then((send) => send(urn, severity, message, ephemeral)).catch(() => undefined);
  };
  return {
    progress: (message) => say("info", message, true),
    info: (message) => say("info", message, false),
    warn: (message) => say("warn", message, false),
  };
}

async function connect(address: string): Promise<Send> {
  const [{ credentials }, { EngineClient }, { LogRequest, LogSeverity }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@pulumi/pulumi/proto/engine_grpc_pb.js"),
    import("@pulumi/pulumi/proto/engine_pb.js"),
  ]);
  const client = new EngineClient(address, credentials.createInsecure());
  return (urn, severity, message, ephemeral) => {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity === "warn" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    client.log(request, () => undefined);
  };
}
