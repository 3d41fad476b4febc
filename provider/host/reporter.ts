import type { EngineMessage } from "./engine-log";
import { withoutSecrets } from "./secret-faults";
import type { Host } from "./settings";

/** Shows the user messages about one resource. No message may hold a secret. */
export interface Reporter {
  /** Replaces the text in the resource's row while the operation runs; not kept. The same words are said once. */
  progress(message: string): void;
  /** A lasting line under the resource. */
  info(message: string): void;
  /** A lasting warning under the resource. */
  warn(message: string): void;
  /** Resolves when all that was said has arrived or can't: the engine leaves out what comes after the operation's end. */
  arrived(): Promise<void>;
}

let engine: { address: string; send: Promise<(message: EngineMessage) => Promise<void>> } | undefined;
let complained = false;
let outlivesReader = false;

/**
 * Lets the process outlive the engine that reads its standard error. Without it the first text after a killed engine is an
 * error that nobody catches, and Pulumi's process reports it to the same pipe, which is the next error, without end.
 */
function outliveReader(): void {
  if (!outlivesReader) process.stderr.on("error", () => undefined);
  outlivesReader = true;
}

/**
 * A reporter for the host's resource that speaks to its engine, where messages appear in the resource's own row, without
 * the texts of secret arguments. Without engine or URN it says nothing. An engine that does not listen is no reason to fail an export: it is
 * said once on standard error, and what should last is written there.
 */
export function createReporter({ engine: address, urn, secretTexts }: Host): Reporter {
  outliveReader();
  let arrived = Promise.resolve();
  let row = "";
  const say = (severity: EngineMessage["severity"], quoting: string, ephemeral: boolean): void => {
    if (address === undefined || urn === undefined) return;
    // Loaded at the first message: the generated modules are slow to load and most operations say nothing.
    if (engine?.address !== address) {
      engine = { address, send: import("./engine-log.js").then(({ connectEngine }) => connectEngine(address)) };
    }
    const message = { urn, severity, text: withoutSecrets(quoting, secretTexts), ephemeral };
    const sent = engine.send.then((send) => send(message)).catch((error: unknown) => sayOnStderr(message, error));
    arrived = arrived.then(() => sent);
  };
  // What is checked again says the same again.
  const said = new Set<string>();
  const sayOnce = (severity: EngineMessage["severity"], text: string): void => {
    if (!said.has(text)) say(severity, text, false);
    said.add(text);
  };
  return {
    progress(message) {
      if (message !== row) say("info", message, true);
      row = message;
    },
    info: (message) => sayOnce("info", message),
    warn: (message) => sayOnce("warn", message),
    arrived: () => arrived,
  };
}

function sayOnStderr({ urn, severity, text, ephemeral }: EngineMessage, error: unknown): void {
  if (!complained) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `sending a message to the Pulumi engine: ${reason} — exports go on; progress is not shown, warnings follow here\n`,
    );
  }
  complained = true;
  if (!ephemeral)
    process.stderr.write(`${severity === "warn" ? "warning" : "info"}: ${urn.split("::").at(-1)}: ${text}\n`);
}
