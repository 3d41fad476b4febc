import { z } from "zod";

/** Times come as ISO text, epoch milliseconds as a number, or the same as text; absent and null mean "not yet". */
const time = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value, context) => {
    if (value === null || value === undefined || value === "") return undefined;
    const date = new Date(typeof value === "string" ? ownTime(value) : value);
    if (Number.isNaN(date.getTime())) {
      context.addIssue({ code: "custom", message: "is not a time" });
      return z.NEVER;
    }
    return date.toISOString();
  });

/** Milliseconds as text, or a time whose missing zone is Domo's, UTC, and not that of the machine. */
function ownTime(text: string): number | string {
  if (/^\d+$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? `${text.replace(" ", "T")}Z` : text;
}

const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

/**
 * One export as Domo reports it. `status` is one of Domo's four words in lower case; `running` and `failed`, which only
 * a later guess names, are read as `exporting` and `error`; any other word stays and counts as not finished.
 */
export const exportAnswer = z
  .object({
    exportId: z.string().min(1),
    exportStatus: z.string(),
    bucket: optionalText,
    errorCode: z
      .union([z.string(), z.number()])
      .nullish()
      .transform((code) => (code === null || code === undefined ? undefined : String(code))),
    message: optionalText,
    compression: optionalText,
    started: time,
    finished: time,
    urlRowCountMap: z
      .record(z.string(), z.coerce.number().int().nonnegative())
      .nullish()
      .transform((map) => map ?? {}),
  })
  .transform(({ exportStatus, ...rest }) => ({ ...rest, status: statusWord(exportStatus) }));

/** One export as Domo reports it, with normalised status and times. */
export type DomoExport = z.output<typeof exportAnswer>;

export const exportListAnswer = z.array(exportAnswer);

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
  .object({ tables: z.array(z.object({ columns: z.array(z.object({ name: z.string(), type: z.string() })) })).min(1) })
  .transform(({ tables }) => tables[0]?.columns ?? []);
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

/** Statuses after which an export does not change any more. */
export function isTerminal(status: string): boolean {
  return status === "success" || status === "error";
}

function statusWord(word: string): string {
  const lower = word.toLowerCase();
  if (lower === "running") return "exporting";
  if (lower === "failed") return "error";
  return lower;
}
