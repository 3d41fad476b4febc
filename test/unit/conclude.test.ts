import { expect, test } from "vitest";
import { conclude } from "../../provider/delivery/conclude";
import type { Candidate, Order, Plan } from "../../provider/delivery/order";
import type { ExportInputs } from "../../provider/args/schema";
import { AwsCallError, DomoConnectionError } from "../../provider/errors";
import type { DomoExport } from "../../provider/domo/answers";
import { listedExport } from "../support/listed-export";
import { inputs } from "../support/export-state";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
const ENDED = Date.parse(at(30));
const key = "exports/d/E/export/x.csv";
const entry = listedExport({
  exportId: "E",
  status: "success",
  odd: [],
  started: at(20),
  finished: at(30),
  urlRowCountMap: { [`s3://b/${key}`]: 3 },
});
const list = { value: [entry], domoTime: ENDED };
const plan: Plan = {
  place: { bucket: "b", region: "eu-west-3" },
  definition: { digest: "d", keyPrefix: "exports/d" },
  pdp: { enabled: true, policies: ["West"], digest: "as it was" },
  acceptedExposures: undefined,
};
const posted = {
  from: "posted" as const,
  posted: { postedAt: Date.parse(at(20)), s3Time: ENDED, before: new Set<string>(), counted: undefined },
};
const everyone = { grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" };

interface Case {
  entry: Partial<DomoExport>;
  from: object;
  args: Partial<ExportInputs>;
  settings: unknown;
  dataset: unknown;
}

/** What an ended export comes to, and what is said. Domo shows neither policies nor, where none is given, the dataset. */
async function concluded(given: Partial<Case> = {}) {
  const said: string[] = [];
  const calls: string[] = [];
  const answer = (value: unknown) => () => (value instanceof Error ? Promise.reject(value) : Promise.resolve(value));
  const hidden = new DomoConnectionError("Domo does not answer", false);
  const policies = Object.assign(answer(hidden), { forget: (id: string) => void calls.push(`forget ${id}`) });
  const settings = given.settings ?? { grants: [], website: false, unreadable: [] };
  const services = {
    aws: {
      list: () => Promise.resolve({ objects: [{ key, bytes: 9, etag: "e", lastModified: ENDED }], s3Time: ENDED }),
    },
    read: { policies, dataset: answer(hidden), user: answer({ id: "7" }), bucketSettings: answer(settings) },
    fresh: { dataset: answer(given.dataset ?? hidden) },
  };
  const report = {
    progress: () => undefined,
    info: (text: string) => void said.push(`info: ${text}`),
    warn: (text: string) => void said.push(`warn: ${text}`),
  };
  const order = { services, report, inputs: { ...inputs, expectRows: undefined, ...given.args } } as unknown as Order;
  const candidate = { kind: "candidate", counted: undefined, ...posted, ...given.from };
  const found = { ...candidate, entry: { ...entry, ...given.entry } } as Candidate;
  const result = await conclude(order, plan, found).catch((error: unknown) => error as Error);
  return { result, said, calls };
}

const unasked = "Domo can't be asked whether the data or the row policies have changed: Domo does not answer";

test("an export that is ours and in S3 is delivered, and what can't be asked any more is said", async () => {
  const { result, said, calls } = await concluded();
  expect(result).toMatchObject({
    kind: "delivered",
    export: { exportId: "E", exportStatus: "success", origin: "created", rowCount: 3, drift: [], counts: { domo: 3 } },
  });
  expect(said).toEqual([`warn: ${unasked}`]);
  expect(calls).toEqual(["forget dataset"]);
});

test("an earlier export is reused, and that is said", async () => {
  const { result, said } = await concluded({ from: { from: "list", list } });
  expect(result).toMatchObject({ kind: "delivered", export: { origin: "reused" } });
  expect(said).toContain("info: reused export E: it ran this very definition and its objects are in S3");
});

test("an export that Domo returned of older data is delivered with a warning and its drift", async () => {
  const from = { from: "returned", list, data: { changedAt: at(25) } };
  const { result, said } = await concluded({ from });
  expect(result).toMatchObject({
    kind: "delivered",
    export: { drift: [{ kind: "new-data", actual: `data of ${at(25)}` }] },
  });
  expect(said.at(-1)).toBe(
    `warn: Domo returned export E of ${at(20)} instead of running this one, because the data of dataset dataset has not ` +
      `changed since; but it began at ${at(20)}, and the data changed at ${at(25)}: the file may lack the newest data`,
  );
  const fresh = await concluded({ from: { ...from, data: { changedAt: at(20) } } });
  expect(fresh.result).toMatchObject({ kind: "delivered", export: { drift: [] } });
});

test("a bucket that was opened meanwhile is drift, said loudly", async () => {
  const { result, said } = await concluded({ settings: { grants: [everyone], website: false, unreadable: [] } });
  const actual = `bucket "b" is open to everyone: its ACL grants READ to "${everyone.grantee}"`;
  expect(result).toMatchObject({ export: { drift: [{ kind: "bucket-exposed", subject: "b", actual }] } });
  expect(said.at(-1)).toBe(
    `warn: something changed meanwhile that would have kept the export from starting: bucket-exposed "b": ${actual}`,
  );
});

test("a bucket that can't be looked at any more is said, and is no drift", async () => {
  const settings = new AwsCallError("no answer", { code: "AccessDenied", advice: "grant it", cause: undefined });
  const { result, said } = await concluded({ settings });
  expect(result).toMatchObject({ kind: "delivered", export: { drift: [] } });
  expect(said).toContain("warn: whether the bucket was opened while the export ran is not known: no answer — grant it");
});

test("a fault of ours in what is asked after the end is not taken for an answer of Domo's", async () => {
  const { result } = await concluded({ dataset: new TypeError("a mistake") });
  expect(result).toMatchObject({ kind: "unfinished", cause: { message: "a mistake" } });
});

test.each<[string, Partial<DomoExport>, object]>([
  [
    "Export E failed at Domo: Out of memory — fix this, then run pulumi up again",
    { status: "error", message: "Out of memory" },
    { kind: "unfinished", recorded: { exportStatus: "error" } },
  ],
  [
    "Export E ended with success, but Domo names no file of it, although even an empty result has one — run pulumi up " +
      "again; if it stays, look for a newer version of pulumi-domo-s3-export",
    { urlRowCountMap: {} },
    { kind: "unfinished", recorded: { exportStatus: "unverified" } },
  ],
])("%s", async (message, more, outcome) => {
  expect((await concluded({ entry: more })).result).toMatchObject({ ...outcome, cause: { message } });
});

test("an answer that names another's export leads to another round", async () => {
  const failed = { status: "error", started: at(19) };
  expect((await concluded({ entry: failed })).result).toMatchObject({
    kind: "another round",
    why: "Domo's answer named another export: it had begun before it was asked for",
  });
  expect((await concluded({ entry: { bucket: "other" }, from: { from: "list", list } })).result).toMatchObject({
    message: 'Export E is another\'s: its bucket is "other", not "b"',
  });
});
