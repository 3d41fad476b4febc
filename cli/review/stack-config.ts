import { readFileSync } from "node:fs";
import { type Document, isMap, isScalar, type Node, parseDocument } from "yaml";
import { type Project, stackFile } from "./project";

/** Settings of a stack in the form that a program's SDK reads. */
export interface StackConfig {
  /** Values by full key, such as `aws:region`. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys whose values are secret; each value is a placeholder, as nothing is decrypted. */
  readonly secretKeys: readonly string[];
  /** What is written for each secret key, encrypted: it differs after each `pulumi config set`. */
  readonly encrypted: Readonly<Record<string, string>>;
  /** Pulumi ESC environments that the stack takes more settings from; they are not read. */
  readonly environments: readonly string[];
}

/** Stands for the value of an encrypted setting; the program may build other values from it. */
export function secretPlaceholder(key: string): string {
  return `[secret ${key}]`;
}

/** Reads the project's defaults, the stack's settings file and the settings of the command line; later ones win. */
export function readStackConfig(project: Project, stack: string, given: readonly string[]): StackConfig {
  const settings = new Map<string, Setting>();
  const take = (key: string, read: (full: string) => Setting | undefined) => {
    const full = key.includes(":") ? key : `${project.name}:${key}`;
    const setting = read(full);
    // Once secret, always secret: a default or a value of the command line takes the place of one.
    if (setting) settings.set(full, { ...setting, encrypted: setting.encrypted ?? settings.get(full)?.encrypted });
  };
  for (const [key, node] of settingsOf(readYaml(project.file))) take(key, (full) => readDefault(full, node));
  const file = stackFile(project, stack);
  const document = file === undefined ? undefined : readYaml(file);
  for (const [key, node] of document ? settingsOf(document) : []) take(key, (full) => readSetting(full, node));
  for (const pair of given) {
    const at = pair.indexOf("=");
    take(pair.slice(0, at), () => ({ text: pair.slice(at + 1) }));
  }
  const encrypted = [...settings].flatMap(([key, { encrypted }]) =>
    encrypted === undefined ? [] : [[key, encrypted]],
  );
  return {
    values: Object.fromEntries([...settings].map(([key, { text }]) => [key, text])),
    secretKeys: encrypted.map(([key]) => key!).sort(),
    encrypted: Object.fromEntries(encrypted) as Record<string, string>,
    environments: document ? environmentsOf(document) : [],
  };
}

interface Setting {
  readonly text: string;
  /** For a secret, what is written in its place. */
  readonly encrypted?: string;
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
function readDefault(key: string, node: Node): Setting | undefined {
  if (!isMap(node)) return readSetting(key, node);
  const inner = node.get("value", true) ?? node.get("default", true);
  return inner ? readSetting(key, inner as Node) : undefined;
}

/** Keeps a scalar as it is written, since `012` or `1.10` would not survive being read as a number. */
function readSetting(key: string, node: Node): Setting {
  if (isScalar(node)) return { text: node.source ?? JSON.stringify(node.value ?? "") };
  const encrypted: unknown[] = [];
  const plain = JSON.parse(
    JSON.stringify(node.toJSON(), (_, value: unknown) => {
      if (typeof value !== "object" || value === null || Object.keys(value).join() !== "secure") return value;
      encrypted.push(value);
      return secretPlaceholder(key);
    }),
  ) as unknown;
  const text = typeof plain === "string" ? plain : JSON.stringify(plain);
  return encrypted.length === 0 ? { text } : { text, encrypted: JSON.stringify(encrypted) };
}

function environmentsOf(document: Document): string[] {
  const environment = (document.toJS() as { environment?: unknown } | null)?.environment;
  const list = Array.isArray(environment) ? environment : ((environment as { imports?: unknown })?.imports ?? []);
  return Array.isArray(list)
    ? list.map((item) => (typeof item === "string" ? item : Object.keys(item as object)[0]!))
    : [];
}
