import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, isScalar, type Node, parseDocument } from "yaml";
import type { Project } from "./project";

/** Settings of a stack in the form that a program's SDK reads. */
export interface StackConfig {
  /** Values by full key, such as `aws:region`. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys whose values are secret; each value is a placeholder, as nothing is decrypted. */
  readonly secretKeys: readonly string[];
  /** Pulumi ESC environments that the stack takes more settings from; they are not read. */
  readonly environments: readonly string[];
}

/** Stands for the value of an encrypted setting. */
export const SECRET_PLACEHOLDER = "[secret]";

/** Reads the project's defaults, the stack's settings file and the settings of the command line; later ones win. */
export function readStackConfig(project: Project, stack: string, given: readonly string[]): StackConfig {
  const values: Record<string, string> = {};
  const secretKeys = new Set<string>();
  const take = (key: string, { text, secret }: Setting) => {
    const full = key.includes(":") ? key : `${project.name}:${key}`;
    values[full] = text;
    if (secret) secretKeys.add(full);
  };
  for (const [key, node] of settingsOf(readYaml(project.file))) {
    const setting = readDefault(node);
    if (setting) take(key, setting);
  }
  const stackFile = ["yaml", "yml"]
    .map((ending) => join(project.stackFolder, `Pulumi.${stack}.${ending}`))
    .find((path) => existsSync(path));
  const document = stackFile === undefined ? undefined : readYaml(stackFile);
  for (const [key, node] of document ? settingsOf(document) : []) take(key, readSetting(node));
  for (const pair of given) {
    const at = pair.indexOf("=");
    take(pair.slice(0, at), { text: pair.slice(at + 1), secret: false });
  }
  return { values, secretKeys: [...secretKeys].sort(), environments: document ? environmentsOf(document) : [] };
}

interface Setting {
  readonly text: string;
  readonly secret: boolean;
}

function readYaml(path: string): Document {
  const document = parseDocument(readFileSync(path, "utf8"));
  if (document.errors[0]) throw new Error(`reading "${path}" failed: ${document.errors[0].message}`);
  return document;
}

function settingsOf(document: Document): [string, Node][] {
  const config = document.get("config", true);
  return isMap(config) ? config.items.map(({ key, value }) => [String(key), value as Node]) : [];
}

/** A setting of the project file: a value, or an object with `value` or `default` in it. */
function readDefault(node: Node): Setting | undefined {
  if (!isMap(node)) return readSetting(node);
  const inner = node.get("value", true) ?? node.get("default", true);
  return inner ? readSetting(inner as Node) : undefined;
}

/** Keeps a scalar as it is written, since `012` or `1.10` would not survive being read as a number. */
function readSetting(node: Node): Setting {
  if (isScalar(node)) return { text: node.source ?? JSON.stringify(node.value ?? ""), secret: false };
  if (isMap(node) && node.items.length === 1 && node.has("secure")) return { text: SECRET_PLACEHOLDER, secret: true };
  let secret = false;
  const text = JSON.stringify(node.toJSON(), (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Object.keys(value).join() !== "secure") return value;
    secret = true;
    return SECRET_PLACEHOLDER;
  });
  return { text, secret };
}

function environmentsOf(document: Document): string[] {
  const environment = (document.toJS() as { environment?: unknown } | null)?.environment;
  const list = Array.isArray(environment) ? environment : ((environment as { imports?: unknown })?.imports ?? []);
  return Array.isArray(list)
    ? list.map((item) => (typeof item === "string" ? item : Object.keys(item as object)[0]!))
    : [];
}
