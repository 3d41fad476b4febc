import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DoctorReport, LiveRow } from "../../cli/doctor/check";
import { questions } from "../../cli/doctor/live/questions";
import { defaultOptions, type RuntimeOptions } from "../../emulator/options";
import { projectRoot } from "../../local/paths";
import { type DoctorProject, doctorProject } from "../support/doctor";
import { type Lab, orders, startLab, TOKEN } from "../support/lab";
import { findSecrets } from "../support/secrets";

let lab: Lab;
let project: DoctorProject;
beforeAll(async () => {
  lab = await startLab();
  project = doctorProject();
});
afterAll(() => lab.stop());

/** A dataset with a column of each kind and more than ten rows. */
const dataset = "0a1b2c3d-aaaa-bbbb-cccc-00000000001f";
beforeEach(async () => {
  const { control } = lab.emulator;
  await control.reset();
  const whole = orders(dataset);
  await control.putDataset({
    ...whole,
    columns: [...whole.columns, { name: "Day", type: "DATE" }],
    rows: Array.from({ length: 25 }, (_, index) => [
      `A-${index}`,
      index % 3 ? "West" : "East",
      index - 5,
      "2024-01-31",
    ]),
  });
  await control.putUser({ token: TOKEN, id: 7, displayName: "Deployer", datasets: { [dataset]: "READ" } });
});

const args = () => [
  "--dataset",
  dataset,
  "--bucket",
  lab.bucket,
  "--role",
  lab.roleArn,
  "--path",
  "exports",
  "--live",
  "--yes",
];

/** Runs the live part against a Domo of this mood. */
async function live(mood: Partial<RuntimeOptions>, env: NodeJS.ProcessEnv = {}, more: readonly string[] = []) {
  await lab.emulator.control.setOptions({ ...defaultOptions, exportSeconds: 1, ...mood });
  const file = join(project.folder, "report.md");
  const { code, stdout, stderr } = await project.doctor(
    [...args(), ...more, "--format", "json", "--report", file],
    env,
  );
  const report = readFileSync(file, "utf8");
  const places = new Map(Object.entries({ stdout, stderr, report }));
  const secrets = new Map([
    ["token", TOKEN],
    ["AWS key", process.env.AWS_SECRET_ACCESS_KEY ?? "?"],
    ["session", "FwoGZXIvYXdz"],
    ["signature", "X-Amz-Signature"],
  ]);
  expect(findSecrets(secrets, places)).toEqual([]);
  for (const name of [lab.bucket, dataset, lab.roleArn, lab.emulator.url, "Orders", "Deployer"])
    expect(report).not.toContain(name);
  const { checks, live: rows = [] } = JSON.parse(stdout) as DoctorReport;
  return { code, checks, rows, report, stderr };
}

/** A row in a line. Which words are seen depends on the moment of a poll. */
function line({ id, verdict, answer, means }: LiveRow): string {
  const seen = id === "status-words" && verdict !== "not asked" ? "…" : answer;
  return `${id} ${verdict}: ${seen}${means ? ` → ${means}` : ""}`;
}
let standard: Map<string, string>;
/** Rows that are not as on the standard Domo of the emulator. */
const changed = (rows: readonly LiveRow[]) =>
  rows.map((row) => (standard.get(row.id) === line(row) ? "" : `${line(row)}\n`)).join("");
const golden = (file: string) => join(projectRoot, "test/cli/golden", file);

