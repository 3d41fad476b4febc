import type { EnforcementLevel, Policy, PolicyConfigSchema } from "@pulumi/policy";

/** An export as a rule sees it: plain values, `UNKNOWN` where a preview does not know them yet. */
export interface ExportView {
  readonly name: string;
  readonly urn: string;
  readonly stack: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A resource of the stack as a rule sees it. */
export interface ResourceView {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** URNs of the resources that each property was made from. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** What a stack declares, with the links between exports, buckets and roles resolved. */
export interface StackView {
  readonly resources: readonly ResourceView[];
  readonly exports: readonly ResourceView[];
}

/** What is wrong with which export. */
export interface Violation {
  readonly urn: string;
  readonly message: string;
}

interface RuleText extends Pick<Policy, "name" | "description" | "severity"> {
  readonly enforcementLevel: EnforcementLevel;
}

/** A rule over one export: returns a sentence for each violation. */
export interface ExportRule<Config extends object> extends RuleText {
  /** Parameters, each with its default. */
  readonly parameters: Parameters<Config>;
  readonly check: (view: ExportView, config: Config) => readonly string[];
}

/** A rule over all that a stack declares. */
export interface StackRule<Config extends object> extends RuleText {
  readonly parameters: Parameters<Config>;
  readonly checkStack: (view: StackView, config: Config) => readonly Violation[];
}

/** JSON schema of each parameter. */
export type Parameters<Config extends object> = {
  readonly [Name in keyof Config]: PolicyConfigSchema["properties"][string] & { description: string; default: unknown };
};

/** A list of texts as parameter. `form` is what the engine demands of each. */
export function textList(
  description: string,
  values: readonly string[],
  form: { readonly format: "regex" } | { readonly pattern: string } | { readonly minLength: number } = { minLength: 1 },
) {
  return { type: "array" as const, items: { type: "string" as const, ...form }, description, default: [...values] };
}

/** A switch as parameter. */
export function flag(description: string, value: boolean) {
  return { type: "boolean" as const, description, default: value };
}

/** A value in quotes, as every message shows it. */
export function quoted(value: unknown): string {
  const json = JSON.stringify(value) ?? "undefined";
  return json.length > 200 ? `${json.slice(0, 199)}…` : json;
}
