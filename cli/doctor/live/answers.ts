import { readObjectUrl } from "../../../provider/aws/object-url";
import { bulkAnswer, readTime } from "../../../provider/domo/answers";
import { layoutOf, listed, timeForm, urlForm } from "./forms";
import { type Answer, type Answers, differs, each, expected, notAsked, type QuestionId } from "./questions";
import type { Limited } from "../raw-domo";
import type { Delivered } from "./delivered-files";
import { type First, type Further, LIVE_ROWS, type Seen } from "./run-exports";

const REPORT = "report this: an export could not be verified";
const KNOWN_WORDS = /^(none|exporting|running|success|error|failed)$/i;
const KNOWN_LAYOUT = /^(<exportId>\/(export\/)?)?[^/]+$/;
/** What this package allows between the two clocks of Domo. */
const CLOCKS_MS = 120_000;

/** What the answers about the exports are made of. */
export interface LiveContext {
  readonly bucket: string;
  readonly kmsKey?: string;
  /** Names of the exported columns. */
  readonly exported: readonly string[];
  /** The setting as it is. */
  readonly sessionTokenField: string;
}

/** What only a delivered export answers. */
const OF_FIRST = [
  "post-answer",
  "limit",
  "status-words",
  "time-form",
  "finished-time",
  "started-clock",
  "url-form",
  "urls-late",
  "layout",
  "files",
  "compression",
  "header",
  "row-count",
  "kms-key",
] as const satisfies readonly QuestionId[];
type OfFirst = (typeof OF_FIRST)[number];
const OF_EXPORTS = [
  ...OF_FIRST,
  "session-token",
  "source",
  "order-by",
  "second-post",
  "reuse-path-only",
  "reuse-other-query",
  "reuse-same-request",
] as const satisfies readonly QuestionId[];
type OfExports = (typeof OF_EXPORTS)[number];

const RETURNS_EARLIER = expected(
  "returns the earlier export",
  "a changed query fails until the dataset has new data; the message says so",
);

/** Reads the answers out of what was seen of the exports. An export from before answers nothing but that Domo reuses it. */
export function exportAnswers(seen: Seen, context: LiveContext): Pick<Answers, OfExports> {
  if (seen.earlier)
    return {
      ...each(OF_EXPORTS, notAsked("Domo returned an earlier export; choose a dataset with new data")),
      "reuse-other-query": RETURNS_EARLIER,
    };
  return {
    ...(seen.first ? firstAnswers(seen.first, context) : each(OF_FIRST, notAsked("no export was delivered"))),
    "session-token": sessionTokenAnswer(seen, context),
    source: sourceAnswer(seen),
    "order-by": orderAnswer(seen),
    "second-post": secondPost(seen.second),
    "reuse-path-only": furtherAnswer(seen.otherPath, {
      earlier: expected("returns the earlier export", "a changed path fails until the dataset has new data"),
      fresh: expected("runs", "a changed path runs at once"),
    }),
    "reuse-other-query": furtherAnswer(seen.otherQuery, {
      earlier: RETURNS_EARLIER,
      fresh: expected("runs", "a changed query runs at once"),
    }),
    "reuse-same-request": furtherAnswer(seen.sameRequest, {
      earlier: expected("returns the earlier export", "triggers alone does not make Domo run again before new data"),
      fresh: expected("runs", "triggers runs the export again"),
    }),
  };
}

function firstAnswers(first: First, context: LiveContext): Pick<Answers, OfFirst> {
  const { posted, last, words, objects, files, lateUrls } = first;
  const { entry, fields } = last;
  const urls = Object.entries(entry.urlRowCountMap);
  const keys = objects.map(({ key }) => key);
  const rows = urls.reduce((sum, [, count]) => sum + count, 0);
  const unknown = words.filter((word) => !KNOWN_WORDS.test(word));
  const times = [fields.started, fields.finished];
  const unread = times.some((time) => time !== undefined && time !== null && readTime(time) === undefined);
  const found = urls.filter(([url]) =>
    readObjectUrl(url, { bucket: context.bucket, prefix: posted.path }).places.some(({ key }) => keys.includes(key)),
  );
  const layouts = keys.map((key) => layoutOf(key, { path: posted.path, exportId: entry.exportId }));
  const forms = listed(urls.map(([url]) => urlForm(url, { bucket: context.bucket, keys })));
  return {
    "post-answer":
      posted.named === "this export"
        ? expected("the export that it started")
        : expected(posted.named, "the export is found in Domo's list"),
    "kms-key": keyAnswer(first, context),
    limit:
      rows <= LIVE_ROWS
        ? expected("applied")
        : differs(`ignored: ${rows} rows`, "don't use limit: all rows would be exported"),
    "status-words":
      unknown.length === 0
        ? expected(listed(words))
        : differs(listed(words), "report this: another word is read as not finished"),
    "time-form": (unread ? differs : expected)(listed(times.map(timeForm)), unread ? REPORT : ""),
    "finished-time":
      entry.finished === undefined
        ? differs("absent", 'set verify: "rows": without a time only the rows confirm an earlier export')
        : expected("present"),
    "started-clock": clockAnswer(entry.started, posted.domoTime),
    "url-form": urls.length > 0 && found.length === urls.length ? expected(forms) : differs(forms || "no URL", REPORT),
    "urls-late": lateUrls
      ? expected("later than the end", "an up right after the end may need another run")
      : expected("yes"),
    layout:
      layouts.every((form) => KNOWN_LAYOUT.test(form)) && keys.length > 0
        ? expected(listed(layouts))
        : differs(listed(layouts) || "no file", REPORT),
    files: keys.length > 1 ? expected("several", "read all of them: the list of files is an output") : expected("one"),
    compression: compressionAnswer(first),
    header: headerAnswer(files, context),
    "row-count": rowCountAnswer(rows, files),
  };
}

