import { functions } from "./functions";
import type { Kind } from "./kind";

const anything = { $ref: "pulumi.json#/Any" };
const properties = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, anything]));

/** What a program can read of a resource in addition to its arguments. */
const outputs = ["arn"];
/** What a program can read of a function's answer. */
const results = ["id", "arn", "accountId", "userId", "region", "name", "partition", "dnsSuffix"];

/**
 * The stand-in's schema, which the host for YAML asks for. It knows names only: every value may be anything.
 *
 * @param kinds the types that the stand-in knows, by token.
 */
export function awsSchema(version: string, kinds: Readonly<Record<string, Kind>>): string {
  const resources = Object.entries(kinds).map(([token, { inputs }]) => [
    token,
    { inputProperties: properties(inputs), properties: properties([...new Set([...inputs, ...outputs])]) },
  ]);
  const calls = Object.keys(functions).map((token) => [
    token,
    {
      inputs: { type: "object", properties: properties(["region"]) },
      outputs: { type: "object", properties: properties(results) },
    },
  ]);
  return JSON.stringify({
    name: "aws",
    version,
    meta: { moduleFormat: "(.*)(?:/[^/]*)" },
    resources: Object.fromEntries(resources) as object,
    functions: Object.fromEntries(calls) as object,
    provider: {},
  });
}
