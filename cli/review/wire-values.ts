import { UNKNOWN } from "../../provider/host/unknown";
import { SECRET_PLACEHOLDER } from "./stack-config";

/** Signatures by which Pulumi's wire format marks a value as secret or as an output. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** An argument without the marks of the wire. */
export interface PlainArgument {
  /** A secret text reads `[secret]`; any other secret is as unknown as a value that a preview lacks. */
  readonly value: unknown;
  /** Whether any of it is secret. */
  readonly secret: boolean;
}

/** Takes the marks off an argument and hides what is secret. */
export function plainArgument(wire: unknown): PlainArgument {
  if (Array.isArray(wire)) {
    const items = wire.map(plainArgument);
    return { value: items.map(({ value }) => value), secret: items.some(({ secret }) => secret) };
  }
  if (typeof wire !== "object" || wire === null) return { value: wire, secret: false };
  const marked = wire as Record<string, unknown>;
  if (marked[SIGNATURE_KEY] === SECRET) {
    return { value: typeof marked.value === "string" ? SECRET_PLACEHOLDER : UNKNOWN, secret: true };
  }
  const entries = Object.entries(marked).map(([key, item]) => [key, plainArgument(item)] as const);
  return {
    value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
    secret: entries.some(([, { secret }]) => secret),
  };
}
