import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { policies } from "../../policy/pack";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");
const versionIn = (path: string) => (JSON.parse(read(path)) as { version: string }).version;

test("the pack has the version of the package", () =>
  expect(versionIn("policy/package.json")).toBe(versionIn("package.json")));

test("the documented table has every rule in order, with its level and its parameters", () => {
  const rows = read("docs/policy.md").matchAll(/^\| `([a-z-]+)` +\| (\w+) +\|.*\| ([^|]*?) *\|$/gm);
  const documented = [...rows].map(([, name, level, parameters = ""]) => ({
    name,
    level,
    parameters: [...parameters.matchAll(/`(\w+)` \(/g)].map(([, parameter]) => parameter),
  }));
  const actual = policies.map(({ name, enforcementLevel, configSchema }) => ({
    name,
    level: enforcementLevel,
    parameters: Object.keys(configSchema?.properties ?? {}),
  }));
  expect(documented).toEqual(actual);
});
