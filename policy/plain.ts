import { OTHER_UNKNOWNS, UNKNOWN } from "../provider/host/unknown";

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
