import { z } from "zod";

/**
 * A time as ISO 8601 text, or `undefined` for what is none. Domo writes times as ISO text, as epoch milliseconds, or as the
 * same in text; a text without a zone is UTC, whatever the zone of this machine.
 */
export function readTime(value: unknown): string | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const text = String(value).trim();
  const date = new Date(/^\d+$/.test(text) ? Number(text) : withZone(text));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function withZone(text: string): string {
  if (/(?:z|gmt|utc|[+-]\d\d:?\d\d)$/i.test(text)) return text;
  // "06:00Z" and "06:00 PM UTC" are read, "T06:00 UTC" and "06:00 PMZ" are not.
  return /\d$/.test(text) ? `${text}Z` : `${text} UTC`;
}

const time = z.unknown().optional().transform(readTime);

const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

/**
 * One export as Domo reports it. The list holds entries of other people, tools and years, so an entry is read field by
 * field: what can't be read is absent and named in `odd`, which matters only when the entry is ours.
 */
export interface DomoExport {
  exportId: string;
  /**
   * One of Domo's four words in lower case; `running` and `failed`, which only a later guess names, are read as
   * `exporting` and `error`. Any other word stays; what is no text is empty.
   */
  status: string;
  bucket?: string;
  errorCode?: string;
  message?: string;
  /** ISO 8601, by Domo's clock. */
  started?: string;
  /** ISO 8601, by Domo's clock. */
  finished?: string;
  /** Rows by URL, without URLs whose count is none. */
  urlRowCountMap: Record<string, number>;
  /** Fields that are there and can't be read, without their values. */
  odd: string[];
}

/** Reads one entry; `undefined` when it has no id, so that nobody can ask for it. */
export function readEntry(raw: unknown): DomoExport | undefined {
  const { exportId, exportStatus, urlRowCountMap, ...fields } = (raw ?? {}) as Record<string, unknown>;
  if (typeof exportId !== "string" || exportId === "") return undefined;
  const odd: string[] = [];
  const field = <T>(name: string, read: (value: unknown) => T | undefined): T | undefined => {
    const value = fields[name];
    if (value === undefined || value === null || value === "") return undefined;
    const known = read(value);
    if (known === undefined) odd.push(name);
    return known;
  };
  const text = (value: unknown): string | undefined =>
    typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  if (typeof exportStatus !== "string") odd.push("exportStatus");
  const counts = Object.entries(isRecord(urlRowCountMap) ? urlRowCountMap : {});
  const readable = counts.map(([url, rows]) => [url, rowCount(rows)] as const);
  if (
    readable.some(([, rows]) => rows === undefined) ||
    !(isRecord(urlRowCountMap) || urlRowCountMap === undefined || urlRowCountMap === null)
  )
    odd.push("urlRowCountMap");
  return {
    exportId,
    status: typeof exportStatus === "string" ? statusWord(exportStatus) : "",
    bucket: field("bucket", text),
    errorCode: field("errorCode", text),
    message: field("message", text),
    started: field("started", readTime),
    finished: field("finished", readTime),
    urlRowCountMap: Object.fromEntries(readable.flatMap(([url, rows]) => (rows === undefined ? [] : [[url, rows]]))),
    odd,
  };
}

/** The answer to a POST, which is of no use without an id. */
export const exportAnswer = z.unknown().transform((raw, context) => {
  const entry = readEntry(raw);
  if (entry) return entry;
  context.addIssue({ code: "custom", message: "has no exportId" });
  return z.NEVER;
});

/** A list of exports; entries without an id are left out. */
export const exportListAnswer = z
  .array(z.unknown())
  .transform((entries) => entries.map(readEntry).filter((entry) => entry !== undefined));

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rows come as a number or as text. */
function rowCount(value: unknown): number | undefined {
  const rows = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof rows === "number" && Number.isSafeInteger(rows) && rows >= 0 ? rows : undefined;
}

