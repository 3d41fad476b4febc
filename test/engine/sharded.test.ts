import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatasetDefinition } from "../../emulator/options";
import { shardNames, shardOf } from "../../examples/sharded-catalogue/shards";
import { localToken } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";
import { createWorkspace, type StackExport, type Workspace } from "../../local/workspace";
import { endOrphans, noteProviders, until } from "../support/engine-run";
import { orders } from "../support/lab";
import { startTestCloud, type TestCloud } from "../support/stack";

const SHARDS = 3;
const EXAMPLE = join(projectRoot, "examples/sharded-catalogue");
const RUNNER = join(projectRoot, "dist/examples/sharded-catalogue/run.js");
const limit = { timeout: 600_000 };
const datasets: DatasetDefinition[] = Array.from({ length: 6 }, (_, index) =>
  orders(`0a1b2c3d-aaaa-bbbb-cccc-${String(index).padStart(12, "0")}`),
);

let cloud: TestCloud;
const workspaces: Workspace[] = [];
beforeAll(async () => {
  const users = [{ token: localToken, id: 27, displayName: "Dana Reader", datasetAdmin: true }];
  cloud = await startTestCloud({ emulator: { exportSeconds: 1, reuse: "never", datasets, users } });
}, 900_000);
afterAll(() => {
  endOrphans();
  for (const { remove } of workspaces) remove();
  return cloud.stop();
});

/** A copy of the example with two exports of each dataset below `exports/<story>/`. */
async function copy(story: string, columns = "Sales"): Promise<Workspace> {
  const names = ["Pulumi.yaml", "index.ts", "shards.ts"];
  const texts = names.map((name) => [name, readFileSync(join(EXAMPLE, name), "utf8")]);
  const workspace = await createWorkspace({ env: cloud.env, files: Object.fromEntries(texts) as never });
  workspace.write({ "catalogue.yaml": catalogue(story, { columns }) });
  workspaces.push(workspace);
  return workspace;
}

function catalogue(story: string, { columns = "Sales", shards = SHARDS } = {}): string {
  const exports = datasets.flatMap(({ id }, index) =>
    [10, 20].map((least) => [
      `d${index}-from-${least}`,
      {
        dataset: id,
        query: `SELECT "Order ID", "${index === 0 ? columns : "Sales"}" FROM dataset WHERE "Sales" >= ${least}`,
        path: `exports/${story}/d${index}-from-${least}`,
      },
    ]),
  );
  const { bucket, roleArn } = cloud;
  return JSON.stringify({ shards, bucket, roleArn, exports: Object.fromEntries(exports) as object });
}

const environment = ({ env }: Workspace) => ({ ...process.env, ...cloud.env, ...env });
const runShards = (workspace: Workspace, ...args: string[]) =>
  runCommand(process.execPath, [RUNNER, ...args], { cwd: workspace.folder, env: environment(workspace) });

async function startedBelow(story: string) {
  const all = await cloud.emulator.control.exports();
  return all.filter(({ order }) => order.path.startsWith(`exports/${story}/`));
}

/** The names of the exports in each stack's state. */
async function shared(workspace: Workspace, shards = SHARDS): Promise<Record<string, string[]>> {
  const names = shardNames(shards).map(async (shard) => {
    const { stdout } = await workspace.run(["stack", "export", "--stack", shard]);
    const { resources = [] } = (JSON.parse(stdout) as StackExport).deployment;
    const urns = resources.filter(({ type }) => type.endsWith("domo:S3Export")).map(({ urn }) => urn);
    return [shard, urns.map((urn) => urn.split("::").at(-1) ?? "").sort()] as const;
  });
  return Object.fromEntries(await Promise.all(names));
}

/** The names that belong in each stack by the dataset alone. */
function expectedShares(shards = SHARDS): Record<string, string[]> {
  return Object.fromEntries(
    shardNames(shards).map((shard) => {
      const own = datasets.flatMap(({ id }, index) => (shardOf(id, shards) === shard ? [index] : []));
      return [shard, own.flatMap((index) => [`d${index}-from-10`, `d${index}-from-20`])];
    }),
  );
}

test(
  "a run that is killed in the middle goes on: each export is started once, in its dataset's shard",
  limit,
  async () => {
    const workspace = await copy("killed");
    const options = { cwd: workspace.folder, env: environment(workspace), stdio: "ignore", detached: true } as const;
    const runner = spawn(process.execPath, [RUNNER], options);
    await until("four exports are started", async () => (await startedBelow("killed")).length >= 4);
    noteProviders(runner.pid!);
    process.kill(-runner.pid!, "SIGKILL");
    endOrphans();
    const before = (await startedBelow("killed")).length;
    expect(before).toBeLessThan(12);

    const locked = await runShards(workspace);
    const commands = [...locked.stdout.matchAll(/then pulumi (cancel --stack shard-\d --yes)$/gm)];
    expect(commands.length).toBeGreaterThan(0);
    expect(locked.code).toBe(1);
    for (const [, command = ""] of commands) await workspace.run(command.split(" "));
    const { code, stdout } = await runShards(workspace);
    expect(code, stdout).toBe(0);

    const started = await startedBelow("killed");
    expect(started.map(({ status }) => status)).toEqual(Array(12).fill("success"));
    expect(new Set(started.map(({ order }) => order.path)).size).toBe(12);
    expect(await cloud.s3.dataKeys(cloud.bucket, "exports/killed/")).toHaveLength(12);
    expect(await shared(workspace)).toEqual(expectedShares());

    const again = await runShards(workspace, "--refresh");
    expect(again.stdout.split("\n").filter((line) => /^(ok|FAILED)/.test(line))).toEqual([
      expect.stringMatching(/^ok {5}shard-1: \d same$/),
      expect.stringMatching(/^ok {5}shard-2: \d same$/),
      expect.stringMatching(/^ok {5}shard-3: \d same$/),
    ]);
    expect(await startedBelow("killed")).toHaveLength(12);
  },
);

test("a shard that fails stops no other, and is named with its fault", limit, async () => {
  const workspace = await copy("faulty", "Sails");
  const { code, stdout } = await runShards(workspace, "--at-once", "1");
  expect(code).toBe(1);
  const faulty = shardOf(datasets[0]!.id, SHARDS);
  const summary = stdout.split("\n").filter((line) => /^(ok|FAILED)/.test(line));
  expect(summary.map((line) => line.slice(0, 14))).toEqual(
    shardNames(SHARDS).map((shard) => `${shard === faulty ? "FAILED" : "ok    "} ${shard}`),
  );
  expect(summary.join("\n")).toContain('the dataset "Orders" has no column "Sails"');
  expect({ ...(await shared(workspace)), [faulty]: [] }).toEqual({ ...expectedShares(), [faulty]: [] });
});

test("a shard fewer: its datasets move, the exports are taken over and not run again", limit, async () => {
  const workspace = await copy("fewer");
  expect((await runShards(workspace)).code).toBe(0);
  workspace.write({ "catalogue.yaml": catalogue("fewer", { shards: 2 }) });
  const { code, stdout } = await runShards(workspace);
  expect(code, stdout).toBe(0);
  expect(await shared(workspace)).toEqual({ ...expectedShares(2), "shard-3": [] });
  expect(await startedBelow("fewer")).toHaveLength(12);
});

test("--at-once is refused when it is no number that makes sense", async () => {
  const { code, stderr } = await runShards(await copy("refused"), "--at-once", "many");
  expect([code, stderr]).toEqual([64, '--at-once: "many" is not a whole number from 1 to 16\n']);
});
