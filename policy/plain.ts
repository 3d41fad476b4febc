import { UNKNOWN } from "../provider/host/unknown";

/** The texts by which the engine says that a value of some other type than text is not known yet (Pulumi's `plugin/rpc.go`). */
const OTHER_UNKNOWNS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * Properties as plain data. `@pulumi/policy` wraps them so that reading an unknown value throws and ends the whole rule;
 * a property's descriptor shows the value behind the wrapping, so that a rule can judge what is known.
 */
export function plainProps(props: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(props));
  return Object.fromEntries(descriptors.map(([key, { value }]) => [key, oneUnknown(value)]));
}

/** Replaces every kind of unknown value by the one that rules compare with. */
function oneUnknown(value: unknown): unknown {
  if (OTHER_UNKNOWNS.has(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(oneUnknown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, oneUnknown(item)]));
}

/** A known text, or `undefined`. */
export function knownText(value: unknown): string | undefined {
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

/** A known object, or an empty one. */
export function knownObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
