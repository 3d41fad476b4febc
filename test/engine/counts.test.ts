import { afterAll, beforeAll, expect, test } from "vitest";
import { eq, select } from "../../provider/query/build/builder";
import { salesDataset } from "../../local/cloud";
import { expectOutput } from "../support/golden";
import {
  createStack,
  type Exports,
  type Shell,
  shells,
  startTestCloud,
  type TestCloud,
  type TestStack,
} from "../support/stack";

let cloud: TestCloud;
let stacks: Record<Shell, TestStack>;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2, reuse: "never" } });
  stacks = { dynamic: await createStack(cloud, "dynamic"), plugin: await createStack(cloud, "plugin") };
}, 900_000);
afterAll(() => cloud.stop(), 60_000);

const exportsOf = (shell: Shell, more: Record<string, unknown> = {}): Exports => {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Region").where(eq("Region", "West"))));
  const place = { bucket: cloud.bucket, path: `exports/${shell}`, roleArn: cloud.roleArn };
  return { sales: { args: { dataset: salesDataset, query, ...place, ...more } } };
};

const counted = () => cloud.emulator.control.countRequests({ path: "v1/execute" });
const started = async () => (await cloud.emulator.control.exports({})).length;

test.each(shells)(
  "%s: preview says how many rows would leave, fails outside of expectRows, and asks nothing when nothing would run",
  async (shell) => {
    const stack = stacks[shell];
    const [before, ran] = [await counted(), await started()];
    const line =
      /^ \+ .*S3Export sales create would export 1,974 of 12,000 rows, 2 columns, data of [-\d]+ [:\d]+ UTC/m;
    const printed = await stack.mustRun(exportsOf(shell), "preview");
    expect(printed).toMatch(line);
    if (shell === "dynamic") await expectOutput(`${line.exec(printed)?.[0]}\n`, "test/engine/golden/preview.txt");
    expect(await counted()).toBe(before + 1);

    const tooMany = await stack.run(exportsOf(shell, { expectRows: { max: 1000 } }), "up", "--yes");
    expect(tooMany.code).not.toBe(0);
    expect(tooMany.stdout).toContain(
      "the query has 1,974 rows, more than expectRows.max (1,000) — correct the query, or raise max",
    );
    expect(await started()).toBe(ran);

    await stack.mustRun(exportsOf(shell, { expectRows: { min: 1000 } }), "up", "--yes");
    expect(await counted()).toBe(before + 1 + 1 + 2);
    expect((await stack.state("sales"))?.outputs?.counts).toEqual({ query: 1974, domo: 1974, comparable: true });

    await stack.mustRun(exportsOf(shell, { expectRows: { min: 1000 } }), "up", "--yes", "--expect-no-changes");
    const recorded = await stack.run(exportsOf(shell, { expectRows: { max: 10 } }), "preview");
    expect(recorded.code).not.toBe(0);
    expect(recorded.stdout).toContain("expectRows: the recorded export");
    expect(await counted()).toBe(before + 4);
  },
  300_000,
);

test.each(shells)(
  "%s: an update that would export is counted, so is one that repairs drift, and a replacement once",
  async (shell) => {
    const stack = stacks[shell];
    const before = await counted();
    const triggers = exportsOf(shell, { expectRows: { min: 5000 }, triggers: 1 });
    const { code, stdout } = await stack.run(triggers, "preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("expectRows: the query has 1,974 rows, fewer than expectRows.min (5,000)");
    expect(await counted()).toBe(before + 1);
    const moved = await stack.mustRun(exportsOf(shell, { path: "exports/moved" }), "preview");
    expect(moved).toMatch(/S3Export sales replace \[diff: .*path.*\]; would export 1,974 of 12,000 rows/);
    expect(await counted()).toBe(before + 2);

    const [file] = (await stack.state("sales"))?.outputs?.files as { key: string }[];
    await cloud.s3.remove(cloud.bucket, file?.key ?? "");
    const drifted = await stack.mustRun(exportsOf(shell, { expectRows: { min: 1000 } }), "preview", "--refresh");
    expect(drifted).toContain("would export 1,974 of 12,000 rows");
    expect(await counted()).toBe(before + 3);
  },
  300_000,
);
