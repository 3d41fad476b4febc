import { activeExport, startExport } from "./exports";
import type { EmulatorControl } from "./control";
import { csvRows } from "./csv-rows";
import { advanceData, type Dataset, dropRetired, openDataset, renameDataset, withConnection } from "./dataset-store";
import type { ExportRecord } from "./export-record";
import { foreignCall, stranger } from "./foreign-export";
import { runtimeOptions, type UserDefinition } from "./options";
import { readQuery } from "./query-schema";
import { querySql } from "./query-sql";
import { rowFilter } from "./row-policies";
import { type EmulatorState, resetState } from "./state";

/** A control method was asked about something that does not exist or cannot be done now. */
class ControlError extends Error {
  override readonly name = "ControlError";
}

/** The control of an emulator in this process. */
export function createControl(state: EmulatorState): EmulatorControl {
  return { ...settingControl(state), ...exportControl(state), ...callControl(state) };
}

type Part<K extends keyof EmulatorControl> = Pick<EmulatorControl, K>;

function settingControl(
  state: EmulatorState,
): Part<
  | "setOptions"
  | "putDataset"
  | "removeDataset"
  | "putUser"
  | "removeUser"
  | "setPdp"
  | "advanceData"
  | "renameDataset"
  | "reset"
> {
  return {
    setOptions: (changes) => promised(() => (state.options = runtimeOptions(state.options, changes))),
    async putDataset(definition) {
      state.datasets.set(definition.id, await openDataset(state.connection, definition, state.clock));
    },
    removeDataset: (id) => promised(() => void state.datasets.delete(id)),
    putUser: (user) => promised(() => void state.users.set(user.token, user)),
    removeUser: (token) => promised(() => void state.users.delete(token)),
    setPdp: ({ dataset, pdp }) => promised(() => void (datasetById(state, dataset).pdp = pdp)),
    async advanceData(change) {
      const dataset = datasetById(state, change.dataset);
      const version = await advanceData(state.connection, dataset, change, state.clock);
      if (!activeExport(state, dataset.id)) await dropRetired(state.connection, dataset);
      return version;
    },
    renameDataset: ({ dataset, name }) => promised(() => renameDataset(datasetById(state, dataset), name, state.clock)),
    reset: () => resetState(state),
  };
}

function exportControl(
  state: EmulatorState,
): Part<
  | "startForeignExport"
  | "finishExport"
  | "editAnswer"
  | "forgetExport"
  | "addEntry"
  | "removeEntry"
  | "exports"
  | "settle"
  | "evaluate"
> {
  return {
    startForeignExport: (order) =>
      promised(() => {
        const dataset = datasetById(state, order.dataset);
        const isTaken = activeExport(state, dataset.id) && state.options.busy !== "starts-second";
        if (isTaken) throw new ControlError(`Dataset "${dataset.id}" is being exported`);
        return { ...startExport(state, foreignCall(order, dataset, userById(state, order.userId))) };
      }),
    async finishExport({ exportId, errorCode, message, endWord }) {
      const record = exportById(state, exportId);
      const job = state.jobs.get(exportId);
      if (!job) throw new ControlError(`Export "${exportId}" is not running`);
      if (errorCode !== undefined) Object.assign(record, { errorCode, message: message ?? errorCode });
      if (endWord !== undefined) record.endWord = endWord;
      job.hurry.abort();
      await job.ended;
      return structuredClone(record);
    },
    editAnswer: ({ exportId, fields }) => promised(() => void (exportById(state, exportId).answerFields = fields)),
    forgetExport: (exportId) => promised(() => void (exportById(state, exportId).listed = false)),
    addEntry: (entry) =>
      promised(() => {
        datasetById(state, entry.dataset);
        return state.rawEntries.add(entry);
      }),
    removeEntry: (entry) =>
      promised(() => {
        if (!state.rawEntries.remove(entry)) throw new ControlError(`There is no entry ${entry}`);
      }),
    exports: (filter) =>
      promised(() => structuredClone(state.exports.filter(({ dataset }) => dataset === (filter?.dataset ?? dataset)))),
    async settle() {
      while (state.jobs.size > 0) await Promise.all([...state.jobs.values()].map(({ ended }) => ended));
    },
    evaluate: async ({ dataset: id, query, userId, includeBOM }) => {
      const dataset = datasetById(state, id);
      const filter = userId === undefined ? "all" : rowFilter(dataset.pdp, userById(state, userId));
      const statement = querySql(readQuery(query), { ...dataset, filter });
      return withConnection(state.instance, (connection) => csvRows(connection, statement, includeBOM));
    },
  };
}

function callControl(
  state: EmulatorState,
): Part<"inject" | "pendingFaults" | "clearFaults" | "requests" | "countRequests" | "load" | "clearRequests"> {
  const { faults, log } = state;
  return {
    inject: (rule) => promised(() => faults.add(rule)),
    pendingFaults: () => promised(() => faults.pending()),
    clearFaults: () => promised(() => faults.clear()),
    requests: (filter) => promised(() => log.find(filter ?? {})),
    countRequests: (filter) => promised(() => log.find(filter ?? {}).length),
    load: () => promised(() => log.load()),
    clearRequests: () => promised(() => log.clear()),
  };
}

function datasetById(state: EmulatorState, id: string): Dataset {
  const dataset = state.datasets.get(id);
  if (!dataset) throw new ControlError(`There is no dataset "${id}"`);
  return dataset;
}

function exportById(state: EmulatorState, id: string): ExportRecord {
  const record = state.exports.find(({ exportId }) => exportId === id);
  if (!record) throw new ControlError(`There is no export "${id}"`);
  return record;
}

function userById(state: EmulatorState, id: number | undefined): UserDefinition {
  if (id === undefined) return stranger;
  const user = [...state.users.values()].find((one) => one.id === id);
  if (!user) throw new ControlError(`There is no user ${id}`);
  return user;
}

// The same calls go over HTTP, where a throw at call time must also arrive as a rejection.
function promised<T>(make: () => T): Promise<T> {
  return new Promise((resolve) => resolve(make()));
}