export const userAnswer = z.object({
  id: z.union([z.number(), z.string()]).transform(String),
  displayName: optionalText,
});
/** The user of a developer token. */
export type DomoUser = z.output<typeof userAnswer>;

/** A time that matters only where it can be read. */
const timeIfAny = time.catch(undefined).transform((text) => (text && Date.parse(text) > 0 ? text : undefined));

export const datasetAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    rowCount: z.number().nullish(),
    dataLastUpdated: timeIfAny,
    lastUpdated: timeIfAny,
    permissions: optionalText,
    owner: z
      .object({ id: z.union([z.number(), z.string()]).transform(String) })
      .nullish()
      .transform((owner) => owner ?? undefined),
  })
  // A rename may move lastUpdated too.
  .transform(({ dataLastUpdated, lastUpdated, ...rest }) => ({ ...rest, dataUpdated: dataLastUpdated ?? lastUpdated }));
/** A dataset's own facts. `dataUpdated`: when its data last changed, ISO 8601; `undefined` when that is unknown. */
export type DomoDataset = z.output<typeof datasetAnswer>;

export const schemaAnswer = z
  .object({
    tables: z.tuple([z.object({ columns: z.array(z.object({ name: z.string(), type: z.string() })) })], z.unknown()),
  })
  .transform(({ tables: [{ columns }] }) => columns);
/** Columns of a dataset in their order. */
export type DomoColumns = z.output<typeof schemaAnswer>;

/** Columns in an answer that is about more. They count when there are as many as the dataset has. */
const columnsIfAny = z
  .object({
    columnCount: z.number(),
    schema: z.object({
      tables: z.tuple(
        [
          z.object({
            columns: z.array(z.object({ name: z.string(), type: z.string(), visible: z.boolean().nullish() })),
          }),
        ],
        z.unknown(),
      ),
    }),
  })
  .transform(({ columnCount, schema: { tables } }) => {
    const [{ columns }] = tables;
    if (columns.length === 0 || columns.length !== columnCount) return undefined;
    return columns.filter(({ visible }) => visible !== false).map(({ name, type }) => ({ name, type }));
  })
  .catch(undefined);

/** Datasets by their id. One that can't be read says nothing of the others: it is left out. */
export const bulkAnswer = z
  .union([z.array(z.unknown()), z.object({ dataSources: z.array(z.unknown()) }).transform((all) => all.dataSources)])
  .transform(
    (entries) =>
      new Map(
        entries.flatMap((entry) => {
          const { data: facts } = datasetAnswer.safeParse(entry);
          return facts ? [[facts.id, { facts, columns: columnsIfAny.parse(entry) }] as const] : [];
        }),
      ),
  );

export const policiesAnswer = z.array(
  z.object({
    filterGroupId: z.union([z.number(), z.string()]).nullish(),
    name: z.string(),
    type: optionalText,
    userIds: z.array(z.union([z.number(), z.string()]).transform(String)).nullish(),
    groupIds: z.array(z.union([z.number(), z.string()]).transform(String)).nullish(),
    parameters: z.array(z.unknown()).nullish(),
  }),
);
/** Row policies (PDP) of a dataset. */
export type DomoPolicies = z.output<typeof policiesAnswer>;

/** Words of an export that has not ended. */
const RUNNING: ReadonlySet<string> = new Set(["none", "exporting"]);

/** Whether an export has ended: by its word, or by the time of its end where Domo uses a word that is not known. */
export function hasEnded({ status, finished }: DomoExport): boolean {
  return status === "success" || status === "error" || (finished !== undefined && !RUNNING.has(status));
}

/** Whether an export began before a time in milliseconds; `false` where one of them is not known. */
export function beganBefore({ started }: DomoExport, time: number | undefined): boolean {
  return time !== undefined && started !== undefined && Date.parse(started) < time;
}

function statusWord(word: string): string {
  const lower = word.toLowerCase();
  if (lower === "running") return "exporting";
  if (lower === "failed") return "error";
  return lower;
}
