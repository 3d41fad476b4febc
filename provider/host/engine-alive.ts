import { connect } from "node:net";
import { CancelledError } from "../errors";

/**
 * Fails when nobody listens at the engine's address any more. A provider process outlives an engine that was killed; an
 * export that it would still start then is one that no state records.
 */
export async function requireEngine(address: string | undefined): Promise<void> {
  if (address === undefined) return;
  const at = address.lastIndexOf(":");
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", (cause) =>
      reject(new CancelledError("the engine that asked for this export is gone, and nothing was started", { cause })),
    );
  }).finally(() => socket.destroy());
}