test("the standard Domo of the emulator answers every question, and nothing of it is left", async () => {
  const before = await lab.keys();
  const { code, checks, rows } = await live({});
  expect(rows.map(({ id }) => id)).toEqual(Object.keys(questions));
  expect(rows.map(line).join("\n")).toMatchInlineSnapshot(`
    "session-token expected: sessionToken
    post-answer expected: the export that it started
    kms-key not asked: give --kms-key
    source expected: accepted
    limit expected: applied
    order-by expected: applied
    status-words expected: …
    time-form expected: ISO text with Z
    finished-time expected: present
    started-clock expected: less than 2 minutes apart
    url-form expected: s3://bucket/key
    urls-late expected: yes
    layout expected: <exportId>/export/data.csv.gz
    files expected: one
    compression expected: gzip
    header expected: the columns' names
    row-count expected: agree
    second-post expected: returns the running export → other exports of a dataset wait
    reuse-path-only expected: returns the earlier export → a changed path fails until the dataset has new data
    reuse-other-query expected: returns the earlier export → a changed query fails until the dataset has new data; the message says so
    reuse-same-request expected: returns the earlier export → triggers alone does not make Domo run again before new data
    data-last-updated expected: absent → a rename of the dataset may look like new data
    bulk expected: an object, without columns → columns are read separately
    bulk-unknown-id expected: left out
    rate expected: no 429 seen
    execute expected: counts rows, as a number
    count-limit expected: refused: HTTP 400 → nothing: this package applies the limit itself
    count-policies not asked: no row policy is known to restrict the token's user
    number-value expected: understood
    in expected: understood
    not-in expected: understood
    and expected: understood
    between expected: understood
    date-text expected: understood
    not-equals expected: understood
    greater-than expected: understood
    less-than expected: understood
    greater-or-equal expected: understood
    less-or-equal expected: understood
    group-by expected: understood
    count-function expected: understood
    count-distinct expected: understood"
  `);
  expect(checks.slice(-2).map(({ name, verdict }) => [name, verdict])).toEqual([
    ["live", "ok"],
    ["what was written", "ok"],
  ]);
  expect(code).toBe(0);
  expect(await lab.keys()).toEqual(before);
  const ran = await lab.emulator.control.exports({ dataset });
  expect(ran.map(({ files }) => files.reduce((sum, { rows }) => sum + rows, 0))).toEqual([10]);
  standard = new Map(rows.map((row) => [row.id, line(row)]));
});

test.each<[string, string, Partial<RuntimeOptions>]>([
  ["takes the session token under another name", "token-field", { sessionTokenField: "awsSessionToken" }],
  ["never reuses, and starts a second export", "never-reuses", { reuse: "never", busy: "starts-second" }],
  ["refuses a second POST, and reuses the same request only", "refuses", { busy: "409", reuse: "same-request" }],
  [
    "writes flat, plain files, names them by https and gives epochs",
    "forms",
    {
      layout: "flat",
      compression: "none",
      urlForm: "path",
      timeFormat: "epoch",
      urlQuery: "versionId=1",
      finishedTimes: "absent",
    },
  ],
  [
    "counts nothing, and reads nothing in bulk",
    "counts-nothing",
    { executeStatus: 403, bulkStatus: 403, dataLastUpdated: "present" },
  ],
  [
    "counts wrong, as text, and ignores an inner limit",
    "counts-wrong",
    { countRows: 3, countAs: "text", innerLimit: "ignore", bulkColumns: "present", bulkShape: "array" },
  ],
  [
    "writes fewer rows than it says, shows URLs late, and has a word of its own",
    "fewer-rows",
    { missingRows: 2, urlsLaterSeconds: 1, statusWords: { none: "QUEUED" } },
  ],
])("a Domo that %s", async (_, name, mood) => {
  const { rows, stderr } = await live(mood);
  expect(rows.map(({ id }) => id)).toEqual(Object.keys(questions));
  expect(stderr).toBe("");
  await expect(changed(rows)).toMatchFileSnapshot(golden(`live-${name}.txt`));
  expect((await lab.keys()).filter((key) => key.includes("doctor-"))).toEqual([]);
});

const reuses =
  "reuse-other-query expected: returns the earlier export → a changed query fails until the dataset has new data; the message says so";
const notSeen = "not asked: Domo returned an earlier export; choose a dataset with new data";

test("what Domo says of an export from before is not taken for an answer", async () => {
  const { control } = lab.emulator;
  await control.startForeignExport({ dataset, bucket: lab.bucket, seconds: 0 });
  await control.settle();
  const { code, checks, rows } = await live({});
  expect(checks.find(({ name }) => name === "live")).toEqual({
    name: "live",
    verdict: "warn",
    text: "Domo returned an earlier export, and nothing was exported",
    advice: "load new data into the dataset, or choose one that was not exported since its last load",
  });
  const asked = rows
    .slice(
      0,
      rows.findIndex(({ id }) => id === "data-last-updated"),
    )
    .map(line);
  expect(asked).toContain(reuses);
  expect(asked.filter((text) => text !== reuses && !text.endsWith(notSeen))).toEqual([]);
  expect(rows.find(({ id }) => id === "execute")?.verdict).toBe("expected");
  expect(code).toBe(0);
  expect((await control.exports({ dataset })).length).toBe(1);
});

