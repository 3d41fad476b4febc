import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startFaultProxy } from "../../local/fault-proxy";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { type Lab, shell, startLab } from "../support/lab";

let lab: Lab;
let engine: EngineServer;
beforeAll(async () => {
  lab = await startLab();
  engine = await startEngineServer();
});
beforeEach(() => lab.emulator.control.reset());
afterAll(async () => {
  engine.close();
  await lab.stop();
});

/** The lifecycle with an engine that keeps what the rows say. */
async function watched() {
  vi.resetModules();
  engine.messages.length = 0;
  return shell(await import("../../provider/lifecycle.js"), { engine: engine.address });
}
const order = (path: string) => ({
  resourceUrn: "urn:pulumi:dev::acme::pulumi-nodejs:dynamic/domo:S3Export::sales",
  dataset: lab.dataset,
  query: { kind: "sql", text: `SELECT "Order ID" FROM dataset` },
  bucket: lab.bucket,
  path,
  roleArn: lab.roleArn,
});
const rows = () => engine.messages.filter(({ ephemeral }) => ephemeral).map(({ text }) => text);

test.each([
  { whose: "an interrupted run's, as far as one can see", bucket: () => lab.bucket, row: "dataset busy" },
  { whose: "somebody else's", bucket: () => "elsewhere", row: "dataset busy elsewhere" },
])("a running export that state does not know is $whose: $row", async ({ bucket, row }) => {
  await lab.emulator.control.setOptions({ reuse: "never" });
  const { exportId } = await lab.emulator.control.startForeignExport({
    dataset: lab.dataset,
    bucket: bucket(),
    seconds: 600,
  });
  const done = (await watched()).create(order(`exports/${row.length}`));
  await vi.waitFor(() => expect(rows()[0]).toBe(`${row} (${exportId.slice(0, 8)})`), 60_000);
  await lab.emulator.control.finishExport({ exportId });
  await done;
});

test("the words of a row are said once, and the end has arrived when the operation ends", async () => {
  await (await watched()).create(order("exports/once"));
  const said = rows();
  expect(said.at(-1)).toMatch(/^4 rows, \d+ bytes, 1 file$/);
  expect(said.filter((text, index) => text === said[index - 1])).toEqual([]);
});

test("a bucket whose settings can't be read after the export, or in a refresh, is a warning", async () => {
  const aws = await startFaultProxy(lab.moto.endpoint);
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  const refused = { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" };
  const isAcl = ({ method, url }: { method: string; url: string }) => method === "GET" && url.includes("?acl");
  const warnings = () => engine.messages.filter(({ ephemeral }) => !ephemeral).map(({ text }) => text);
  const unchecked = `the audience of bucket "${lab.bucket}" can't be checked: the caller lacks s3:GetBucketAcl (ACL)`;
  try {
    // The bucket is read before the export, and again after it.
    let reads = 0;
    const undo = aws.add({ match: (request) => isAcl(request) && ++reads > 1, answer: () => refused });
    const { outs } = await (await watched()).create(order("exports/unclear"));
    expect(outs).toMatchObject({ exportStatus: "success", drift: [] });
    expect(warnings()).toEqual([`whether the bucket was opened while the export ran is not known: ${unchecked}`]);
    undo();
    aws.add({ match: isAcl, answer: () => refused });
    expect((await (await watched()).read(outs)).props?.drift).toEqual([]);
    expect(warnings()).toEqual([`whether the bucket has been opened is not known: ${unchecked}`]);
  } finally {
    vi.unstubAllEnvs();
    await aws.shut();
  }
});
