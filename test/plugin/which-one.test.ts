import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import * as plugin from "../../plugin/index";
import * as dynamic from "../../provider/index";
import { eq, select } from "../../provider/query/build/builder";
import { expectDeliveredOnce } from "../support/delivered";
import { createStack, type Exports, shells, startTestCloud, type TestCloud } from "../support/stack";

/* The table "Which one do I want?" in docs/plugin.md: each row's tests, and those that no other file has. */

const FIGURES = "test/plugin/compare-shells.ts";

/** For each row of the table, where its cells are tested: a file and what stands in it. */
const rows: Record<string, readonly [file: string, text: string][]> = {
  "import of": [["test/plugin/move.test.ts", "both classes give the same id, digest and file"]],
  "to install": [["test/engine/install.test.ts", "the plugin runs from an installed tarball"]],
  languages: [
    ["test/plugin/languages.test.ts", "the example in YAML lives its life"],
    ["test/plugin/languages.test.ts", "the example in Python lives its life"],
    ["test/plugin/languages.test.ts", "the SDK for Node compiles by its own script"],
  ],
  "the query as SQL text": [
    ["test/plugin/lifecycle.test.ts", "SQL text and the builder give the same export, digest and file"],
    ["test/plugin/which-one.test.ts", "SQL text by the builder"],
  ],
  "one Ctrl-C during an export": [
    ["test/engine/interrupted.test.ts", "one Ctrl-C while exporting: the export is in state"],
    ["test/plugin/cancel.test.ts", "Ctrl-C while $step"],
    ["test/plugin/cancel-process.test.ts", "a create that is cancelled while $step ends within a second"],
  ],
  "`import`": [
    ["test/plugin/which-one.test.ts", "can't be imported"],
    ["test/plugin/import.test.ts", "the option import takes an export over"],
  ],
  "`customTimeouts`": [
    ["test/plugin/which-one.test.ts", "ignores customTimeouts"],
    ["test/plugin/timeouts.test.ts", "customTimeouts end the wait and are not recorded"],
    ["test/plugin/timeouts.test.ts", "customTimeouts of update and of delete decide there"],
  ],
  "`preview --diff` of a changed query": [["test/plugin/which-one.test.ts", "shows the lines of SQL that differ"]],
  "a preview that only records arguments": [["test/plugin/which-one.test.ts", "outputs stay known in a preview"]],
  "a secret inside `query`": [["test/plugin/which-one.test.ts", "makes query and sql secret as a whole"]],
  "an export longer than the limit": [
    ["test/plugin/which-one.test.ts", "an export longer than the limit fails"],
    ["test/plugin/timeouts.test.ts", "onTimeout await: the run ends with 'still running'"],
  ],
  "two Domo instances in a program": [
    ["test/plugin/providers.test.ts", "a provider given to the dynamic class is refused"],
    ["test/plugin/providers.test.ts", "two instances in one program"],
  ],
  functions: [
    ["test/plugin/which-one.test.ts", "the functions of each"],
    ["test/plugin/functions-program.test.ts", "calls getDataset and countRows"],
  ],
  "a stack that has the other": [
    ["test/plugin/move.test.ts", "21 exports of the dynamic resource move by the class alone"],
    ["test/plugin/move.test.ts", "the move is one-way"],
  ],
  "state, bytes an export": [["test/plugin/which-one.test.ts", "state has about as many bytes"]],
  "start of the process": [[FIGURES, "start to the port"]],
  "memory, idle / in an `up` of 21": [[FIGURES, "idle memory"]],
  "preview without a change, 21 exports": [[FIGURES, "preview without a change"]],
  "one Ctrl-C in an export of 10 s": [[FIGURES, "one Ctrl-C in an export of 10 s"]],
};

/** Cells of the table, by the text of their row's first one. */
const page = readFileSync(join(projectRoot, "docs/plugin.md"), "utf8");
const table = new Map(
  [...page.matchAll(/^\| (\S.*?) +\| (.+?) +\| (.+?) +\|$/gm)]
    .filter(([, name = ""]) => !name.startsWith("---"))
    .map(([, name = "", ofDynamic = "", ofPlugin = ""]) => [name, { dynamic: ofDynamic, plugin: ofPlugin }]),
);

test("each row of the table has its tests", () => {
  expect([...table.keys()]).toEqual(Object.keys(rows));
  for (const [file, text] of Object.values(rows).flat())
    expect(readFileSync(join(projectRoot, file), "utf8"), file).toMatch(titled(text, file));
});

/** A title with this text; of the figures, a name. */
function titled(text: string, file: string): RegExp {
  return new RegExp(`${file === FIGURES ? "" : "\\(\\s*"}"[^"\n]*${text.replace(/[$.]/g, "\\$&")}`);
}

test("the functions of each class are those that the table names", () => {
  const named = (cell = "") => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  const { dynamic: ofDynamic, plugin: ofPlugin } = table.get("functions") ?? {};
  expect(named(ofDynamic).filter((name) => !(String(name) in dynamic))).toEqual([]);
  expect(named(ofPlugin).filter((name) => !(String(name) in plugin))).toEqual([]);
  for (const name of named(ofPlugin)) expect(dynamic).not.toHaveProperty(String(name));
});

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 3, reuse: "never" } });
}, 900_000);
afterAll(() => cloud.stop());