test("a second doctor --live on the same data says that it saw no export", async () => {
  expect((await live({})).checks.find(({ name }) => name === "live")?.verdict).toBe("ok");
  const again = await live({});
  expect(again.checks.find(({ name }) => name === "live")?.verdict).toBe("warn");
  expect(again.rows.map(line)).toContain(reuses);
  expect(again.rows.map(line)).toContain(`layout ${notSeen}`);
  expect((await lab.keys()).filter((key) => key.includes("doctor-"))).toEqual([]);
});

/** A table in which only these rows are not as on the standard Domo. */
test.each<[string, Partial<RuntimeOptions>, string]>([
  [
    "answers a POST without a body",
    { postAnswer: "empty-200" },
    "post-answer expected: no export → the export is found in Domo's list\n",
  ],
  [
    "answers a POST with another's export",
    { postAnswer: "foreign" },
    "post-answer expected: another export → the export is found in Domo's list\n",
  ],
  [
    "refuses a POST with 400 while it runs one",
    { busy: "400" },
    "second-post expected: refused: HTTP 400 → other exports of a dataset wait\n",
  ],
  ["lists the newest export only", { listLimit: 1 }, ""],
  [
    "lists odd entries first",
    {
      oddEntries: [null, 7, "text", { exportId: "odd", exportStatus: null, urlRowCountMap: { x: -1 } }],
      oddEntriesAt: "before",
    },
    "",
  ],
  [
    "lists the newest export only, and runs two",
    { listLimit: 1, busy: "starts-second", reuse: "never", exportSeconds: 2 },
    [
      "second-post expected: starts a second export → two exports of a dataset may run at once",
      "reuse-path-only expected: runs → a changed path runs at once",
      "reuse-other-query expected: runs → a changed query runs at once",
      "reuse-same-request expected: runs → triggers runs the export again",
      "",
    ].join("\n"),
  ],
  [
    "breaks off its files",
    { truncatedBytes: 9 },
    [
      "order-by expected: accepted",
      'compression differs: gzip that breaks off → set verify: "rows", which reads each file to its end',
      "header not asked: the file can't be unpacked",
      "row-count not asked: the file can't be unpacked",
      "",
    ].join("\n"),
  ],
  [
    "writes several files",
    { partRows: 4 },
    [
      "order-by expected: accepted",
      "layout expected: <exportId>/export/data-1.csv.gz, <exportId>/export/data-2.csv.gz, <exportId>/export/data.csv.gz",
      "files expected: several → read all of them: the list of files is an output",
      "",
    ].join("\n"),
  ],
  [
    "names files below the path, at no zone",
    { urlForm: "relative", timeFormat: "iso-without-zone" },
    "time-form expected: ISO text with no zone\nurl-form expected: relative to the path\n",
  ],
  [
    "names keys, at an offset",
    { urlForm: "key", timeFormat: "iso-offset" },
    "time-form expected: ISO text with an offset\nurl-form expected: key\n",
  ],
  [
    "names files by the bucket's host, in epochs as text",
    { urlForm: "virtual", timeFormat: "epoch-text" },
    "time-form expected: milliseconds as text\nurl-form expected: https://bucket.host/key\n",
  ],
  ["doubles a slash", { urlForm: "s3-double-slash" }, "url-form expected: s3://bucket/key, a doubled slash\n"],
  [
    "takes no source",
    { source: "refused" },
    "source differs: refused: HTTP 400 → report this: no export can be started with this version\n",
  ],
  [
    "ignores an order",
    { orderBy: "ignored" },
    "order-by differs: accepted, but the rows are in another order → leave ORDER BY out of queries\n",
  ],
  [
    "refuses a read with an id that no dataset has",
    { bulkUnknown: "refused" },
    "bulk-unknown-id expected: refused: HTTP 404 → each dataset of such a read is read separately\n",
  ],
])("the table of a Domo that %s is right", async (_, mood, table) => {
  const { rows } = await live(mood);
  expect(changed(rows)).toBe(table);
  expect((await lab.keys()).filter((key) => key.includes("doctor-"))).toEqual([]);
});

