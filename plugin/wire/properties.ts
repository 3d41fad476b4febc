import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb";
import { hideTree, plainTree } from "../../provider/host/hidden-tree";
import { OPEN_CHOICES, secretTextsIn } from "../../provider/host/secret-faults";
import { OTHER_UNKNOWNS, UNKNOWN } from "../../provider/host/unknown";
import { Struct } from "./pulumi-copy";

/** The mark of a special value on Pulumi's wire, and what it says of a secret one. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Properties of a resource without the marks of the wire. */
export interface Properties {
  /** Plain values; one that is not known yet is `UNKNOWN`. */
  values: Record<string, unknown>;
  /** Properties that are secret. */
  secret: ReadonlySet<string>;
  /** Properties that hold a secret somewhere inside, the secret ones among them. */
  withSecrets: ReadonlySet<string>;
  /** The secret texts and numbers themselves, as texts. */
  secretTexts: readonly string[];
}

/** Reads properties off the wire. */
export function readProperties(message: StructMessage | undefined): Properties {
  const raw = (message?.toJavaScript() ?? {}) as Record<string, unknown>;
  const texts = new Set<string>();
  const withSecrets = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    values[name] = unmarked(value, (secret) => {
      withSecrets.add(name);
      if (!OPEN_CHOICES.has(name)) secretTextsIn(secret).forEach((text) => texts.add(text));
    });
  }
  const secret = new Set(Object.keys(raw).filter((name) => isSecret(raw[name])));
  return { values: plainTree(values), secret, withSecrets, secretTexts: [...texts] };
}

/** Writes properties as plain JSON, those named in `secret` as secrets. */
export function writeProperties(values: object, secret: ReadonlySet<string> = new Set()): StructMessage {
  const plain = JSON.parse(JSON.stringify(hideTree(values))) as Record<string, never>; // a Struct refuses `undefined`
  const marked = Object.entries(plain).map(([name, value]) => [
    name,
    secret.has(name) ? { [SIGNATURE]: SECRET, value } : value,
  ]);
  return Struct.fromJavaScript(Object.fromEntries(marked) as Record<string, never>);
}

function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[SIGNATURE] === SECRET;
}

function unmarked(value: unknown, found: (secret: unknown) => void): unknown {
  if (isSecret(value)) {
    const secret = unmarked(value.value, found);
    found(secret);
    return secret;
  }
  if (OTHER_UNKNOWNS.has(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item) => unmarked(item, found));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unmarked(item, found)]));
  return value;
}
