import { UNKNOWN } from "../../provider/host/unknown";

/** Signatures by which Pulumi's wire format marks a value as secret or as an output. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** An argument without the marks of the wire. */
export interface PlainArgument {
  /** What is secret is as unknown as a value that a preview lacks. */
  readonly value: unknown;
  /** The secrets in it: for comparisons in this process, never to be shown. */
  readonly secrets: readonly unknown[];
}

/** Takes the marks off an argument and hides what is secret. */
export function plainArgument(wire: unknown): PlainArgument {
  if (Array.isArray(wire)) {
    const items = wire.map(plainArgument);
    return { value: items.map(({ value }) => value), secrets: items.flatMap(({ secrets }) => secrets) };
  }
  if (typeof wire !== "object" || wire === null) return { value: wire, secrets: [] };
  const marked = wire as Record<string, unknown>;
  if (marked[SIGNATURE_KEY] === SECRET) return { value: UNKNOWN, secrets: [marked.value] };
  const entries = Object.entries(marked).map(([key, item]) => [key, plainArgument(item)] as const);
  return {
    value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
    secrets: entries.flatMap(([, { secrets }]) => secrets),
  };
}
