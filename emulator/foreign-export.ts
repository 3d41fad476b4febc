import type { ForeignExport } from "./control";
import type { Dataset } from "./dataset-store";
import type { ExportCall } from "./exports";
import type { UserDefinition } from "./options";
import { readQuery } from "./query-schema";

/** Somebody whom no token belongs to. */
export const stranger: UserDefinition = { token: "", id: 999, displayName: "Somebody else", datasetAdmin: true };

/** The call that somebody else makes. */
export function foreignCall(order: ForeignExport, dataset: Dataset, user: UserDefinition): ExportCall {
  const { bucket, path = "elsewhere", region = "us-east-1", seconds, credentials, fails } = order;
  const allColumns = { columns: dataset.columns.map(({ name }) => ({ exprType: "COLUMN", column: name })) };
  const queryRequest = { includeBOM: false, useCache: true, query: readQuery(order.query ?? allColumns) };
  const filter = order.userId === undefined ? "all" : undefined;
  return {
    dataset,
    filter,
    user,
    credentials,
    seconds,
    fails,
    order: { bucket, path, region, source: "DomoUI", queryRequest },
  };
}
