import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type Clock, createClock } from "./clock";
import { type Dataset, openDataset } from "./dataset-store";
import type { ExportRecord } from "./export-record";
import { createFaults, type Faults } from "./faults";
import {
  defaultOptions,
  type EmulatorOptions,
  runtimeOptions,
  type RuntimeOptions,
  startOptions,
  type UserDefinition,
} from "./options";
import { seededRandom } from "./random";
import { createRateLimit, type RateLimit } from "./rate-limit";
import { createRawEntries, type RawEntries } from "./raw-entries";
import { createRequestLog, type RequestLog } from "./request-log";

/** All that one emulator holds. */
export interface EmulatorState {
  readonly initial: EmulatorOptions;
  readonly instance: DuckDBInstance;
  /** For loading and counting; exports open their own. */
  readonly connection: DuckDBConnection;
  readonly clock: Clock;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly rateLimit: RateLimit;
  readonly rawEntries: RawEntries;
  readonly random: () => number;
  options: RuntimeOptions;
  readonly datasets: Map<string, Dataset>;
  /** By token. */
  readonly users: Map<string, UserDefinition>;
  /** Oldest first; forgotten ones included. */
  readonly exports: ExportRecord[];
  /** Keys that requests sent while the option `quoteSecrets` was on. */
  readonly sentKeys: WeakMap<ExportRecord, readonly unknown[]>;
  /** Running exports by id. */
  readonly jobs: Map<string, { readonly ended: Promise<void>; readonly hurry: AbortController }>;
}

/** Opens DuckDB and loads the datasets. */
export async function openState(initial: EmulatorOptions): Promise<EmulatorState> {
  // One thread: rows and groups come in the same order each time.
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const state: EmulatorState = {
    initial,
    instance,
    connection,
    clock: createClock(initial.timeScale ?? 1, () => state.options.clockSkewMs),
    log: createRequestLog(),
    faults: createFaults(),
    rateLimit: createRateLimit(),
    rawEntries: createRawEntries(),
    random: seededRandom(1),
    options: defaultOptions,
    datasets: new Map(),
    users: new Map(),
    exports: [],
    sentKeys: new WeakMap(),
    jobs: new Map(),
  };
  await fill(state);
  return state;
}

/** Ends running exports and goes back to the state at the start. */
export async function resetState(state: EmulatorState): Promise<void> {
  await endJobs(state);
  for (const part of [state.datasets, state.users, state.faults, state.log, state.rawEntries]) part.clear();
  state.exports.length = 0;
  await fill(state);
}

/** Ends running exports without writing anything, and DuckDB. */
export async function closeState(state: EmulatorState): Promise<void> {
  await endJobs(state);
  state.connection.closeSync();
  state.instance.closeSync();
}

async function endJobs({ jobs, exports }: EmulatorState): Promise<void> {
  for (const record of exports.filter(({ exportId }) => jobs.has(exportId))) record.errorCode ??= "ShutDown";
  const running = [...jobs.values()];
  for (const { hurry } of running) hurry.abort();
  await Promise.all(running.map(({ ended }) => ended));
}

async function fill(state: EmulatorState): Promise<void> {
  const { datasets, users } = state.initial;
  state.options = runtimeOptions(defaultOptions, startOptions(state.initial));
  for (const user of users) state.users.set(user.token, user);
  for (const definition of datasets)
    state.datasets.set(definition.id, await openDataset(state.connection, definition, state.clock));
}