const limit = { timeout: 180_000 };
const up = ["up", "--yes", "--skip-preview"];
const region = (name: string): unknown =>
  JSON.parse(JSON.stringify(select("Order ID", "Region").where(eq("Region", name))));
function sales(opts?: Record<string, unknown>, more: Record<string, unknown> = {}): Exports {
  const args = { dataset: salesDataset, query: region("West"), bucket: cloud.bucket, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, path: "exports/which", ...more }, opts } };
}

test(
  "a dynamic resource ignores customTimeouts and can't be imported; the same line imports by the plugin",
  limit,
  async () => {
    const stack = await createStack(cloud);
    await stack.mustRun(sales({ customTimeouts: { create: "1s" } }), ...up);
    const { outputs } = (await stack.state("sales")) ?? {};
    expect(outputs).toMatchObject({ exportStatus: "success" });
    const line = sales({ import: `${salesDataset}/${String(outputs?.exportId)}` });
    const dynamic = await (await createStack(cloud)).run(line, "preview");
    expect(dynamic.code).not.toBe(0);
    // The text of the provider, by which a dynamic resource is read, is in state only.
    expect(dynamic.stdout).toContain("sales import error: Preview failed: code must be a string, not undefined");
    const plugin = await createStack(cloud, "plugin");
    expect(await plugin.mustRun(line, "preview")).toContain("domo:index:S3Export sales import");
  },
);

test.each(shells)(
  "%s: the diff of a changed filter shows the lines of SQL that differ, and no tree",
  limit,
  async (shell) => {
    const stack = await createStack(cloud, shell);
    await stack.mustRun(sales(), ...up);
    const diff = await stack.mustRun(sales(undefined, { query: region("East") }), "preview", "--diff");
    stack.workspace.remove();
    const changed = diff.split("\n").map((line) => line.trim().replace(/ +/g, " "));
    expect(changed).toContain(`- WHERE "Region" = 'West'`);
    expect(changed).toContain(`+ WHERE "Region" = 'East'`);
    expect(changed.filter((line) => /^[-+~] query/.test(line))).toEqual([]);
  },
);

test.each([
  { shell: "dynamic", known: false },
  { shell: "plugin", known: true },
] as const)(
  "$shell: outputs stay known in a preview that only records arguments: $known",
  limit,
  async ({ shell, known }) => {
    const stack = await createStack(cloud, shell);
    await stack.mustRun(sales(), ...up);
    const said = await stack.mustRun(sales(undefined, { timeoutSeconds: 60 }), "preview", "--diff");
    stack.workspace.remove();
    expect(said).toMatch(/timeoutSeconds *: 3600 => 60/);
    expect(said.includes("[unknown]")).toBe(!known);
  },
);

test.each(shells)("%s: an export longer than the limit fails, and the next up takes it over", limit, async (shell) => {
  const exports = sales(undefined, { path: `exports/long-${shell}`, timeoutSeconds: 1 });
  const stack = await createStack(cloud, shell);
  const { code, stdout } = await stack.run(exports, ...up);
  expect(code).not.toBe(0);
  expect(stdout).toContain("raise timeoutSeconds if it always takes this long");
  await cloud.emulator.control.settle();
  await stack.mustRun(exports, ...up);
  await expectDeliveredOnce({ cloud, stack, exports });
});

const secretRegion = { "secret!": "West" };

test.each(shells)("%s: a secret inside query makes query and sql secret as a whole", limit, async (shell) => {
  const stack = await createStack(cloud, shell);
  const query: unknown = JSON.parse(
    JSON.stringify(select("Order ID", "Region").where(eq("Region", secretRegion as never))),
  );
  const exports = sales(undefined, { query, path: `exports/secret-${shell}` });
  await stack.mustRun(exports, ...up);
  await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
  const { inputs, outputs } = (await stack.state("sales")) ?? {};
  for (const name of ["query", "sql"]) {
    expect(inputs?.[name], `input ${name}`).toHaveProperty("ciphertext");
    expect(outputs?.[name], `output ${name}`).toHaveProperty("ciphertext");
  }
});

test.each(shells)(
  "%s: state has about as many bytes an export as the table says; SQL text by the builder",
  limit,
  async (shell) => {
    const query = dynamic.sql(`SELECT "Order ID", "Region", "Sales" FROM dataset WHERE "Region" = 'West'`);
    const stack = await createStack(cloud, shell);
    await stack.mustRun(sales(undefined, { query, path: `exports/${shell}` }), ...up);
    const bytes = JSON.stringify(await stack.state("sales")).length;
    const said = Number(table.get("state, bytes an export")?.[shell].replace(",", ""));
    expect(Math.abs(bytes / said - 1), `${bytes} bytes`).toBeLessThan(0.1);
  },
);
