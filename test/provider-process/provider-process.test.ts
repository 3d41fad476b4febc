import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eq, select } from "../../provider/query/build/builder";
import { argumentNames } from "../../provider/args/arguments";
import { inputNames } from "../../provider/args/schema";
import { UNKNOWN } from "../../provider/host/unknown";
import { type Lab, placed, REGION, startLab, TOKEN } from "../support/lab";
import { projectRoot } from "../../local/paths";
import { initFailure, type ProviderProcess, providerText, startProvider } from "../../local/provider-process";

let lab: Lab;
let text: string;
let provider: ProviderProcess;
const others: ProviderProcess[] = [];
beforeAll(async () => {
  [lab, text] = await Promise.all([startLab(), providerText()]);
  provider = await startProvider();
  await provider.configure({});
}, 300_000);
afterEach(() => Promise.all(others.splice(0).map((process) => process.stop())));
afterAll(async () => {
  await provider.stop();
  await lab.stop();
});

/** Another process, with neither instance nor token in its environment unless given. */
async function another(config: Record<string, string>, env: NodeJS.ProcessEnv = {}): Promise<ProviderProcess> {
  const unset = { DOMO_INSTANCE: "", DOMO_BASE_URL: "", DOMO_DEVELOPER_TOKEN: "" };
  const process = await startProvider({ ...unset, ...env });
  others.push(process);
  await process.configure(config);
  return process;
}

const query = JSON.parse(JSON.stringify(select("Order ID").where(eq("Region", "West")))) as unknown;
const args = (more: Record<string, unknown> = {}) => ({
  __provider: text,
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
  resourceUrn: "urn:pulumi:test::project::pulumi-nodejs:dynamic/domo:S3Export::sales",
});

test("the provider's text is at most 1,500 bytes and holds no path of this machine", () => {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1500);
  expect(text).not.toContain(process.cwd());
});

test("the fields below are all that the schema knows", () => {
  const fields = Object.keys(every()).filter((name) => name !== "__provider" && name !== "resourceUrn");
  expect(fields.sort()).toEqual([...argumentNames].sort());
});

test.each([...argumentNames])("check accepts a %s that is not known yet", async (name) => {
  const { inputs, failures } = await provider.check({ ...every(), [name]: UNKNOWN, dryRun: true });
  expect(failures).toEqual([]);
  expect(inputs[name]).toBe(UNKNOWN);
});

test("check accepts a value inside the query that is not known yet", async () => {
  const partly = JSON.parse(JSON.stringify(select("Order ID").where(eq("Region", UNKNOWN)))) as unknown;
  const { inputs, failures } = await provider.check(args({ query: partly, dryRun: true }));
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject({ query: partly, sql: UNKNOWN });
});

test("check keeps neither dryRun nor, but for the shell's own copy, the provider's text", async () => {
  const { inputs } = await provider.check(args({ dryRun: true }));
  expect(inputs).not.toHaveProperty("dryRun");
  expect(inputs.__provider).toBe(text);
  expect(Object.keys(inputs).filter((name) => !inputNames.has(name))).toEqual(["__provider"]);
});

test("failures name the property by its path", async () => {
  const misspelt = {
    columns: [
      { exprType: "COLUMN", column: "Order ID" },
      { exprType: "COLUMN", column: "Regoin" },
    ],
  };
  const faults = await provider.check(args({ query: misspelt }));
  expect(faults.failures.map(placed).map(({ property }) => property)).toEqual(["query.columns[1]"]);
  const shapes = await provider.check(args({ bucket: "No Bucket", timeoutSeconds: 0, buckets: "x" }));
  expect(shapes.failures.map(placed).map(({ property }) => property)).toEqual(["bucket", "timeoutSeconds", "buckets"]);
});

