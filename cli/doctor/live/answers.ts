import { readObjectUrl } from "../../../provider/aws/object-url";
import { bulkAnswer, readTime } from "../../../provider/domo/answers";
import { layoutOf, listed, timeForm, urlForm } from "./forms";
import { type Answer, type Answers, differs, each, expected, notAsked, type QuestionId } from "./questions";
import { type Further, LIVE_ROWS, type Seen } from "./run-exports";

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
  "source",
  "limit",
  "status-words",
  "time-form",
  "finished-time",
  "started-clock",
  "url-form",
  "urls-late",
  "layout",
  "compression",
  "header",
  "row-count",
  "kms-key",
] as const satisfies readonly QuestionId[];
type OfFirst = (typeof OF_FIRST)[number];
type OfExports = OfFirst | "session-token" | "order-by" | "second-post" | "reuse-other-query" | "reuse-same-request";

/** Reads the answers out of what was seen of the exports. */
export function exportAnswers(seen: Seen, context: LiveContext): Pick<Answers, OfExports> {
  return {
    ...(seen.first ? firstAnswers(seen.first, context) : each(OF_FIRST, notAsked("no export was delivered"))),
    "session-token": sessionTokenAnswer(seen, context),
    "order-by": orderAnswer(seen),
    "second-post": secondPost(seen.second),
    "reuse-other-query": furtherAnswer(seen.otherQuery, {
      earlier: expected(
        "returns the earlier export",
        "a changed query fails until the dataset has new data; the message says so",
      ),
      fresh: expected("runs", "a changed query runs at once"),
    }),
    "reuse-same-request": furtherAnswer(seen.sameRequest, {
      earlier: expected("returns the earlier export", "triggers alone does not make Domo run again before new data"),
      fresh: expected("runs", "triggers runs the export again"),
    }),
  };
}

function firstAnswers(first: NonNullable<Seen["first"]>, context: LiveContext): Pick<Answers, OfFirst> {
  const { posted, last, words, objects, file, lateUrls } = first;
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
    source: expected("accepted"),
    "kms-key": context.kmsKey === undefined ? notAsked("give --kms-key") : expected("accepted"),
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
    compression: "why" in file ? notAsked(file.why) : expected(file.gzip ? "gzip" : "none"),
    header: headerAnswer(file, context),
    "row-count": rowCountAnswer(rows, { file, files: keys.length }),
  };
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

function orderAnswer({ ordered }: Seen): Answer {
  if (ordered === undefined) return notAsked("no export was delivered");
  return ordered === "success" ? expected("accepted") : differs(ordered, "leave ORDER BY out of queries");
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

function headerAnswer(file: NonNullable<Seen["first"]>["file"], { exported }: LiveContext): Answer {
  if ("why" in file) return notAsked(file.why);
  const [line = ""] = file.text.replace(/^\ufeff/, "").split(/\r?\n/);
  const names = line.split(",").map((name) => name.replace(/^"|"$/g, "").replaceAll('""', '"'));
  if (names.join() === exported.join()) return expected("the columns' names");
  return differs("not the columns' names", 'report this: verify: "rows" takes the first line for a header');
}

function rowCountAnswer(
  rows: number,
  { file, files }: { file: NonNullable<Seen["first"]>["file"]; files: number },
): Answer {
  if ("why" in file) return notAsked(file.why);
  if (files > 1) return notAsked("there are several files");
  const lines = file.text.split("\n").filter((line) => line !== "").length - 1;
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
}: {
  dataset: string;
  facts: unknown;
  bulk: { value: unknown } | { how: string };
}): Pick<Answers, "data-last-updated" | "bulk"> {
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
  };
}

function bulkShape(value: unknown, dataset: string): Answer {
  const entry = bulkAnswer.safeParse(value).data?.get(dataset);
  if (!entry) return expected("an answer without the dataset", "each dataset is read separately");
  const shape = Array.isArray(value) ? "an array" : "an object";
  return entry.columns
    ? expected(`${shape}, with columns`)
    : expected(`${shape}, without columns`, "columns are read separately");
}
