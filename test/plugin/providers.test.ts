import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { createWorkspace, type Workspace } from "../../local/workspace";
import { deployer, orders } from "../support/lab";
import { filesBelow, findSecrets } from "../support/secrets";
import { exportOf, PLUGIN_PROJECT, startTestCloud, type TestCloud } from "../support/stack";

const DATASET = "0a1b2c3d-aaaa-bbbb-cccc-000000000001";
let cloud: TestCloud;
let other: Emulator;
let otherToken: string;
beforeAll(async () => {
  cloud = await startTestCloud({
    emulator: {
      exportSeconds: 0.1,
      reuse: "never",
      datasets: [orders(DATASET)],
      users: [{ ...deployer(DATASET), token: "first-token" }],
    },
  });
  otherToken = `other-token-${randomUUID()}`;
  other = await startEmulator({
    datasets: [orders(DATASET)],
    users: [{ ...deployer(DATASET), token: otherToken }],
    s3Endpoint: cloud.moto.endpoint,
    regionProbe: cloud.moto.prober,
    exportSeconds: 0.1,
    reuse: "never",
  });
}, 900_000);
afterAll(async () => {
  await other.close();
  await cloud.stop();
}, 60_000);

const up = ["up", "--yes", "--skip-preview"];

/** A program that declares one export for each provider; `null` is the default provider. */
const PROGRAM = `
const { Provider } = require("pulumi-domo-s3-export/plugin");
const { DomoS3Export } = require(process.env.TEST_CLASS ?? "pulumi-domo-s3-export/plugin");
const { providers, args } = JSON.parse(process.env.TEST_PROGRAM);
for (const [name, provider] of Object.entries(providers)) {
  const opts = provider && { provider: new Provider(name, provider) };
  new DomoS3Export(name, { ...args, path: args.path + "/" + name }, opts);
}
`;

let paths = 0;
async function program(): Promise<{
  workspace: Workspace;
  run: (providers: object, env: NodeJS.ProcessEnv, ...args: string[]) => ReturnType<Workspace["run"]>;
}> {
  const path = `exports/r${++paths}`;
  const workspace = await createWorkspace({
    env: cloud.env,
    files: { "index.js": PROGRAM, "Pulumi.yaml": PLUGIN_PROJECT },
  });
  const query = { kind: "sql", text: `SELECT "Order ID" FROM dataset` };
  const args = { dataset: DATASET, query, bucket: cloud.bucket, path, roleArn: cloud.roleArn };
  return {
    workspace,
    run: (providers, env, ...command) => {
      const all = { ...cloud.env, ...workspace.env, TEST_PROGRAM: JSON.stringify({ providers, args }), ...env };
      return workspace.run(command, { env: all });
    },
  };
}
const nothing = { DOMO_INSTANCE: "", DOMO_BASE_URL: "", DOMO_DEVELOPER_TOKEN: "" };
const first = () => ({ baseUrl: cloud.emulator.url, developerToken: "first-token" });
const second = () => ({ baseUrl: other.url, developerToken: otherToken });
const runsAt = async ({ control }: Pick<Emulator, "control">) =>
  (await control.exports())
    .filter(({ order }) => order.path.startsWith(`exports/r${paths}/`))
    .map(({ order }) => order.path);

test("two instances in one program: each export runs at the instance of its provider", async () => {
  const { workspace, run } = await program();
  const providers = { one: first(), two: second() };
  const { code, stdout } = await run(providers, nothing, ...up);
  expect(code, stdout).toBe(0);
  expect(await runsAt(cloud.emulator)).toEqual([expect.stringContaining(`exports/r${paths}/one/`)]);
  expect(await runsAt(other)).toEqual([expect.stringContaining(`exports/r${paths}/two/`)]);
  const { deployment } = await workspace.stackExport();
  const recorded = deployment.resources?.filter(({ type }) => type === "pulumi:providers:domo") ?? [];
  expect(recorded.map(({ inputs }) => "ciphertext" in Object(inputs?.developerToken))).toEqual([true, true]);
  const places = new Map([...filesBelow(workspace.folder), ["output", stdout]]);
  expect(findSecrets(new Map([["token", otherToken]]), places)).toEqual([]);

  const slower = { one: { ...first(), maxRequestsPerSecond: 5 }, two: second() };
  const changed = await run(slower, nothing, ...up);
  expect(changed.stdout).toMatch(/~ +pulumi:providers:domo one update/);
  expect(changed.stdout).toContain("4 unchanged");
  expect(await runsAt(cloud.emulator)).toHaveLength(1);
  // Without the program: what state holds of the providers is enough.
  expect(
    (
      await workspace.run(["destroy", "--yes", "--skip-preview"], {
        env: { ...cloud.env, ...workspace.env, ...nothing },
      })
    ).code,
  ).toBe(0);
});

test("what the program gives to a provider wins over the environment", async () => {
  const { workspace, run } = await program();
  const { code, stdout } = await run({ two: second() }, {}, ...up);
  expect(code, stdout).toBe(0);
  expect(await runsAt(other)).toHaveLength(1);
  expect(await runsAt(cloud.emulator)).toEqual([]);
  expect((await exportOf(workspace, "two"))?.outputs).toMatchObject({ exportStatus: "success" });
});

test("a provider given to the dynamic class is refused with what to do", async () => {
  const { run } = await program();
  const { code, stdout } = await run({ two: second() }, { TEST_CLASS: "pulumi-domo-s3-export" }, "preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain(
    "an export of the dynamic class takes no provider; leave the option provider out, or import DomoS3Export " +
      'from "pulumi-domo-s3-export/plugin"',
  );
  expect(stdout).not.toContain("is not an argument");
});

test("the token of the environment is not sent to another instance than that of the environment", async () => {
  const { run } = await program();
  const before = await other.control.countRequests({});
  const { code, stdout } = await run({ two: { baseUrl: other.url } }, {}, ...up);
  expect(code).not.toBe(0);
  expect(stdout).toContain("the Domo developer token is missing");
  expect(await other.control.countRequests({})).toBe(before);
});

test("a provider takes from the environment what the program leaves out", async () => {
  const { run } = await program();
  const { code, stdout } = await run({ one: { maxRequestsPerSecond: 50 } }, {}, ...up);
  expect(code, stdout).toBe(0);
  expect(await runsAt(cloud.emulator)).toHaveLength(1);
});

test("the default provider's settings come from stack configuration, and the environment wins", async () => {
  const { workspace, run } = await program();
  await workspace.run(["config", "set", "domo:baseUrl", other.url]);
  await workspace.run(["config", "set", "--secret", "domo:developerToken", otherToken]);
  expect((await run({ only: null }, nothing, ...up)).code).toBe(0);
  expect(await runsAt(other)).toHaveLength(1);
  const { code, stdout } = await run({ only: null, again: null }, { ...nothing, DOMO_DEVELOPER_TOKEN: "wrong" }, ...up);
  expect(code).not.toBe(0);
  expect(stdout).toContain("401 Unauthorized");
});

test("a misspelt argument of a provider is named, and other keys of a project called domo are left alone", async () => {
  const { workspace, run } = await program();
  const { code, stdout } = await run({ one: { ...first(), maxRequestPerSecond: 5 } }, nothing, "preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain("is not an argument of the provider domo; did you mean maxRequestsPerSecond?");
  await workspace.run(["config", "set", "domo:dataset", "sales"]);
  expect((await run({ one: null }, {}, "preview")).code).toBe(0);
});
