import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { ROW_LENGTH } from "../../provider/delivery/row";
import { and, eq, gte, select } from "../../provider/query/build/builder";
import { createWorkspace } from "../../local/workspace";
import { createStack, type Exports, shells, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

const EXPORT_SECONDS = 3;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: EXPORT_SECONDS, reuse: "never" } });
}, 900_000);
afterEach(() => cloud.emulator.control.settle());
afterAll(() => cloud.stop());

const up = ["up", "--yes", "--skip-preview"];
const plain = (query: unknown): unknown => JSON.parse(JSON.stringify(query));
const query = (region: string) =>
  plain(select("Order ID", "Region", "Sales").where(and(eq("Region", region), gte("Sales", 100))));

let paths = 0;
function declared(...names: string[]): Exports {
  const args = { dataset: salesDataset, query: query("West"), bucket: cloud.bucket, roleArn: cloud.roleArn };
  return Object.fromEntries(names.map((name) => [name, { args: { ...args, path: `exports/r${++paths}` } }]));
}

/** What was printed in the row of a resource while it was created, in order, each with its first line only. */
function rowsOf(name: string, stdout: string): string[] {
  const row = new RegExp(`S3Export ${name} creat\\w+ \\([\\d.ms]+\\) (.+)`);
  return stdout.split("\n").flatMap((line) => row.exec(line)?.[1] ?? []);
}

/** The rows of an `up`, without what differs from run to run. */
function lastingLines(stdout: string): string {
  const rows = stdout.split("\n").filter((line) => /^ \+ |^Updating/.test(line));
  return `${rows
    .join("\n")
    .replace(/ \(\d+s\)/g, "")
    .replace(/ +$/gm, "")}\n`;
}

/** What an `up` of an export prints where nothing hides the AWS SDK's own lines. */
async function upOf(stack: TestStack, exports: Exports): Promise<string> {
  const { workspace } = stack;
  const env = {
    ...cloud.env,
    ...workspace.env,
    TEST_EXPORTS: JSON.stringify(exports),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined,
  };
  const { code, stdout, stderr } = await workspace.run(up, { env });
  expect(code, stdout).toBe(0);
  return `${stdout}\n${stderr}`;
}

test.each(shells)(
  "%s: a row has a line for each change of its words, and the AWS SDK says nothing of Node 20",
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const exports = declared("first");
    const printed = await upOf(stack, exports);
    expect(printed).not.toContain("NodeVersionSupportWarning");
    expect(printed).not.toContain("warning");
    const state = await stack.state("first");
    const [{ bytes } = { bytes: 0 }] = state?.outputs?.files as { bytes: number }[];
    const rows = Number(state?.outputs?.rowCount).toLocaleString("en-US");
    const end = `${rows} rows, ${Math.round(bytes / 1000)} KB, 1 file`;
    // The dynamic shell comes first, when nobody knows yet how long an export of the dataset takes.
    const usually = shell === "dynamic" ? "" : `, usually ${EXPORT_SECONDS} s`;
    expect(rowsOf("first", printed)).toEqual([
      "starting the export",
      "Domo has queued it",
      `Domo is exporting${usually}`,
      "verifying the objects in S3",
      "writing the manifest",
      end,
      end, // the engine repeats the last words when the resource is done
    ]);
    if (shell === "dynamic") await expect(lastingLines(printed)).toMatchFileSnapshot("golden/up.txt"); // drawn for the README
  },
);

test.each(shells)("%s: exports of one dataset say whom they wait for", async (shell) => {
  const stack = await createStack(cloud, shell);
  const printed = await upOf(stack, declared("big", "small"));
  expect(rowsOf("big", printed)[0]).toBe("starting the export");
  expect(rowsOf("small", printed)[0]).toBe("waits for big (same dataset)");
  for (const row of [...rowsOf("big", printed), ...rowsOf("small", printed)])
    expect(row.length, row).toBeLessThanOrEqual(ROW_LENGTH);
});

test.each(shells)("%s: a dataset that somebody else exports says so, with the id and since when", async (shell) => {
  const stack = await createStack(cloud, shell);
  const { exportId } = await cloud.emulator.control.startForeignExport({
    dataset: salesDataset,
    bucket: "elsewhere",
    seconds: 14,
  });
  const rows = rowsOf("late", await upOf(stack, declared("late")));
  const id = exportId.slice(0, 8);
  expect(rows.slice(0, 3)).toEqual([
    `dataset busy elsewhere (${id})`,
    `dataset busy elsewhere for 10 s (${id})`,
    "starting the export",
  ]);
});

test.each(shells)("%s: preview --diff shows a query as its SQL, and not as a tree", async (shell) => {
  const stack = await createStack(cloud, shell);
  const exports = declared("sales");
  const created = await stack.mustRun(exports, "preview", "--diff");
  expect(created).toContain('sql                      : "SELECT');
  await stack.mustRun(exports, ...up);
  const { args } = exports.sales ?? { args: {} };
  const changed: Exports = { sales: { args: { ...args, query: query("North") } } };
  const updated = await stack.mustRun(changed, "preview", "--diff");
  for (const printed of [created, updated]) {
    expect(printed).not.toMatch(/kind|columns:|terms:/);
    expect(printed.split("\n").length).toBeLessThanOrEqual(42);
  }
  const marked = updated
    .split("\n")
    .flatMap((line) => /^\s*([-+~] .*)/.exec(line)?.[1]?.replace(/\s+/g, " ").trim() ?? []);
  expect(marked.slice(1, 4)).toEqual([
    expect.stringMatching(/^~ sql ?:$/),
    `- WHERE "Region" = 'West'`,
    `+ WHERE "Region" = 'North'`,
  ]);
  expect(await stack.mustRun(changed, "preview")).toContain("[diff: ~sql]");

  // Nothing runs again for the form in which the tree is kept.
  await stack.mustRun(exports, ...up, "--expect-no-changes");
  const kept = (await stack.state("sales"))?.outputs;
  expect(kept?.query).toEqual({ __tree: expect.objectContaining({ kind: "select" }) as unknown });
});

test("a program sees the query's tree as it is", async () => {
  const { args } = declared("sales").sales ?? {};
  const program = `
    const { DomoS3Export } = require("pulumi-domo-s3-export");
    exports.query = new DomoS3Export("sales", ${JSON.stringify(args)}).query;
  `;
  const workspace = await createWorkspace({ env: cloud.env, files: { "index.js": program } });
  const { stdout } = await workspace.run(["preview"]);
  workspace.remove();
  expect(stdout).toMatch(/query: \{[^]*kind *: "select"/);
});
