import { gunzipSync } from "node:zlib";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo, type ExportAnswer, finished } from "./domo-call";
import { type LocalS3, startLocalS3 } from "./local-s3";
import { exportBody, options } from "./small-dataset";

let s3: LocalS3;
let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket("exports");
  emulator = await startEmulator({ ...options, reuse: "never", s3Endpoint: s3.endpoint });
}, 120_000);
beforeEach(() => emulator.control.reset());
afterAll(async () => {
  await emulator.close();
  await s3.stop();
});

async function run(changes: object = {}): Promise<ExportAnswer> {
  const { body } = await domo(emulator.url, exportPath, { body: exportBody(changes) });
  return finished(emulator.url, (body as ExportAnswer).exportId);
}

/** Names and texts of an export's objects. */
async function stored({ exportId }: ExportAnswer): Promise<[string, string][]> {
  const keys = (await s3.keys("exports")).filter((key) => key.includes(exportId));
  return Promise.all(
    keys.map(async (key): Promise<[string, string]> => {
      return [key.slice(key.lastIndexOf("/") + 1), await s3.text("exports", key)];
    }),
  );
}

test("a file's URL is written in every form, encoded or raw, with a query string", async () => {
  const path = "/a b/ü+%/";
  const { exportId } = await run({ path });
  const inner = `${exportId}/export/data.csv.gz`;
  const raw = `a b/ü+%/${inner}`;
  const encoded = `a%20b/%C3%BC%2B%25/${inner}`;
  const https = "https://exports.s3.eu-west-3.amazonaws.com";
  const regional = "https://s3.eu-west-3.amazonaws.com/exports";
  const forms = {
    s3: [`s3://exports/${raw}`, `s3://exports/${encoded}`],
    "s3-double-slash": [`s3://exports//${raw}`, `s3://exports//${encoded}`],
    "bucket-key": [`exports/${raw}`, `exports/${encoded}`],
    key: [raw, encoded],
    relative: [inner, inner],
    virtual: [`${https}/${raw}`, `${https}/${encoded}`],
    path: [`${regional}/${raw}`, `${regional}/${encoded}`],
  } as const;
  const shown = async () => {
    const [entry] = (await domo(emulator.url, exportPath)).body as ExportAnswer[];
    return Object.keys(entry?.urlRowCountMap ?? {});
  };
  for (const urlForm of Object.keys(forms) as (keyof typeof forms)[]) {
    const usual = urlForm === "virtual" || urlForm === "path" ? 1 : 0;
    await emulator.control.setOptions({ urlForm, urlEncoding: "usual", urlQuery: "" });
    expect(await shown()).toEqual([forms[urlForm][usual]]);
    await emulator.control.setOptions({ urlEncoding: "raw", urlQuery: "versionId=1" });
    expect(await shown()).toEqual([`${forms[urlForm][0]}?versionId=1`]);
    await emulator.control.setOptions({ urlEncoding: "encoded", urlQuery: "versionId=1&a=b" });
    expect(await shown()).toEqual([`${forms[urlForm][1]}?versionId=1&a=b`]);
  }
  await emulator.control.setOptions({ urlForm: "s3-encoded", urlEncoding: "raw", urlQuery: "" });
  expect(await shown()).toEqual([`s3://exports/${encoded}`]);
});

test("the last files are written but not named, the first are named but not written", async () => {
  await emulator.control.setOptions({ partRows: 1, unnamedFiles: 1, missingFiles: 2 });
  const answer = await run();
  const folder = `s3://exports/team/sales/${answer.exportId}/export`;
  const names = ["data.csv.gz", "data-1.csv.gz", "data-2.csv.gz"];
  expect(answer.urlRowCountMap).toEqual(Object.fromEntries(names.map((name) => [`${folder}/${name}`, 1])));
  expect(await stored(answer)).toEqual([
    ["data-2.csv.gz", "Order ID\n3\n"],
    ["data-3.csv.gz", "Order ID\n4\n"],
  ]);
  const [record] = await emulator.control.exports();
  expect(record?.files.map(({ written, named }) => [written, named])).toEqual([
    [null, true],
    [null, true],
    [1, true],
    [1, false],
  ]);
});

