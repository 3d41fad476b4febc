import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalCloud, salesDataset, startLocalCloud } from "../../local/cloud";
import { createWorkspace, type Workspace } from "../../local/workspace";

let cloud: LocalCloud;
const workspaces: Workspace[] = [];

async function workspace(files: Record<string, string>, config?: Record<string, string>): Promise<Workspace> {
  const created = await createWorkspace({ env: cloud.env, files, config });
  workspaces.push(created);
  return created;
}

beforeAll(async () => {
  cloud = await startLocalCloud();
}, 120_000);

afterAll(async () => {
  for (const { remove } of workspaces) remove();
  await cloud?.stop();
});

test("the cloud's Domo answers its user and nobody else", async () => {
  const read = (token: string) =>
    fetch(`${cloud.env.DOMO_BASE_URL}/api/data/v3/datasources/${salesDataset}`, {
      headers: { "X-DOMO-Developer-Token": token },
    });
  expect((await read(cloud.env.DOMO_DEVELOPER_TOKEN ?? "")).status).toBe(200);
  expect((await read("another")).status).toBe(401);
});

test("programs get their configuration, secrets marked", { timeout: 60_000 }, async () => {
  const program = `
    const { Config } = require("@pulumi/pulumi");
    const config = new Config();
    exports.plain = config.require("plain");
    exports.folder = process.cwd();
    config.requireSecret("hidden").apply((value) => console.error("hidden is " + value.length + " long"));
  `;
  const { run, folder } = await workspace({ "index.js": program }, { plain: "seen" });
  expect((await run(["config", "set", "--secret", "hidden", "1234567"])).code).toBe(0);
  const up = await run(["up", "--yes", "--skip-preview"]);
  expect(up.code, up.stdout + up.stderr).toBe(0);
  expect(up.stdout).toContain("hidden is 7 long");
  const outputs = await run(["stack", "output", "--json"]);
  expect(JSON.parse(outputs.stdout)).toEqual({ plain: "seen", folder });
});

test("a program that throws shows its error once and ends", { timeout: 60_000 }, async () => {
  const { run } = await workspace({ "index.js": `throw new Error("no such region")` });
  const preview = await run(["preview"]);
  expect(preview.code).not.toBe(0);
  expect(preview.stdout.split("Diagnostics:")[1]?.match(/no such region/g)).toHaveLength(1);
});

test("a TypeScript program runs as it is", { timeout: 60_000 }, async () => {
  const program = `
    import * as pulumi from "@pulumi/pulumi";
    const count: number = 3;
    export const answer = pulumi.output(count).apply((value: number) => value * 2);
  `;
  const { run } = await workspace({ "index.ts": program });
  const up = await run(["up", "--yes", "--skip-preview"]);
  expect(up.code, up.stdout + up.stderr).toBe(0);
  expect(JSON.parse((await run(["stack", "output", "--json"])).stdout)).toEqual({ answer: 6 });
});

test("two stacks work at the same time", { timeout: 90_000 }, async () => {
  const both = await Promise.all(
    ["one", "two"].map((name) => workspace({ "index.js": `exports.name = ${JSON.stringify(name)};` })),
  );
  const ups = await Promise.all(both.map(({ run }) => run(["up", "--yes", "--skip-preview"])));
  expect(ups.map(({ code }) => code)).toEqual([0, 0]);
  const outputs = await Promise.all(both.map(({ run }) => run(["stack", "output", "name"])));
  expect(outputs.map(({ stdout }) => stdout.trim())).toEqual(["one", "two"]);
});

test("the example is under 70 lines", () => {
  expect(readFileSync("examples/sales-export/index.ts", "utf8").split("\n").length).toBeLessThan(70);
});