function keyAnswer({ encryption }: First, { kmsKey }: LiveContext): Answer {
  if (kmsKey === undefined) return notAsked("give --kms-key");
  if (!encryption) return notAsked("the caller may not read the file");
  const { algorithm, key } = encryption;
  const id = (of: string) => of.slice(of.lastIndexOf("/") + 1);
  if (key !== undefined && id(key) === id(kmsKey)) return expected("used");
  const has = key === undefined ? algorithm : `${algorithm} with another key`;
  return differs(`the file has ${has}`, "make the key the bucket's default encryption: Domo does not use kmsKeyId");
}

function compressionAnswer({ files, isBroken }: First): Answer {
  if (isBroken) return differs("gzip that breaks off", 'set verify: "rows", which reads each file to its end');
  return "why" in files ? notAsked(files.why) : expected(files.gzip ? "gzip" : "none");
}

function sessionTokenAnswer({ first, tried }: Seen, { sessionTokenField }: LiveContext): Answer {
  const failed = tried.map(({ field, outcome }) => `${field} failed (${outcome})`);
  if (!first)
    return differs(
      failed.join(", "),
      "find out from the error in Domo why it can't write; nothing can be exported like this",
    );
  if (first.field === sessionTokenField) return expected(first.field);
  return differs(
    [first.field, ...failed].join("; "),
    `set domo:sessionTokenField (DOMO_SESSION_TOKEN_FIELD) to ${first.field}`,
  );
}

function sourceAnswer({ first, sourceRefused }: Seen): Answer {
  if (!first) return notAsked("no export was delivered");
  return sourceRefused === undefined
    ? expected("accepted")
    : differs(`refused: ${sourceRefused}`, "report this: no export can be started with this version");
}

const UNORDERED = "leave ORDER BY out of queries";

function orderAnswer({ ordered, first, ascending }: Seen): Answer {
  if (ordered === undefined || !first) return notAsked("no export was delivered");
  if (ordered !== "success") return differs(ordered, UNORDERED);
  if (isSorted(first, -1) === false || (ascending && isSorted(ascending, 1) === false))
    return differs("accepted, but the rows are in another order", UNORDERED);
  return isSorted(first, -1) === undefined ? expected("accepted") : expected("applied");
}

/** Whether the first column is in this order; `undefined` where that can't be seen. Empty values may stand anywhere. */
function isSorted({ files }: Delivered, direction: 1 | -1): boolean | undefined {
  if ("why" in files || files.texts.length !== 1) return undefined;
  const lines = (files.texts[0] ?? "").split(/\r?\n/).filter((line) => line !== "");
  const values = lines.slice(1).map((line) => /^(?:"((?:[^"]|"")*)"|([^",]*))(?:,|$)/.exec(line));
  if (values.includes(null)) return undefined;
  const texts = values.map((value) => value?.[1] ?? value?.[2] ?? "").filter((text) => text !== "");
  const inOrder = <T>(all: readonly T[], compare: (a: T, b: T) => number) =>
    all.every((value, at) => at === 0 || compare(all[at - 1] as T, value) * direction <= 0);
  const numbers = texts.map(Number);
  if (!numbers.some(Number.isNaN)) return inOrder(numbers, (a, b) => a - b);
  // Which of the two Domo sorts by is not known.
  return inOrder(texts, (a, b) => (a < b ? -1 : a > b ? 1 : 0)) || inOrder(texts, (a, b) => a.localeCompare(b));
}

