import { z } from "zod";
import { DomoExportError } from "../errors";

/** What of a compiled query decides how many rows it has. */
export interface CountedQuery {
  columns: unknown[];
  groupByColumns: unknown[];
  where?: unknown;
  limit?: { limit: number; offset: number };
}

/** How many rows a query has by Domo's count, or why that is not known. */
export type Count = { rows: number } | { rows: undefined; reason: string };

const value = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.0+)?$/)
      .transform(Number),
  ])
  .pipe(z.int().nonnegative());

/** Answer of the call that runs a query: the count is its only value, a number or a text. */
export const countAnswer = z.object({ rows: z.tuple([z.tuple([value])]) }).transform(({ rows }) => rows[0][0]);

/**
 * The body that counts the rows of a query by Domo's own means. A limit is left out, as none was seen in this place, and
 * so is the order.
 */
export function countBody({ columns, groupByColumns, where }: CountedQuery): object {
  return {
    context: { calendar: "StandardCalendar", features: { AllowNullValues: true, PerformTimeZoneConversion: true } },
    query: {
      columns: [{ exprType: "FUNCTION", name: "COUNT", arguments: [{ exprType: "NUMERIC_VALUE", value: 1 }] }],
      fromQuery: { columns, groupByColumns, having: null, ...(where !== undefined && { where }) },
      limit: { limit: 1 },
    },
    querySource: "judoTable-rowCount",
  };
}

/** Applies the query's limit to what `counted` counts without it. Whatever Domo answers instead of a count is a reason. */
export async function limitedCount({ limit }: CountedQuery, counted: () => Promise<number>): Promise<Count> {
  try {
    const rows = await counted();
    return { rows: limit ? Math.min(limit.limit, Math.max(0, rows - limit.offset)) : rows };
  } catch (error) {
    if (!(error instanceof DomoExportError)) throw error;
    return { rows: undefined, reason: error.message };
  }
}