test("a Domo that ends every export in another word delivers nothing, and the table says so", async () => {
  const { rows, code } = await live({ endWord: "CANCELLED" });
  const about = (id: string) => rows.filter((row) => row.id === id).map(line);
  expect([...about("session-token"), ...about("layout"), ...about("second-post")]).toEqual([
    'session-token differs: sessionToken failed (ended as "CANCELLED"), awsSessionToken failed (ended as "CANCELLED") → find out from the error in Domo why it can\'t write; nothing can be exported like this',
    "layout not asked: no export was delivered",
    "second-post expected: returns the running export → other exports of a dataset wait",
  ]);
  expect(code).toBe(1);
});

const KEY = "arn:aws:kms:eu-west-3:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
test.each<[string, Partial<RuntimeOptions>, string]>([
  ["used", {}, "kms-key expected: used\n"],
  [
    "ignored",
    { kmsKey: "ignored" },
    "kms-key differs: the file has AES256 → make the key the bucket's default encryption: Domo does not use kmsKeyId\n",
  ],
])("a KMS key that is %s", async (_, mood, table) => {
  const { rows, report } = await live(mood, {}, ["--kms-key", KEY]);
  expect(changed(rows)).toBe(table);
  expect(report).not.toContain("1234abcd");
});

test.each<[string, Partial<RuntimeOptions>, string]>([
  ["apply", {}, "count-policies expected: applied: fewer rows are counted than the dataset has\n"],
  [
    "don't apply",
    { countPolicies: "ignored" },
    'count-policies differs: the count is not below the dataset\'s rows → check that the policies hide rows of this dataset; if they do, set verify: "rows"\n',
  ],
])("row policies that %s to counts", async (_, mood, table) => {
  const parameters = [{ name: "Region", values: ["West"] }];
  const policies = [{ filterGroupId: 1, name: "West", type: "user", userIds: [7], parameters }] as const;
  await lab.emulator.control.setPdp({ dataset, pdp: { enabled: true, policies } });
  expect(changed((await live(mood)).rows)).toBe(table);
});

test("a Domo that limits requests is asked again, and shows that it does", async () => {
  const { rows } = await live({ requestsPerSecond: 3, exportSeconds: 5 });
  expect(changed(rows)).toBe(
    "rate expected: 429, with Retry-After → requests wait and are sent again; lower domo:maxRequestsPerSecond if that takes long\n",
  );
});

test("a Domo that refuses an order shows it, and the rest is asked without", async () => {
  const refusal = { kind: "answer", status: 400, body: { status: 400, message: "no order" } } as const;
  await lab.emulator.control.inject({ method: "POST", path: `/api/query/v1/export/${dataset}$`, fault: refusal });
  const { rows, code } = await live({});
  expect(changed(rows)).toBe("order-by differs: HTTP 400 → leave ORDER BY out of queries\n");
  expect(code).toBe(0);
});

test("a Domo that quotes what it was sent gets no secret into the report, also where every export fails", async () => {
  const { code, checks, rows } = await live({
    quoteSecrets: true,
    quoteSignedUrl: true,
    quoteForm: "double-escaped",
    failWith: { errorCode: "E", message: "no" },
  });
  expect(code).toBe(1);
  expect(checks.find(({ name }) => name === "live")).toMatchObject({
    verdict: "fail",
    text: "no export was delivered",
  });
  await expect(changed(rows)).toMatchFileSnapshot(golden("live-fails.txt"));
});

test("nothing is exported while another export of the dataset runs, nor when a check has failed", async () => {
  await lab.emulator.control.startForeignExport({ dataset, bucket: "elsewhere", seconds: 8 });
  const { code, checks } = await live({});
  expect(checks.at(-2)).toMatchObject({ name: "live", verdict: "fail", text: "an export of the dataset is running" });
  expect(code).toBe(1);
  const wrong = await live({}, { DOMO_DEVELOPER_TOKEN: "another" });
  expect(wrong.checks.at(-1)).toEqual({ name: "live", verdict: "skipped", text: 'the check "token" failed' });
  await lab.emulator.control.settle();
  expect((await lab.emulator.control.exports({ dataset })).length).toBe(1);
});
