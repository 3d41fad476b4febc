import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { StoredObject } from "../../provider/aws/clients";
import type { Order, Plan } from "../../provider/delivery/order";
import { verifyExport, verifyRows, type Written } from "../../provider/delivery/verify";
import type { ExportInputs } from "../../provider/args/schema";
import { VerificationError } from "../../provider/errors";
import type { ExportState } from "../../provider/state/export-state";
import { listedExport } from "../support/listed-export";
import { inputs, state } from "../support/export-state";

const ENDED = Date.parse("2026-01-01T10:00:00.000Z");
const entry = listedExport({
  exportId: "E",
  status: "success",
  started: "2026-01-01T09:00:00.000Z",
  finished: new Date(ENDED).toISOString(),
});
const plan: Plan = {
  place: { bucket: "b", region: "eu-west-3" },
  definition: { digest: "d", keyPrefix: "exports/d" },
  pdp: undefined,
  acceptedExposures: undefined,
};
const stored = (key: string, more: Partial<StoredObject> = {}): StoredObject => ({
  key,
  bytes: 9,
  etag: "e",
  lastModified: ENDED,
  ...more,
});

interface Case {
  named: { key: string; rows: number }[];
  objects: StoredObject[];
  text: string;
  args: Partial<ExportInputs>;
  previous: Partial<ExportState>;
  written: Written;
  finished: string | undefined;
}
const first = "exports/d/E/export/1.csv";
const second = "exports/d/E/export/2.csv";

/** What is recorded, or the error; and the folders that were listed. */
async function verified(given: Partial<Case>) {
  const { named, objects, text, args, previous, written, finished } = {
    named: [{ key: first, rows: 1 }],
    objects: [stored(first)],
    text: "a\n1\n",
    args: {},
    previous: undefined,
    written: { beforeEndOf: { value: [], domoTime: ENDED } } as Written,
    finished: entry.finished,
    ...given,
  };
  const listed: string[] = [];
  const said: string[] = [];
  const aws = {
    list: (_: unknown, folder: string) => {
      listed.push(folder);
      return Promise.resolve({ objects, s3Time: ENDED });
    },
    read: () => Promise.resolve(Readable.from([Buffer.from(text)], { objectMode: false })),
  };
  const report = { progress: (row: string) => void said.push(row) };
  const order = { services: { aws }, report, inputs: { ...inputs, ...args }, previous } as unknown as Order;
  const what = { entry: { ...entry, finished }, objects: named, origin: "reused" as const, written };
  const result = await verifyExport(order, plan, what).catch((error: unknown) => error as VerificationError);
  return { result, listed, said };
}

test("what S3 holds is recorded", async () => {
  const named = [
    { key: first, rows: 1 },
    { key: second, rows: 2 },
  ];
  const objects = [
    stored(second, { bytes: 20, etag: "e2" }),
    stored(first),
    stored("exports/d/E/export/", { bytes: 0 }),
  ];
  expect(await verified({ named, objects })).toEqual({
    result: {
      exportId: "E",
      exportStatus: "success",
      origin: "reused",
      rowCount: 3,
      definition: "d",
      keyPrefix: "exports/d",
      bucketRegion: "eu-west-3",
      startedAt: entry.started,
      finishedAt: entry.finished,
      files: [
        { url: `s3://b/${first}`, key: first, rows: 1, bytes: 9, etag: "e" },
        { url: `s3://b/${second}`, key: second, rows: 2, bytes: 20, etag: "e2" },
      ],
      drift: [],
    },
    listed: ["exports/d/E/"],
    said: ["verifying the objects in S3"],
  });
});

test("where files lie apart, their common folder is listed, and what else is in it is another's", async () => {
  const named = [
    { key: first, rows: 1 },
    { key: "exports/d/export/2.csv", rows: 1 },
  ];
  const objects = [stored(first), stored("exports/d/export/2.csv"), stored("exports/d/other.csv")];
  const { result, listed } = await verified({ named, objects });
  expect(listed).toEqual(["exports/d/"]);
  expect(result).toMatchObject({ exportStatus: "success" });
});

test("a file that lies in no folder of the export's is verified in its own", async () => {
  const key = "exports/d/export/1.csv";
  const { result, listed } = await verified({ named: [{ key, rows: 1 }], objects: [stored(key)] });
  expect(listed).toEqual(["exports/d/export/"]);
  expect(result).toMatchObject({ exportStatus: "success" });
});

