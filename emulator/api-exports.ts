import type { ApiAnswer, ApiContext } from "./api-call";
import type { Dataset } from "./dataset-store";
import { ApiError } from "./api-error";
import { exportAnswer } from "./export-answer";
import type { ExportRecord } from "./export-record";
import { readExportRequest } from "./export-request";
import { activeExport, listedExports, requestExport, startExport } from "./exports";
import { foreignCall, stranger } from "./foreign-export";
import { jsonText } from "./json-text";
import { paddingText } from "./list-padding";
import type { UserDefinition } from "./options";
import type { EmulatorState } from "./state";

/** `GET /api/query/v1/export/{id}` */
export function listAnswer({ state }: ApiContext, { id }: Dataset): ApiAnswer {
  const { oddEntries, oddEntriesAt, padListBytes } = state.options;
  const exports = listedExports(state, id).map((record) => exportAnswer(state, record));
  const known = [...state.rawEntries.of(id).map(({ entry }) => entry), ...exports];
  const entries = oddEntriesAt === "before" ? [...oddEntries, ...known] : [...known, ...oddEntries];
  const texts = entries.map((entry) => jsonText(entry, state.options));
  const padding = padListBytes > 0 ? [paddingText(padListBytes)] : [];
  return { status: 200, text: `[${[...padding, ...texts].join(",")}]` };
}

/** `POST /api/query/v1/export/{id}` */
export async function postAnswer({ state, user, call }: ApiContext, dataset: Dataset): Promise<ApiAnswer> {
  const { sessionTokenField, createdStatus, source } = state.options;
  const [order, credentials] = readExportRequest(await call.body(), sessionTokenField);
  if (source === "refused" && order.source) throw new ApiError(400, "Invalid export request: source");
  const outcome = requestExport(state, { dataset, user, order, credentials });
  switch (outcome.kind) {
    case "raw":
      return { status: 200, body: outcome.entry };
    case "earlier":
      return { status: 200, body: exportAnswer(state, outcome.record) };
    case "started":
      if (state.options.postAnswer === "empty-200") return { status: 200, text: "" };
      return { status: createdStatus, body: exportAnswer(state, answered(state, dataset, user, outcome.record)) };
  }
}

/** The export that a POST's answer names though it started another. */
function answered(state: EmulatorState, dataset: Dataset, user: UserDefinition, started: ExportRecord): ExportRecord {
  if (state.options.postAnswer !== "foreign") return started;
  const running = activeExport(state, dataset.id, ({ userId }) => userId !== user.id);
  const foreign = () => startExport(state, foreignCall({ dataset: dataset.id, bucket: "theirs" }, dataset, stranger));
  return running ?? foreign();
}
