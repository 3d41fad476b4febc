import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emulatorControlClient } from "../../emulator/control-client";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo } from "./domo-call";
import { type LocalS3, startLocalS3 } from "./local-s3";
import { exportBody, options } from "./small-dataset";

let s3: LocalS3;
let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket("exports");
  emulator = await startEmulator({ ...options, s3Endpoint: s3.endpoint });
}, 120_000);
afterAll(async () => {
  await emulator.close();
  await s3.stop();
});

const few = fc.integer({ min: 0, max: 3 });
const word = fc.constantFrom("PAUSED", "EXPIRED");
const drawn = {
  exportSeconds: fc.constantFrom(0, 0.02),
  reuse: fc.constantFrom("always", "same-user", "same-request", "never"),
  busy: fc.constantFrom("running-200", "400", "409", "starts-second"),
  postAnswer: fc.constantFrom("fresh", "empty-200", "foreign"),
  createdStatus: fc.constantFrom(200, 201),
  failWith: fc.option(fc.constant({ errorCode: "E", message: "M" }), { freq: 5 }),
  endWord: fc.option(word, { freq: 5 }),
  clockSkewMs: fc.constantFrom(0, -86_400_000, 86_400_000),
  partRows: few,
  compression: fc.constantFrom("gzip", "none"),
  layout: fc.constantFrom("id-export", "id", "flat"),
  missingRows: few,
  wordRows: fc.integer({ min: -3, max: 3 }),
  unnamedFiles: few,
  missingFiles: few,
  timeFormat: fc.constantFrom("iso", "iso-without-zone", "iso-offset", "epoch", "epoch-text"),
  startedTimes: fc.constantFrom("present", "absent", "null"),
  finishedTimes: fc.constantFrom("present", "absent", "null"),
  urlForm: fc.constantFrom("s3", "s3-encoded", "s3-double-slash", "bucket-key", "relative", "key", "virtual", "path"),
  urlEncoding: fc.constantFrom("usual", "raw", "encoded"),
  urlQuery: fc.constantFrom("", "versionId=1"),
  urlsLaterSeconds: fc.constantFrom(0, 3600),
  urlMapLess: fc.constantFrom("absent", "null", "empty"),
  statusWords: fc.constantFrom({}, { exporting: "RUNNING", success: "Success", error: "FAILED" }),
  laterWord: fc.option(fc.record({ afterSeconds: fc.constantFrom(0, 3600), word }), { freq: 5 }),
  quoteSecrets: fc.boolean(),
  quoteSignedUrl: fc.boolean(),
  quoteForm: fc.constantFrom("raw", "escaped", "double-escaped", "percent"),
  listLimit: few,
  oddEntries: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
  oddEntriesAt: fc.constantFrom("before", "after"),
  padListBytes: fc.constantFrom(0, 50_000),
} as const;

test("any options together: answers are readable, and what the emulator says it wrote lies in the bucket", async () => {
  const control = emulatorControlClient(emulator.url);
  const stored = async (path: string) => {
    const keys = (await s3.keys("exports")).filter((key) => key.startsWith(path));
    return new Map(await Promise.all(keys.map(readRows)));
  };
  const readRows = async (key: string): Promise<[string, number]> => {
    const lines = (await s3.text("exports", key)).trimEnd().split("\n");
    return [key, lines.length - 1];
  };
  const holds = async (changes: object, holdsSlot: boolean, path: string) => {
    await control.reset();
    await control.setOptions(changes);
    await control.addEntry({ dataset: "sales", entry: { exportStatus: "exporting" }, holdsSlot });
    for (let round = 0; round < 2; round += 1) {
      const text = await post(exportBody({ path }));
      if (text !== "") expect(JSON.parse(text)).toBeTypeOf("object");
    }
    expect((await domo(emulator.url, exportPath)).body).toBeInstanceOf(Array);
    await control.settle();
    expect((await domo(emulator.url, exportPath)).body).toBeInstanceOf(Array);
    const objects = await stored(path);
    for (const { files, status } of await control.exports()) {
      if (status !== "success") expect(files).toEqual([]);
      for (const { key, written } of files) if (written !== null) expect(objects.get(key)).toBe(written);
    }
  };
  let round = 0;
  const property = fc.asyncProperty(fc.record(drawn), fc.boolean(), (changes, holdsSlot) =>
    holds(changes, holdsSlot, `${(round += 1)}/a b/`),
  );
  await fc.assert(property, { numRuns: 100, seed: 1 });
});

async function post(body: object): Promise<string> {
  const answer = await fetch(emulator.url + exportPath, {
    method: "POST",
    headers: { "X-DOMO-Developer-Token": "reader-token", "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).not.toBe(500);
  return answer.text();
}
