import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { eq, select } from "../../provider/query/build/builder";
import { filesBelow, findSecrets } from "../support/secrets";
import { createStack, type Exports, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

const VALUE = "Marked-Region-7f3a";

/* Arguments that are secret, as this shell keeps them. What both shells promise is in test/engine. */

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1 } });
}, 900_000);
afterAll(() => cloud.stop());

const up = ["up", "--yes", "--skip-preview"];
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
