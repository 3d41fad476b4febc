import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { eq, select } from "../../provider/query/build/builder";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { filesBelow, findSecrets } from "../support/secrets";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

const TOKEN = 'Marked"Token/+&=\\~0123456789';
const VALUE = "Marked-Region-7f3a";
let cloud: TestCloud;
let recorder: FaultProxy;
/** What Domo was handed, and everything else that must not be found: by name. */
const secrets = new Map<string, string>();

beforeAll(async () => {
  const users = [{ token: TOKEN, id: 27, displayName: "Dana Reader", datasets: { [salesDataset]: "READ" as const } }];
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1, users } });
  recorder = await startFaultProxy(cloud.emulator.url, ({ method, url, body }) => {
    if (method !== "POST" || !url.includes("/export/")) return;
    const sent = JSON.parse(body) as Record<string, string>;
    for (const field of ["awsAccessKey", "awsAccessSecret", "sessionToken"])
      secrets.set(`${field} ${secrets.size}`, sent[field] ?? "");
  });
  cloud.env.DOMO_BASE_URL = recorder.url;
  secrets.set("token", TOKEN);
  secrets.set("deployer's secret key", cloud.moto.deployer.secretAccessKey);
  secrets.set("deployer's key id", cloud.moto.deployer.accessKeyId);
}, 900_000);
afterAll(async () => {
  await recorder.shut();
  await cloud.stop();
}, 60_000);

const up = ["up", "--yes", "--skip-preview"];
const verbose = ["--logtostderr", "-v=9", "--logflow"];
const secret = (value: unknown) => ({ "secret!": value });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const newData = () => cloud.emulator.control.advanceData({ dataset: salesDataset });

let paths = 0;
function sales(more: Record<string, unknown> = {}): Exports {
  const args = { dataset: salesDataset, bucket: cloud.bucket, roleArn: cloud.roleArn, path: `exports/s${paths}` };
  return { sales: { args: { ...args, query: plain(select("Region")), ...more } } };
}

/** Runs steps of one stack and keeps all that they said. */
async function recorded() {
  paths++;
  const stack = await createStack(cloud, "plugin");
  const said = new Map<string, string>();
  const step = async (exports: Exports, ...args: string[]) => {
    const { code, stdout, stderr } = await stack.run(exports, ...args);
    said.set(`output ${said.size} of ${args.join(" ")}`, stdout + stderr);
    return code;
  };
  const places = async () => {
    const all = JSON.stringify(await stack.workspace.stackExport());
    const manifests = (await cloud.s3.keys(cloud.bucket, `exports/s${paths}/`)).filter((key) => key.endsWith(".json"));
    const written = await Promise.all(
      manifests.map(async (key) => [key, (await cloud.s3.get(cloud.bucket, key)).toString()] as const),
    );
    expect(written).toHaveLength(1);
    return new Map([...said, ...filesBelow(stack.workspace.folder), ["stack export", all], ...written]);
  };
  return { stack, step, places };
}

/** Names of the inputs and outputs that state holds encrypted. */
async function encrypted(stack: TestStack) {
  const { inputs = {}, outputs = {} } = (await stack.state("sales")) ?? {};
  const names = (values: Record<string, unknown>) =>
    Object.keys(values).filter((name) => "ciphertext" in Object(values[name]));
  return { inputs: names(inputs), outputs: names(outputs) };
}

test("no step of the lifecycle, successful or not, leaves a key or the token anywhere", async () => {
  const { step, places } = await recorded();
  expect(await step(sales(), "preview", "--diff", "--save-plan=plan.json")).toBe(0);
  expect(await step(sales(), ...up, ...verbose)).toBe(0);
  await newData();
  expect(await step(sales({ useCache: true }), ...up)).toBe(0);
  expect(await step(sales(), "refresh", "--yes", "--skip-preview", ...verbose)).toBe(0);
  await newData();
  await cloud.emulator.control.setOptions({ failWith: { errorCode: "ACCESS", message: "Out of memory" } });
  expect(await step(sales(), ...up, ...verbose)).not.toBe(0);
  await cloud.emulator.control.setOptions({ failWith: null });
  expect(await step(sales({ dataset: "missing" }), "preview")).not.toBe(0);
  const seen = await places();
  expect(await step(sales(), "destroy", "--yes", "--skip-preview", ...verbose)).toBe(0);
  expect(secrets.size).toBeGreaterThanOrEqual(3 + 6);
  expect(findSecrets(new Map([["bucket", cloud.bucket]]), seen)).toContain("bucket (plain) in stack export");
  expect(findSecrets(secrets, new Map([...seen, ...(await places())]))).toEqual([]);
}, 240_000);

