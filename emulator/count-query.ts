import { z } from "zod";
import type { ApiAnswer, ApiContext } from "./api-call";
import { ApiError } from "./api-error";
import { type Dataset, withConnection } from "./dataset-store";
import type { UserDefinition } from "./options";
import { type DomoQuery, domoQuery, schemaFaults } from "./query-schema";
import { querySql } from "./query-sql";
import { rowFilter } from "./row-policies";
import type { EmulatorState } from "./state";

const one = z.strictObject({ exprType: z.literal("NUMERIC_VALUE"), value: z.literal(1) });
const countOfOne = z.strictObject({
  exprType: z.literal("FUNCTION"),
  name: z.literal("COUNT"),
  distinct: z.literal(false).optional(),
  arguments: z.tuple([one]),
});
const countRequest = z.object({
  query: z.strictObject({
    columns: z.tuple([countOfOne]),
    fromQuery: domoQuery.extend({ having: z.null().optional() }),
    limit: z.strictObject({ limit: z.int().positive() }).nullish(),
  }),
});

/** `POST /api/query/v1/execute/{id}`: the one form of it that counts the rows of a query which the caller may see. */
export async function countAnswer({ state, user, call }: ApiContext, dataset: Dataset): Promise<ApiAnswer> {
  const { executeStatus, executeSeconds, innerLimit, countAs, countRows } = state.options;
  const parsed = countRequest.safeParse(await call.body());
  if (executeSeconds > 0) await state.clock.sleep(executeSeconds, new AbortController().signal);
  if (executeStatus !== null) throw new ApiError(executeStatus, "Queries are not answered");
  if (!parsed.success) throw new ApiError(400, `Invalid query: ${schemaFaults(parsed.error)}`);
  const { fromQuery } = parsed.data.query;
  if (fromQuery.limit && innerLimit === "refuse") throw new ApiError(400, "A limit inside fromQuery is not supported");
  const began = performance.now();
  const rows = (await count(state, dataset, { ...fromQuery, limit: null }, user)) + countRows;
  const isText = countAs === "text";
  const body = {
    datasource: dataset.id,
    columns: ["COUNT(1)"],
    metadata: [{ type: "LONG", dataSourceId: dataset.id, maxLength: -1, minLength: -1 }],
    rows: [[isText ? String(rows) : rows]],
    numRows: 1,
    numColumns: 1,
    fromcache: isText ? "false" : false,
    duration: Math.round(performance.now() - began),
  };
  return { status: 200, body };
}

async function count(state: EmulatorState, dataset: Dataset, query: DomoQuery, user: UserDefinition): Promise<number> {
  const { table } = dataset;
  try {
    const filter = state.options.countPolicies === "ignored" ? "all" : rowFilter(dataset.pdp, user);
    const { sql, values } = querySql(query, { ...dataset, filter });
    return await withConnection(state.instance, async (connection) => {
      const reader = await connection.runAndReadAll(`SELECT count(*) FROM (${sql})`, values);
      return Number(reader.getRows()[0]?.[0]);
    });
  } catch (error) {
    // New data came in between, and took the table away.
    if (dataset.table !== table) return count(state, dataset, query, user);
    throw error;
  }
}