const again = "run pulumi up again";
test.each<[string, Partial<Case>, string, string | undefined]>([
  [
    "is missing",
    { objects: [stored(second)] },
    `"s3://b/${first}" is not in S3, although Domo reports success`,
    `check who deletes objects there, then ${again}`,
  ],
  [
    "is empty",
    { objects: [stored(first, { bytes: 0 })] },
    `"s3://b/${first}" is empty (0 bytes), although even an empty result has a header`,
    again,
  ],
  [
    "was written before the POST",
    { objects: [stored(first, { lastModified: ENDED - 1001 })], written: { notBefore: ENDED } },
    `"s3://b/${first}" was written at 2026-01-01T09:59:58.999Z, before the export was asked for at 2026-01-01T10:00:00.000Z`,
    undefined,
  ],
  [
    "was written after the end",
    { objects: [stored(first, { lastModified: ENDED + 60_001 })] },
    `"s3://b/${first}" was written at 2026-01-01T10:01:00.001Z, after the export had ended: something else has replaced it`,
    undefined,
  ],
  [
    "is not what state has recorded",
    { previous: { exportId: "E", files: [{ ...state.files[0]!, key: first, etag: "before" }] } },
    `"s3://b/${first}" was replaced since it was recorded`,
    undefined,
  ],
  [
    "is one more than Domo names",
    { objects: [stored(first), stored(second, { bytes: 1 })] },
    `"s3://b/${second}" lies next to its files, but Domo does not name it`,
    `the export may have more rows than Domo reports: compare them, then ${again} once the data has changed`,
  ],
  [
    "can't be dated, as Domo names no end",
    { finished: undefined },
    'Domo does not say when it ended, so only verify: "rows" would notice an object that was replaced since then',
    'set verify: "rows"',
  ],
  [
    "has another number of rows",
    { args: { verify: "rows" }, text: "a\n1\n2\n" },
    `"s3://b/${first}" has 2 rows, Domo reports 1`,
    "the file is not complete; run pulumi up again once the data has changed, and tell Domo's support",
  ],
])("an object that %s is refused with what to do", async (_, given, fact, advice) => {
  const { result } = await verified(given);
  expect(result).toBeInstanceOf(VerificationError);
  expect(result).toMatchObject({ advice });
  expect((result as VerificationError).fact.replace(/^Export E:? /, "")).toBe(fact);
});

test("what state has recorded of another export, or as it is, is no fault", async () => {
  const files = [{ ...state.files[0]!, key: first, etag: "before" }];
  expect((await verified({ previous: { exportId: "F", files } })).result).toMatchObject({ exportStatus: "success" });
  const same = {
    exportId: "E",
    files: [
      { ...files[0]!, etag: "e" },
      { ...files[0]!, key: "gone" },
    ],
  };
  expect((await verified({ previous: same })).result).toMatchObject({ exportStatus: "success" });
});

test("an export without a time of its end is verified by its rows", async () => {
  const { result } = await verified({ finished: undefined, args: { verify: "rows" } });
  const sha256 = createHash("sha256").update("a\n1\n").digest("hex");
  expect(result).toMatchObject({ exportStatus: "success", files: [{ key: first, rows: 1, sha256 }] });
});

test("after a POST, Domo need not say when the export ended", async () => {
  const { result } = await verified({ finished: undefined, written: { notBefore: ENDED } });
  expect(result).toMatchObject({ exportStatus: "success" });
});

test("a file that can't be unpacked is named, with what to do", async () => {
  const cut = () => Promise.resolve(Readable.from([Buffer.of(0x1f, 0x8b, 8, 0)], { objectMode: false }));
  const order = { services: { aws: { read: cut } } } as unknown as Order;
  const run = verifyRows(order, { place: plan.place, exportId: "E", files: [{ ...state.files[0]!, url: "s3://b/x" }] });
  await expect(run).rejects.toThrow(VerificationError);
  await expect(run).rejects.toMatchObject({
    fact: 'Export E: "s3://b/x": its gzip data is damaged (Z_BUF_ERROR)',
    advice: "the file is not complete; run pulumi up again once the data has changed",
    cause: { fact: "its gzip data is damaged (Z_BUF_ERROR)" },
  });
});

test("a read that breaks off says nothing of the file", async () => {
  const broken = new Error("connection reset");
  const order = { services: { aws: { read: () => Promise.reject(broken) } } } as unknown as Order;
  await expect(verifyRows(order, { place: plan.place, files: state.files })).rejects.toBe(broken);
});
