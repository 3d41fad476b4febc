import { z } from "zod";

/** Times come as ISO text, epoch milliseconds as a number, or the same as text; absent and null mean "not yet". */
const time = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value, context) => {
    if (value === null || value === undefined || value === "") return undefined;
    const date = new Date(typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value);
    if (Number.isNaN(date.getTime())) {
      context.addIssue({ code: "custom", message: "is not a time" });
      return z.NEVER;
    }
    return date.toISOString();
  });

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

export const datasetAnswer = z.object({
  id: z.string(),
  name: z.string(),
  rowCount: z.number().nullish(),
  lastUpdated: time,
  permissions: optionalText,
  owner: z
    .object({ id: z.union([z.number(), z.string()]).transform(String) })
    .nullish()
    .transform((owner) => owner ?? undefined),
});
/** A dataset's own facts. */
export type DomoDataset = z.output<typeof datasetAnswer>;

export const schemaAnswer = z
  .object({ tables: z.array(z.object({ columns: z.array(z.object({ name: z.string(), type: z.string() })) })).min(1) })
  .transform(({ tables }) => tables[0]?.columns ?? []);
/** Columns of a dataset in their order. */
export type DomoColumns = z.output<typeof schemaAnswer>;

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
