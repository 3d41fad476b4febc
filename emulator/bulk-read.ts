import { z } from "zod";
import type { ApiAnswer, ApiContext } from "./api-call";
import { ApiError } from "./api-error";
import { mayRead } from "./access";
import type { Dataset } from "./dataset-store";
import { datasetAnswer, schemaAnswer } from "./reads";

/** Where many datasets are read at once. */
export const bulkPath = "/api/data/v3/datasources/bulk";

const mostIds = 100;

const fieldsOfPart = {
  core: ["id", "name", "lastUpdated", "dataLastUpdated", "lastTouched", "owner"],
  rowcolcount: ["rowCount", "columnCount"],
  status: ["status"],
  permission: ["permissions"],
} as const;

/** `POST /api/data/v3/datasources/bulk`: what is unknown or may not be read is left out; the order is the emulator's own. */
export async function bulkAnswer(context: ApiContext): Promise<ApiAnswer> {
  const { state, user, call } = context;
  const { bulkStatus, bulkShape, bulkUnknown } = state.options;
  const ids = z.array(z.string()).safeParse(await call.body());
  if (ids.success) call.entry.ids = ids.data.length;
  if (bulkStatus !== null) throw new ApiError(bulkStatus, "Datasets are not read in bulk");
  if (!ids.success) throw new ApiError(400, "The body must be an array of dataset ids");
  if (ids.data.length > mostIds) throw new ApiError(400, `At most ${mostIds} datasets can be read at once`);
  const { searchParams } = call.url;
  const hasAll = searchParams.get("includeAllDetails") === "true";
  const parts = searchParams.get("part");
  if (parts !== null && searchParams.has("includeAllDetails"))
    throw new ApiError(400, "part and includeAllDetails exclude each other");
  const asked = new Set(ids.data);
  const found = [...state.datasets.values()].filter(({ id }) => asked.has(id) && mayRead(user, id));
  if (bulkUnknown === "refused" && found.length < asked.size) throw new ApiError(404, "There is no such dataset");
  const dataSources = found.map((dataset) =>
    hasAll ? allDetails(context, dataset) : someDetails(context, dataset, parts?.split(",") ?? ["core"]),
  );
  return { status: 200, body: bulkShape === "array" ? dataSources : { dataSources } };
}

function allDetails({ state, user }: ApiContext, dataset: Dataset): Record<string, unknown> {
  const { bulkColumns } = state.options;
  const { tables } = schemaAnswer(dataset, false);
  const schema = bulkColumns === "absent" ? {} : { schema: { tables: bulkColumns === "present" ? tables : [] } };
  return { ...datasetAnswer(dataset, user, state.options), tags: "[]", ...schema };
}

function someDetails({ state, user }: ApiContext, dataset: Dataset, parts: readonly string[]): Record<string, unknown> {
  const fields = new Set([
    "id",
    ...Object.entries(fieldsOfPart).flatMap(([part, names]) => (parts.includes(part) ? names : [])),
  ]);
  const all = Object.entries(datasetAnswer(dataset, user, state.options));
  return Object.fromEntries(all.filter(([name]) => fields.has(name)));
}
