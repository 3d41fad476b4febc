import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { ApiError } from "./api-error";
import { currentVersion, type Dataset, dropRetired } from "./dataset-store";
import { type ExportFailure, runExport } from "./export-job";
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
  /** The error that it ends in. */
  readonly fails?: ExportFailure;
}

/** What a POST led to. */
export type PostOutcome =
  | { readonly kind: "started"; readonly record: ExportRecord }
  /** A running export or a finished one. */
  | { readonly kind: "earlier"; readonly record: ExportRecord }
  /** An entry that holds the slot. */
  | { readonly kind: "raw"; readonly entry: unknown };

/** Takes a POST: the running export, an earlier one, or a new one. */
export function requestExport(state: EmulatorState, call: ExportCall): PostOutcome {
  const { dataset, user, order } = call;
  // A bad query is refused even when an earlier export would be returned.
  querySql(order.queryRequest.query, { ...dataset, filter: rowFilter(dataset.pdp, user) });
  const busy = busyOutcome(state, call);
  if (busy) return busy;
  const earlier = reusable(state, call);
  if (!earlier) return { kind: "started", record: startExport(state, call) };
  earlier.answers += 1;
  return { kind: "earlier", record: earlier };
}

/** Starts an export, next to those that run. */
export function startExport(state: EmulatorState, call: ExportCall): ExportRecord {
  const { dataset, user, order, credentials, fails } = call;
  const filter = call.filter ?? rowFilter(dataset.pdp, user);
  const { query } = order.queryRequest;
  const ordered = state.options.orderBy === "ignored" ? { ...query, orderByColumns: [] } : query;
  const statement = querySql(ordered, { ...dataset, filter });
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
    endWord: null,
    errorCode: null,
    message: null,
    files: [],
    listed: true,
    answers: 1,
    answerFields: {},
  };
  state.exports.push(record);
  if (state.options.quoteSecrets && credentials) state.sentKeys.set(record, Object.values(credentials));
  const hurry = new AbortController();
  const seconds = call.seconds ?? nextLength(state);
  const job = { record, statement, credentials, seconds, fails, hurry: hurry.signal };
  const around = { ...state, storage: state.initial, options: () => state.options };
  const ended = runExport(job, around).then(async () => {
    state.jobs.delete(record.exportId);
    // An export that runs next to this one may still read them.
    if (!activeExport(state, dataset.id)) await dropRetired(state.connection, dataset);
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

/** The oldest running export of a dataset, of those that are meant. */
export function activeExport(
  state: EmulatorState,
  dataset: string,
  meant: (record: ExportRecord) => boolean = () => true,
): ExportRecord | undefined {
  return state.exports.find((record) => record.dataset === dataset && isActive(record) && meant(record));
}

function busyOutcome(state: EmulatorState, { dataset, user }: ExportCall): PostOutcome | undefined {
  const { busy, postAnswer } = state.options;
  const record = activeExport(state, dataset.id);
  const raw = state.rawEntries.of(dataset.id).find(({ holdsSlot }) => holdsSlot);
  if (!record && !raw) return undefined;
  switch (busy) {
    case "400":
    case "409":
      throw new ApiError(Number(busy), `An export of dataset ${dataset.id} is already running`);
    case "running-200":
      if (!record) return { kind: "raw", entry: raw?.entry };
      if (postAnswer === "foreign" && record.userId !== user.id) return undefined;
      record.answers += 1;
      return { kind: "earlier", record };
    case "starts-second":
      return undefined;
  }
}

function reusable(state: EmulatorState, { dataset, user, order }: ExportCall): ExportRecord | undefined {
  const { reuse } = state.options;
  if (reuse === "never") return undefined;
  const { dataId } = currentVersion(dataset);
  const same = (record: ExportRecord) =>
    reuse === "always" ||
    (record.userId === user.id && (reuse === "same-user" || isDeepStrictEqual(record.order, order)));
  return listedExports(state, dataset.id).findLast(
    (record) => record.status === "success" && record.dataId === dataId && same(record),
  );
}
