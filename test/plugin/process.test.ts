import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { status } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import type { Metadata } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { providerArguments } from "../../plugin/config";
import { argumentNames } from "../../provider/args/arguments";
import { outputs } from "../../plugin/schema/outputs";
import { pulumiSchema } from "../../plugin/schema/schema";
import { OTHER_UNKNOWNS, UNKNOWN } from "../../provider/host/unknown";
import { eq, select } from "../../provider/query/build/builder";
import { until } from "../support/engine-run";
import { type Lab, placed, REGION, startLab } from "../support/lab";
import { initFailure } from "../../local/provider-process";
import { answered, EXECUTABLE, type PluginProcess, startPlugin } from "./plugin-process";

let lab: Lab;
let plugin: PluginProcess;
const others: PluginProcess[] = [];
beforeAll(async () => {
  lab = await startLab();
  plugin = await startPlugin();
}, 300_000);
afterEach(() => Promise.all(others.splice(0).map((process) => process.stop())));
afterAll(async () => {
  await plugin.stop();
  await lab.stop();
});

async function another(env: NodeJS.ProcessEnv = {}, executable = EXECUTABLE): Promise<PluginProcess> {
  const process = await startPlugin(env, executable);
  others.push(process);
  return process;
}

const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
const query = JSON.parse(JSON.stringify(select("Order ID").where(eq("Region", "West")))) as unknown;
const args = (more: Record<string, unknown> = {}) => ({
  dataset: lab.dataset,
  query,
  bucket: lab.bucket,
  path: "exports/process",
  roleArn: lab.roleArn,
  ...more,
});
const every = () => ({
  ...args(),
  region: REGION,
  externalId: "external",
  sourceIdentity: "source",
  allowLongLivedCredentials: false,
  timeoutSeconds: 60,
  includeBom: false,
  useCache: false,
  kmsKeyId: "key",
  triggers: [1],
  deleteObjects: false,
  verify: "objects",
  onNewData: "report",
  adopt: "export",
  preflight: "strict",
  expectedBucketOwner: "123456789012",
  acceptBucketAudience: "agreed with the owner",
  acknowledgeUnrestricted: false,
  expectRows: { min: 1 },
  countRows: "auto",
  manifest: "_manifest.json",
});

test("schema.json is what the arguments' declaration says now", async () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string };
  const written = readFileSync(join(projectRoot, "plugin/schema.json"), "utf8");
  expect(JSON.parse(written), "run npm run schema").toEqual(JSON.parse(JSON.stringify(pulumiSchema(version))));
  const answer = await answered<messages.GetSchemaResponse>((done) =>
    plugin.client.getSchema(new messages.GetSchemaRequest(), done),
  );
  expect(answer.getSchema()).toBe(written);
  const info = await answered<PluginInfo>((done) => plugin.client.getPluginInfo(new Empty(), done));
  expect(info.getVersion()).toBe(version);
});

test("the provider's arguments are the settings of the stack configuration", () => {
  const source = readFileSync(join(projectRoot, "provider/host/settings.ts"), "utf8");
  const settings = new Set([...source.matchAll(/"domo:(\w+)"/g)].map(([, name]) => name));
  expect(Object.keys(providerArguments).sort()).toEqual([...settings].sort());
});

test("the plugin's package.json has the version of the package", () => {
  const versionOf = (file: string) =>
    (JSON.parse(readFileSync(join(projectRoot, file), "utf8")) as { version: string }).version;
  expect(versionOf("plugin/package.json")).toBe(versionOf("package.json"));
  expect(statSync(EXECUTABLE).mode & 0o111).toBe(0o111);
});

test("the fields below are all that the declaration knows", () => {
  expect(Object.keys(every()).sort()).toEqual([...argumentNames].sort());
});

test.each(argumentNames)("check accepts a %s that is not known yet", async (name) => {
  for (const unknown of [UNKNOWN, [...OTHER_UNKNOWNS][1]]) {
    const { inputs, failures } = await plugin.check({ ...every(), [name]: unknown });
    expect(failures).toEqual([]);
    expect(inputs[name]).toBe(UNKNOWN);
  }
});

test("check accepts SQL text that is not known yet, and an unknown value inside a query", async () => {
  const { dataset, bucket, path, roleArn } = args();
  const text = await plugin.check({ dataset, bucket, path, roleArn, sql: UNKNOWN });
  expect(text).toMatchObject({ failures: [], inputs: { query: UNKNOWN, sql: UNKNOWN } });
  const partly = JSON.parse(JSON.stringify(select("Order ID").where(eq("Region", UNKNOWN)))) as unknown;
  expect(await plugin.check(args({ query: partly }))).toMatchObject({
    failures: [],
    inputs: { query: partly, sql: UNKNOWN },
  });
});

test("check keeps the URN and whether it is a preview out of the inputs", async () => {
  const { inputs } = await plugin.check(args());
  expect(Object.keys(inputs).filter((name) => ![...argumentNames, "sql", "instance"].includes(name))).toEqual([]);
});

test("failures name the property by its path", async () => {
  const misspelt = JSON.parse(JSON.stringify(select("Order ID", "Regoin"))) as unknown;
  const { failures } = await plugin.check(args({ query: misspelt }));
  expect(failures.map(placed).map(({ property }) => property)).toEqual(["query.columns[1]"]);
  const faults = await plugin.check(args({ bucket: "No Bucket", onTimeout: "wait", buckets: "x" }));
  expect(
    faults.failures
      .map(placed)
      .map(({ property }) => property)
      .sort(),
  ).toEqual(["bucket", "buckets", "onTimeout"]);
});