function secondPost(second: Further | undefined): Answer {
  if (second === undefined) return notAsked("no export was started");
  if (second === "too late") return notAsked("the first export had ended by then");
  if (second === "running") return expected("returns the running export", "other exports of a dataset wait");
  if (second === "earlier") return expected("returns an earlier export", "other exports of a dataset wait");
  if (second === "new") return expected("starts a second export", "two exports of a dataset may run at once");
  if (/HTTP (400|409|429)/.test(second.refused))
    return expected(`refused: ${second.refused}`, "other exports of a dataset wait");
  return differs(`refused: ${second.refused}`, "report this: it is taken for a failure, not for a busy dataset");
}

function furtherAnswer(further: Further | undefined, { earlier, fresh }: { earlier: Answer; fresh: Answer }): Answer {
  if (further === undefined) return notAsked("no export was delivered");
  if (typeof further === "object") return differs(`refused: ${further.refused}`, "report this");
  return further === "new" ? fresh : earlier;
}

function clockAnswer(started: string | undefined, domoTime: number): Answer {
  if (started === undefined)
    return differs("started is absent", "an earlier export is never known to be of today's data");
  const apart = Math.abs(Date.parse(started) - domoTime);
  if (apart <= CLOCKS_MS) return expected("less than 2 minutes apart");
  const hours = apart / 3_600_000;
  return differs(
    `${hours >= 1 ? `${hours.toFixed(1)} h` : `${Math.round(apart / 60_000)} min`} apart`,
    "report this: new exports may be taken for old ones",
  );
}

function headerAnswer(files: Delivered["files"], { exported }: LiveContext): Answer {
  if ("why" in files) return notAsked(files.why);
  const names = (text: string) => {
    const [line = ""] = text.replace(/^\ufeff/, "").split(/\r?\n/);
    return line.split(",").map((name) => name.replace(/^"|"$/g, "").replaceAll('""', '"'));
  };
  if (files.texts.every((text) => names(text).join() === exported.join())) return expected("the columns' names");
  return differs("not the columns' names", 'report this: verify: "rows" takes the first line for a header');
}

function rowCountAnswer(rows: number, files: Delivered["files"]): Answer {
  if ("why" in files) return notAsked(files.why);
  const lines = files.texts.reduce((sum, text) => sum + text.split("\n").filter((line) => line !== "").length - 1, 0);
  // A value may hold line breaks, so that a file has more lines than rows.
  return lines < rows
    ? differs(`${rows}, and the file has ${lines}`, 'set verify: "rows", which compares them in every export')
    : expected("agree");
}

/** The answers about reads of the dataset. */
export function readAnswers({
  dataset,
  facts,
  bulk,
  unknown,
}: {
  dataset: string;
  facts: unknown;
  bulk: BulkRead;
  /** A read with an id that no dataset has. */
  unknown: BulkRead;
}): Pick<Answers, "data-last-updated" | "bulk" | "bulk-unknown-id"> {
  const time = (facts as { dataLastUpdated?: unknown } | null)?.dataLastUpdated;
  const updated = readTime(time);
  const lacks = updated === undefined || Date.parse(updated) <= 0;
  return {
    "data-last-updated": lacks
      ? expected(time === undefined ? "absent" : "0", "a rename of the dataset may look like new data")
      : expected("present"),
    bulk:
      "how" in bulk
        ? expected(`refused: ${bulk.how}`, "each dataset is read separately")
        : bulkShape(bulk.value, dataset),
    "bulk-unknown-id": unknownIdAnswer(bulk, unknown, dataset),
  };
}

function unknownIdAnswer(bulk: BulkRead, unknown: BulkRead, dataset: string): Answer {
  const isRead = (read: BulkRead) => "value" in read && bulkAnswer.safeParse(read.value).data?.has(dataset) === true;
  if (!isRead(bulk)) return notAsked("datasets are not read at once");
  if (isRead(unknown)) return expected("left out");
  const how = "how" in unknown ? `refused: ${unknown.how}` : "an answer without any dataset";
  return expected(how, "each dataset of such a read is read separately");
}

/** An answer to a read of many datasets. */
type BulkRead = { readonly value: unknown } | { readonly how: string };

/** The answer about the rate limit. */
export function rateAnswer({ refused, hasRetryAfter }: Limited): Answer {
  if (refused === 0) return expected("no 429 seen");
  return expected(
    hasRetryAfter ? "429, with Retry-After" : "429, without Retry-After",
    "requests wait and are sent again; lower domo:maxRequestsPerSecond if that takes long",
  );
}

function bulkShape(value: unknown, dataset: string): Answer {
  const entry = bulkAnswer.safeParse(value).data?.get(dataset);
  if (!entry) return expected("an answer without the dataset", "each dataset is read separately");
  const shape = Array.isArray(value) ? "an array" : "an object";
  return entry.columns
    ? expected(`${shape}, with columns`)
    : expected(`${shape}, without columns`, "columns are read separately");
}
