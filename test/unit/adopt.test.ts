import { expect, test } from "vitest";
import { adopt, takesOver } from "../../provider/delivery/adopt";
import type { Order } from "../../provider/delivery/order";
import type { DomoExport } from "../../provider/domo/answers";
import { PreflightError } from "../../provider/errors";
import { listedExport } from "../support/listed-export";
import { inputs } from "../support/export-state";

const ENDED = Date.parse("2026-01-01T10:30:00.000Z");
const key = "exports/elsewhere/x.csv";
const entry = listedExport({
  exportId: "E",
  status: "success",
  odd: [],
  started: "2026-01-01T10:20:00.000Z",
  finished: "2026-01-01T10:30:00.000Z",
  urlRowCountMap: { [`s3://bucket/${key}`]: 3 },
});

/** What comes of taking E over when Domo lists this; S3 holds its object, written when it ended. */
async function adopted(value: DomoExport[], lastModified = ENDED) {
  const asked: unknown[] = [];
  const answer = (found: unknown) => () => Promise.resolve(found);
  const services = {
    aws: { list: answer({ objects: [{ key, bytes: 9, etag: "e", lastModified }], s3Time: ENDED }) },
    read: {
      user: answer({ id: "7" }),
      bucketRegion: answer("eu-west-3"),
      policies: answer([]),
      dataset: answer({ name: "Orders" }),
      bucketSettings: answer({ grants: [], website: false, unreadable: [] }),
    },
    domo: { listExports: (...args: unknown[]) => Promise.resolve((asked.push(args), { value, domoTime: ENDED })) },
  };
  const report = { warn: () => undefined, progress: () => undefined, info: () => undefined };
  const { signal } = new AbortController();
  const order = { services, report, inputs: { ...inputs, expectRows: undefined }, signal } as unknown as Order;
  const result = await adopt(order, "E").catch((error: unknown) => error as Error);
  expect(asked).toEqual([["dataset", signal]]);
  return result;
}

test.each([
  [undefined, undefined, false],
  [undefined, { adopt: "E" }, false],
  ["E", undefined, true],
  ["E", {}, true],
  ["E", { adopt: "F" }, true],
  ["E", { adopt: "E" }, false],
])("adopt: %s, where state has %j, takes an export over: %s", (given, previous, expected) => {
  expect(takesOver({ adopt: given }, previous)).toBe(expected);
});

test("an export is taken over from any place below path, and whose row policies applied is said to be unknown", async () => {
  expect(await adopted([listedExport({ exportId: "F" }), entry])).toMatchObject({
    kind: "delivered",
    export: {
      exportId: "E",
      exportStatus: "success",
      origin: "adopted",
      keyPrefix: "exports",
      rowCount: 3,
      files: [{ key, rows: 3 }],
      counts: {
        domo: 3,
        comparable: false,
        reason: "the export was taken over by adopt: Domo does not say whose row policies applied to it",
      },
    },
  });
});

test("an object that was replaced after the export's end is not taken over", async () => {
  expect(await adopted([entry], ENDED + 60_001)).toMatchObject({
    name: "VerificationError",
    message: expect.stringContaining("after the export had ended") as string,
  });
});

const others = ["A", "B", "C", "D", "F", "G"].map((exportId) => listedExport({ exportId }));
const correct = "correct adopt, or leave it out to run an export";
test.each([
  [[], `adopt: dataset dataset has no export "E"; Domo lists none — ${correct}`],
  [others, `adopt: dataset dataset has no export "E"; the latest that Domo lists are B, C, D, F, G — ${correct}`],
  [[{ ...entry, status: "error" }], 'adopt: export "E" has the status "error"; only a successful one can be adopted'],
  [
    [{ ...entry, bucket: "other" }],
    'adopt: export "E" can\'t be taken over: its bucket is "other", not "bucket" — set bucket and path to where it lies',
  ],
  [
    [{ ...entry, odd: ["started"] }],
    "adopt: export \"E\" can't be taken over: Domo's list has started that can't be read — set bucket and path to where it lies",
  ],
])("nothing is taken over from %j", async (value, message) => {
  const error = await adopted(value);
  expect(error).toBeInstanceOf(PreflightError);
  expect(error).toMatchObject({ message });
});