test("diff compares with what state holds", async () => {
  const { inputs } = await provider.check(args());
  const state = { ...inputs, exportStatus: "success", origin: "created", drift: [], files: [] };
  expect(await provider.diff(state, inputs)).toEqual({ changes: 1, replaces: [] });
  expect(await provider.diff(state, { ...inputs, includeBom: true })).toEqual({ changes: 2, replaces: [] });
  expect(await provider.diff(state, { ...inputs, path: "exports/x" })).toEqual({ changes: 2, replaces: ["path"] });
});

test("create answers with id, outputs and the provider's text", async () => {
  const { inputs } = await provider.check(args({ path: "exports/created" }));
  const { id, properties } = await provider.create(inputs);
  expect(id).toBe(`${lab.dataset}@s3://${lab.bucket}/exports/created`);
  expect(properties).toMatchObject({ exportStatus: "success", rowCount: 2, __provider: text });
});

test("a create that fails after the POST hands over the resource with id, properties and reasons", async () => {
  await lab.emulator.control.advanceData({ dataset: lab.dataset, append: [["A-7", "West", 1]] });
  await lab.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
  const { inputs } = await provider.check(args({ path: "exports/failed" }));
  const error = await provider.create(inputs).catch((failure: unknown) => failure);
  await lab.emulator.control.setOptions({ failWith: null });
  const failure = initFailure(error);
  expect(failure?.id).toBe(`${lab.dataset}@s3://${lab.bucket}/exports/failed`);
  expect(failure?.properties).toMatchObject({ ...inputs, exportStatus: "error", files: [], __provider: text });
  expect(failure?.reasons).toHaveLength(1);
  expect(failure?.reasons[0]).toContain("failed at Domo: QUERY_FAILED: Out of memory");
});

test("a create that fails before the POST leaves nothing", async () => {
  const { inputs } = await provider.check(args({ path: "elsewhere" }));
  const error = await provider.create(inputs).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ message: expect.stringContaining("AccessDenied") as string });
  expect(initFailure(error)).toBeUndefined();
});

test("settings come from stack configuration", async () => {
  const config = { "domo:instance": "acme", "domo:baseUrl": lab.emulator.url, "domo:developerToken": TOKEN };
  const before = await lab.emulator.control.countRequests({ userId: 7 });
  const { failures } = await (await another(config)).check(args());
  expect(failures).toEqual([]);
  expect(await lab.emulator.control.countRequests({ userId: 7 })).toBeGreaterThan(before);
});

test("without settings, failures name both ways to give them", async () => {
  const { failures } = await (await another({})).check(args());
  expect(failures.map(placed).map(({ property }) => property)).toEqual(["domo:instance", "domo:developerToken"]);
  expect(failures.map(({ reason }) => reason).join()).toMatch(
    /pulumi config set.*DOMO_INSTANCE.*DOMO_DEVELOPER_TOKEN/s,
  );
});

test("the environment wins over stack configuration", async () => {
  const stale = { "domo:instance": "other", "domo:baseUrl": "http://127.0.0.1:1", "domo:developerToken": "stale" };
  const env = { DOMO_BASE_URL: lab.emulator.url, DOMO_DEVELOPER_TOKEN: TOKEN };
  expect((await (await another(stale, env)).check(args())).failures).toEqual([]);
});

test("a process whose engine was killed goes on in silence: nothing that it writes is an error without end", async () => {
  // As Pulumi's process does: what nobody catches is written to standard error.
  const program = `
    let caught = 0;
    process.on("uncaughtException", (error) => { if (++caught < 100) console.error(error); });
    const { createReporter } = require("./dist/provider/host/reporter.js");
    process.stdin.once("data", async () => {
      const report = createReporter({ engine: "127.0.0.1:1", urn: "urn:pulumi:s::p::t::sales" });
      report.warn("said to nobody");
      await report.arrived();
      setTimeout(() => { process.stdout.write(String(caught)); process.exit(); }, 300);
    });
  `;
  const child = spawn(process.execPath, ["-e", program], { cwd: projectRoot, stdio: "pipe" });
  child.stderr.destroy();
  child.stdin.write("\n");
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  await once(child, "exit");
  expect(said).toBe("0");
});
