import { join } from "node:path";
import { expect, test } from "vitest";
import { paintWith } from "../../cli/colors";
import { widthOf } from "../../cli/columns";
import type { LiveRow } from "../../cli/doctor/check";
import { exportAnswers } from "../../cli/doctor/live/answers";
import { timeForm, urlForm } from "../../cli/doctor/live/forms";
import type { QuestionId } from "../../cli/doctor/live/questions";
import type { Seen } from "../../cli/doctor/live/run-exports";
import { renderMarkdown, renderText } from "../../cli/doctor/write";
import { projectRoot } from "../../local/paths";
import { readEntry } from "../../provider/domo/answers";

const path = "exports/doctor-1/first-1";
const id = "7a1d9c7e-1111-2222-3333-000000000001";
const key = `${path}/${id}/export/data.csv.gz`;
const posted = Date.parse("2026-11-24T12:00:00Z");
const fields = {
  exportId: id,
  exportStatus: "success",
  bucket: "acme",
  started: "2026-11-24T12:00:01.000Z",
  finished: "2026-11-24T12:00:09.000Z",
  urlRowCountMap: { [`s3://acme/${key}`]: 10 },
};

/** The answers to an export that differs from the usual one in this. */
function answers(differing: { fields?: object; keys?: string[]; text?: string; words?: string[] }) {
  const all = { ...fields, ...differing.fields };
  const raw = { entry: readEntry(all)!, fields: all };
  const keys = differing.keys ?? [key];
  const text = differing.text ?? ["Region,Sales", ...Array.from({ length: 10 }, () => "West,1")].join("\n");
  const seen: Seen = {
    tried: [],
    first: {
      field: "sessionToken",
      posted: { kind: "posted", ...raw, isEarlier: false, named: "this export", path, domoTime: posted },
      last: raw,
      words: differing.words ?? ["none", "success"],
      lateUrls: false,
      objects: keys.map((key) => ({ key, bytes: 1, etag: "e", lastModified: 0 })),
      files: { texts: keys.map(() => text), gzip: true },
    },
    ordered: "success",
  };
  return exportAnswers(seen, { bucket: "acme", exported: ["Region", "Sales"], sessionTokenField: "sessionToken" });
}

test("the usual export is as expected in all", () => {
  const found = Object.entries(answers({})).filter(([, { verdict }]) => verdict === "differs");
  expect(found).toEqual([]);
});

test.each<[string, Parameters<typeof answers>[0], QuestionId, string, string]>([
  [
    "started an hour before the POST",
    { fields: { started: "2026-11-24T11:00:00Z" } },
    "started-clock",
    "differs",
    "1.0 h apart",
  ],
  ["no started", { fields: { started: null } }, "started-clock", "differs", "started is absent"],
  [
    "more rows than the limit",
    { fields: { urlRowCountMap: { [`s3://acme/${key}`]: 25 } } },
    "limit",
    "differs",
    "ignored: 25 rows",
  ],
  ["a word that nobody knows", { words: ["QUEUED", "success"] }, "status-words", "differs", "QUEUED, success"],
  [
    "a time that can't be read",
    { fields: { started: "yesterday" } },
    "time-form",
    "differs",
    "other text with no zone, ISO text with Z",
  ],
  [
    "a URL elsewhere",
    { fields: { urlRowCountMap: { "s3://other/x.csv": 10 } } },
    "url-form",
    "differs",
    "s3://bucket/key",
  ],
  ["no URL", { fields: { urlRowCountMap: {} } }, "url-form", "differs", "no URL"],
  ["a deeper folder", { keys: [`${path}/${id}/a/b/data.csv.gz`] }, "layout", "differs", "<exportId>/a/b/data.csv.gz"],
  ["no file", { keys: [] }, "layout", "differs", "no file"],
  ["no header", { text: "West,1\nWest,1" }, "header", "differs", "not the columns' names"],
  ["a BOM and quotes", { text: '\ufeff"Region","Sales"\r\n' }, "header", "expected", "the columns' names"],
  ["fewer rows in the file", { text: "Region,Sales\nWest,1" }, "row-count", "differs", "10, and the file has 1"],
  [
    "fewer rows in two files",
    { keys: [key, `${key}.2`], text: "Region,Sales\nWest,1" },
    "row-count",
    "differs",
    "10, and the file has 2",
  ],
  ["several files", { keys: [key, `${key}.2`] }, "files", "expected", "several"],
  ["rows in descending order", { text: 'Region\n"West, 2",1\n"East ""1""",2\n,3' }, "order-by", "expected", "applied"],
  [
    "numbers in ascending order",
    { text: "Sales\n9\n10" },
    "order-by",
    "differs",
    "accepted, but the rows are in another order",
  ],
  ["lines that are no rows", { text: 'Region\n"a\nb"' }, "order-by", "expected", "accepted"],
])("%s", (_, differing, question, verdict, answer) => {
  expect(answers(differing)[question as keyof ReturnType<typeof answers>]).toMatchObject({ verdict, answer });
});

test("forms of URLs and of times are named without what they hold", () => {
  const form = (url: string) => urlForm(url, { bucket: "acme", keys: ["a/marked key.csv"] });
  expect([
    form("s3://acme//a/marked%20key.csv"),
    form("https://acme.s3.eu-west-3.amazonaws.com/a?X-Amz-Signature=marked"),
    form("https://s3.amazonaws.com/acme/a"),
    form("acme/a"),
    form("a/marked%20key.csv"),
    form("export/data.csv"),
  ]).toEqual([
    "s3://bucket/key, percent-encoded, a doubled slash",
    "https://bucket.host/key, a query",
    "https://host/bucket/key",
    "bucket/key",
    "key, percent-encoded",
    "relative to the path",
  ]);
  const times = [undefined, null, 1, "1", "2026-11-24 12:00:00", "2026-11-24T12:00:00+02:00", "Tuesday", {}];
  expect(times.map(timeForm)).toEqual([
    "absent",
    "null",
    "milliseconds as a number",
    "milliseconds as text",
    "ISO text with no zone",
    "ISO text with an offset",
    "other text with no zone",
    "a value of type object",
  ]);
});

const rows: LiveRow[] = [
  {
    id: "session-token",
    grade: "C",
    asks: "request field of the session token",
    verdict: "differs",
    answer: 'awsSessionToken; sessionToken failed (ended as "error")',
    means: "set domo:sessionTokenField (DOMO_SESSION_TOKEN_FIELD) to awsSessionToken",
  },
  {
    id: "kms-key",
    grade: "C",
    asks: "request field of the KMS key (awsKmsKey)",
    verdict: "not asked",
    answer: "give --kms-key",
  },
  { id: "in", grade: "B", asks: "IN", verdict: "expected", answer: "understood" },
];
const report = { checks: [{ name: "Node", verdict: "ok" as const, text: "Node 24.1.0" }], live: rows };

test.each([60, 120])("what your Domo does, in a terminal of %d columns, is as it was looked at", async (width) => {
  const text = renderText(report, { width, paint: paintWith(false) });
  for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(width);
  await expect(text).toMatchFileSnapshot(join(projectRoot, "test/cli/golden", `live-${width}-columns.txt`));
});

test("what your Domo does, as Markdown, is as it was looked at", async () => {
  await expect(renderMarkdown(report)).toMatchFileSnapshot(join(projectRoot, "test/cli/golden/live.md"));
});