test("check marks what is secret, and what is derived from it", async () => {
  const { inputs } = await plugin.check(args({ roleArn: secret(lab.roleArn) }));
  expect(inputs.roleArn).toEqual(secret(lab.roleArn));
  expect(inputs.query).toEqual({ __tree: query });
  const inside = JSON.parse(JSON.stringify(select("Order ID").where(eq("Region", "?")))) as {
    where: { right: object };
  };
  inside.where.right = { kind: "text", value: secret("West") };
  const checked = await plugin.check(args({ query: inside }));
  expect(checked.inputs).toMatchObject({
    query: secret({ __tree: query }),
    sql: secret(expect.stringContaining("West")),
  });
});

test("a token is a secret after checkConfig, however it came", async () => {
  const { inputs } = await plugin.checkConfig("default", { instance: "acme", developerToken: "t" });
  expect(inputs).toEqual({ instance: "acme", developerToken: secret("t") });
});

test("the outputs of a create are marked as their inputs are", async () => {
  await lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-6", "West", 1]] });
  const { inputs } = await plugin.check(args({ path: "exports/marked", triggers: { day: secret("monday") } }));
  for (const preview of [true, false]) {
    const { properties } = await plugin.create(inputs, { preview });
    expect(properties.triggers).toEqual(secret({ day: "monday" }));
    expect(properties.roleArn).toBe(lab.roleArn);
  }
});

test("a create for a preview asks for the count alone, and knows no output", async () => {
  const { inputs } = await plugin.check(args({ path: "exports/previewed" }));
  const asked = await lab.emulator.control.countRequests({});
  const { id, properties } = await plugin.create(inputs, { preview: true });
  expect(id).toBe("");
  expect(properties).toEqual({ ...inputs, ...Object.fromEntries(Object.keys(outputs).map((name) => [name, UNKNOWN])) });
  expect(await lab.emulator.control.countRequests({})).toBe(asked + 1);
});

test("a create that fails after the POST hands over the resource with id, properties and reasons", async () => {
  await lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-7", "West", 1]] });
  await lab.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
  const { inputs } = await plugin.check(args({ path: "exports/failed", externalId: secret("external-1") }));
  const error = await plugin.create(inputs).catch((failure: unknown) => failure);
  await lab.emulator.control.setOptions({ failWith: null });
  const failure = initFailure(error);
  expect(failure?.id).toBe(`${lab.dataset}@s3://${lab.bucket}/exports/failed`);
  expect(failure?.properties).toMatchObject({ ...inputs, exportStatus: "error", files: [] });
  expect(failure?.properties).not.toHaveProperty("resourceUrn");
  expect(failure?.reasons).toEqual([expect.stringContaining("failed at Domo: QUERY_FAILED: Out of memory")]);
});

test("a create that fails before the POST leaves nothing, and nothing that people have to clear", async () => {
  const { inputs } = await plugin.check(args({ path: "elsewhere" }));
  const error = await plugin.create(inputs).catch((failure: unknown) => failure);
  expect(error).toMatchObject({
    code: status.FAILED_PRECONDITION,
    message: expect.stringContaining("AccessDenied") as string,
  });
  expect(initFailure(error)).toBeUndefined();
});

test("a create that runs out of time with onTimeout await says that it goes on", async () => {
  await lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-8", "West", 1]] });
  await lab.emulator.control.setOptions({ exportSeconds: 20 });
  const { inputs } = await plugin.check(args({ path: "exports/slow", onTimeout: "await" }));
  const error = await plugin.create(inputs, { timeout: 1 }).catch((failure: unknown) => failure);
  const [bytes] = (error as { metadata: Metadata }).metadata.get("grpc-status-details-bin");
  const [detail] = statusMessages.Status.deserializeBinary(Buffer.from(bytes as Buffer)).getDetailsList();
  expect(detail?.getTypeUrl()).toBe("type.googleapis.com/pulumirpc.ErrorResourceAwaitFailed");
  await lab.emulator.control.setOptions({ exportSeconds: 0.1 });
  await lab.emulator.control.settle();
});

test("a message of 20 MB is accepted", async () => {
  const { failures } = await plugin.check(args({ triggers: "x".repeat(20_000_000) }));
  expect(failures).toEqual([]);
});

test("stdout holds the port and nothing else", async () => {
  const process = await another({ NODE_OPTIONS: "" });
  await process.check(args());
  expect(process.stdout()).toMatch(/^\d+\n$/);
});

test.each(["SIGINT", "SIGTERM"] as const)("an idle process ends at once on %s", async (signal) => {
  const { child } = await another();
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("the process ends soon after the engine was killed", async () => {
  const shell = spawn("/bin/sh", ["-c", `"$0" 127.0.0.1:1 & echo $!; wait`, EXECUTABLE], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines = createInterface(shell.stdout);
  const [pid] = (await once(lines, "line")) as [string];
  await once(lines, "line"); // the port
  shell.kill("SIGKILL");
  await until("the plugin has ended", () => !isAlive(Number(pid)));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
