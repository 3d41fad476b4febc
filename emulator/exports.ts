import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { ApiError } from "./api-error";
import { currentVersion, type Dataset, dropRetired } from "./dataset-store";
import { runExport } from "./export-job";
import { type ExportRecord, isActive } from "./export-record";
import type { Credentials, ExportOrder } from "./export-request";
import type { UserDefinition } from "./options";
import { querySql } from "./query-sql";
import { type RowFilter, rowFilter } from "./row-policies";
import type { EmulatorState } from "./state";

/** Who asks for which export. */
export interface ExportCall {
  readonly dataset: Dataset;
  readonly user: UserDefinition;
  readonly order: ExportOrder;
  readonly credentials?: Credentials;
  /** @default the option `exportSeconds` */
  readonly seconds?: number;
  /** @default the policies of the user */
  readonly filter?: RowFilter;
}

/** Answers a POST: the running export, an earlier one, or a new one. */
export function requestExport(state: EmulatorState, call: ExportCall): { record: ExportRecord; created: boolean } {
  const { dataset, user, order } = call;
  // A bad query is refused even when an earlier export would be returned.
  querySql(order.queryRequest.query, { ...dataset, filter: rowFilter(dataset.pdp, user) });
  const active = activeExport(state, dataset.id);
  if (active) return { record: busyAnswer(state, active), created: false };
  const earlier = reusable(state, call);
  if (earlier) {
    earlier.answers += 1;
    return { record: earlier, created: false };
  }
  return { record: startExport(state, call), created: true };
}

/** Starts an export; the slot of the dataset must be free. */
export function startExport(state: EmulatorState, call: ExportCall): ExportRecord {
  const { dataset, user, order, credentials } = call;
  const filter = call.filter ?? rowFilter(dataset.pdp, user);
  const statement = querySql(order.queryRequest.query, { ...dataset, filter });
  const record: ExportRecord = {
    exportId: randomUUID(),
    dataset: dataset.id,
    userId: user.id,
    order,
    dataId: currentVersion(dataset).dataId,
    policies: filter === "all" ? null : filter.map(({ name }) => name),
    startedAt: state.clock.now(),
    finishedAt: null,
    status: "none",
    errorCode: null,
    message: null,
    files: [],
    listed: true,
    answers: 1,
    answerFields: {},
  };
  state.exports.push(record);
  const hurry = new AbortController();
  const job = {
    record,
    statement,
    credentials,
    seconds: call.seconds ?? nextLength(state),
    hurry: hurry.signal,
  };
  const around = { ...state, storage: state.initial, options: () => state.options };
  const ended = runExport(job, around).then(async () => {
    state.jobs.delete(record.exportId);
    await dropRetired(state.connection, dataset);
  });
  state.jobs.set(record.exportId, { ended, hurry });
  return record;
}

function nextLength({ options, random }: EmulatorState): number {
  return options.exportSeconds * (1 + options.lengthSpread * (random() * 2 - 1));
}

/** The exports that a dataset's list shows, oldest first. */
export function listedExports(state: EmulatorState, dataset: string): ExportRecord[] {
  const { listLimit, listSeconds } = state.options;
  const oldest = listSeconds > 0 ? state.clock.now() - listSeconds * 1000 : -Infinity;
  const shown = state.exports.filter(
    (record) => record.dataset === dataset && record.listed && (record.finishedAt ?? Infinity) >= oldest,
  );
  return listLimit > 0 ? shown.slice(-listLimit) : shown;
}

/** The export that occupies a dataset's slot. */
export function activeExport(state: EmulatorState, dataset: string): ExportRecord | undefined {
  return state.exports.find((record) => record.dataset === dataset && isActive(record));
}

function busyAnswer(state: EmulatorState, active: ExportRecord): ExportRecord {
  const message = `An export of dataset ${active.dataset} is already running`;
  switch (state.options.busy) {
    case "400":
      throw new ApiError(400, message);
    case "409":
      throw new ApiError(409, message);
    case "running-200":
      active.answers += 1;
      return active;
  }
}

function reusable(state: EmulatorState, { dataset, user, order }: ExportCall): ExportRecord | undefined {
  if (state.options.reuse === "never") return undefined;
  const { dataId } = currentVersion(dataset);
  const same = (record: ExportRecord) => record.userId === user.id && isDeepStrictEqual(record.order, order);
  return listedExports(state, dataset.id).findLast(
    (record) =>
      record.status === "success" && record.dataId === dataId && (state.options.reuse === "always" || same(record)),
  );
}