test("a secret inside the query stays secret in query and SQL, in state, preview, diff and refresh", async () => {
  const { stack, step, places } = await recorded();
  const query = (value: unknown) => plain(select("Order ID", "Region").where(eq("Region", value as string)));
  const hidden = sales({ query: query(secret(VALUE)) });
  expect(await step(hidden, "preview", "--diff")).toBe(0);
  expect(await step(hidden, ...up)).toBe(0);
  expect(await encrypted(stack)).toEqual({ inputs: ["query", "sql"], outputs: ["query", "sql"] });
  expect(await step(hidden, ...up, "--expect-no-changes")).toBe(0);
  expect(await step(hidden, "refresh", "--yes", "--skip-preview")).toBe(0);
  expect(await encrypted(stack)).toEqual({ inputs: ["query", "sql"], outputs: ["query", "sql"] });
  const other = sales({ query: query(secret(`${VALUE}-2`)) });
  expect(await step(other, "preview", "--diff")).toBe(0);
  expect(await step(other, "preview")).toBe(0);
  expect(findSecrets(new Map([["value", VALUE]]), await places())).toEqual([]);
}, 120_000);

test("SQL text that is a secret stays secret, and a fault in it is not quoted", async () => {
  const { stack, step, places } = await recorded();
  const sql = (text: string) => sales({ query: undefined, sql: secret(text) });
  await newData();
  expect(await step(sql(`SELECT "Region" FROM dataset WHERE "Region" = '${VALUE}'`), ...up)).toBe(0);
  expect(await encrypted(stack)).toEqual({ inputs: ["query", "sql"], outputs: ["query", "sql"] });
  expect(await step(sql(`SELECT "Region" FROM dataset WHERE "Regoin" = '${VALUE}'`), "preview")).not.toBe(0);
  expect(await step(sql(`SELECT "Region" FROM ${VALUE} ORDER ${VALUE}`), "preview")).not.toBe(0);
  const all = await places();
  expect([...all.values()].join()).toContain("is a secret with a fault, which is not shown as it would quote it");
  expect(findSecrets(new Map([["value", VALUE]]), all)).toEqual([]);
}, 120_000);

test("other arguments that are secret stay secret; those that the object's address holds are refused", async () => {
  const { stack, step, places } = await recorded();
  await newData();
  const exports = sales({
    roleArn: secret(cloud.roleArn),
    triggers: { build: secret(VALUE) },
    acceptBucketAudience: secret(`agreed in ${VALUE}`),
    timeoutSeconds: secret(600),
  });
  expect(await step(exports, ...up)).toBe(0);
  const names = ["acceptBucketAudience", "roleArn", "timeoutSeconds", "triggers"];
  expect(await encrypted(stack)).toEqual({ inputs: names, outputs: names });
  const wrong = sales({ roleArn: secret(`arn:aws:iam::123456789012:role/${VALUE}`) });
  expect(await step(wrong, ...up)).not.toBe(0);
  const role = new Map([
    ["value", VALUE],
    ["role", cloud.roleArn],
  ]);
  expect(findSecrets(role, await places())).toEqual([]);
  for (const name of ["dataset", "bucket", "path"]) {
    const { code, stdout } = await stack.run(sales({ [name]: secret("exports") }), "preview");
    expect(code, name).not.toBe(0);
    expect(stdout).toContain("can't be a secret, as the resource's id and the object's address hold it");
  }
}, 120_000);

test("a secret token in stack configuration works and lies encrypted in state", async () => {
  paths++;
  await newData();
  const stack = await createStack(cloud, "plugin");
  await stack.workspace.run(["config", "set", "--secret", "domo:developerToken", TOKEN]);
  cloud.env.DOMO_DEVELOPER_TOKEN = "";
  const said = await stack.mustRun(sales(), ...up);
  cloud.env.DOMO_DEVELOPER_TOKEN = TOKEN;
  const { deployment } = await stack.workspace.stackExport();
  const provider = deployment.resources?.find(({ type }) => type === "pulumi:providers:domo");
  expect(provider?.inputs).toHaveProperty(["developerToken", "ciphertext"]);
  const places = new Map([...filesBelow(stack.workspace.folder), ["output", said]]);
  expect(findSecrets(new Map([["token", TOKEN]]), places)).toEqual([]);
}, 120_000);

test("a token in plain stack configuration is refused by the class before anything is recorded", async () => {
  const stack = await createStack(cloud, "plugin");
  await stack.workspace.run(["config", "set", "--plaintext", "domo:developerToken", TOKEN]);
  const { code, stdout, stderr } = await stack.run(sales(), ...up);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("The stack's configuration holds domo:developerToken in plain text");
  expect(findSecrets(new Map([["token", TOKEN]]), new Map([["output", stdout + stderr]]))).toEqual([]);
}, 120_000);