test("more files may be unnamed or missing than there are", async () => {
  await emulator.control.setOptions({ partRows: 1, unnamedFiles: 5, missingFiles: 5 });
  const answer = await run();
  expect([answer.exportStatus, answer.urlRowCountMap]).toEqual(["success", {}]);
  expect(await stored(answer)).toEqual([]);
});

test.each([
  ["the files", { missingRows: 1 }, 4, 3],
  ["Domo's word", { wordRows: -1 }, 3, 4],
  ["both", { missingRows: 1, wordRows: -1 }, 3, 3],
  ["neither", {}, 4, 4],
])("rows are missing from %s", async (_, changes, word, written) => {
  await emulator.control.setOptions(changes);
  const answer = await run();
  expect(Object.values(answer.urlRowCountMap)).toEqual([word]);
  const [[, text] = ["", ""]] = await stored(answer);
  expect(text.split("\n").length - 2).toBe(written);
  expect(await emulator.control.exports()).toMatchObject([{ files: [{ rows: word, written }] }]);
});

test("Domo's word is wrong for the first of several files", async () => {
  await emulator.control.setOptions({ partRows: 2, wordRows: 7 });
  expect(Object.values((await run()).urlRowCountMap)).toEqual([9, 2]);
});

test("an export that ends in an unknown word writes nothing and is not reused", async () => {
  await emulator.control.setOptions({ endWord: "CANCELLED", reuse: "always" });
  const first = await run();
  expect(first).toMatchObject({ exportStatus: "CANCELLED", errorCode: null });
  expect(first.urlRowCountMap).toEqual({});
  expect(await stored(first)).toEqual([]);
  expect((await run()).exportId).not.toBe(first.exportId);
});

test("Domo's word on rows can be negative and keeps its value when the option changes", async () => {
  await emulator.control.setOptions({ wordRows: -5 });
  const { exportId } = await run();
  await emulator.control.setOptions({ wordRows: 0 });
  expect(Object.values((await finished(emulator.url, exportId)).urlRowCountMap)).toEqual([-1]);
});

test("a file may lack its end", async () => {
  const whole = await run();
  await emulator.control.setOptions({ truncatedBytes: 5 });
  const cut = await run();
  const bytes = async ({ exportId }: ExportAnswer) => {
    const Key = `team/sales/${exportId}/export/data.csv.gz`;
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: "exports", Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const [all, some] = [await bytes(whole), await bytes(cut)];
  expect(some).toEqual(all.subarray(0, -5));
  expect(() => gunzipSync(some)).toThrow("unexpected end of file");
  await emulator.control.setOptions({ truncatedBytes: 10_000 });
  expect(await bytes(await run())).toHaveLength(0);
});

test("exports that run at once keep the rows that they began with", async () => {
  await emulator.control.setOptions({ busy: "starts-second", exportSeconds: 60 });
  const begun = async () => (await domo(emulator.url, exportPath, { body: exportBody() })).body as ExportAnswer;
  const [first, second] = [await begun(), await begun()];
  await emulator.control.advanceData({ dataset: "sales", rows: [] });
  for (const { exportId } of [first, second]) await emulator.control.finishExport({ exportId });
  for (const answer of [first, second])
    expect(await stored(answer)).toEqual([["data.csv.gz", "Order ID\n1\n2\n3\n4\n"]]);
});

test("files lie below the id or directly below the path", async () => {
  await emulator.control.setOptions({ layout: "id" });
  const first = await run({ path: "layouts" });
  await emulator.control.setOptions({ layout: "flat" });
  await run({ path: "layouts" });
  const flat = await run({ path: "layouts" });
  expect(Object.keys(flat.urlRowCountMap)).toEqual(["s3://exports/layouts/data.csv.gz"]);
  const keys = (await s3.keys("exports")).filter((key) => key.startsWith("layouts/"));
  expect(keys.sort()).toEqual([`layouts/${first.exportId}/data.csv.gz`, "layouts/data.csv.gz"].sort());
});
