import type { CsvRows } from "./csv-rows";
import type { DataChange, DataVersion } from "./dataset-store";
import type { ExportFailure } from "./export-job";
import type { ExportRecord } from "./export-record";
import type { FaultRule } from "./faults";
import type { DatasetDefinition, Pdp, RuntimeOptions, UserDefinition } from "./options";
import type { RawEntry } from "./raw-entries";
import type { LoggedRequest, RequestFilter } from "./request-log";

/** An export that somebody else starts, in the Domo page or from another stack. */
export interface ForeignExport {
  readonly dataset: string;
  readonly bucket: string;
  /** @default "elsewhere" */
  readonly path?: string;
  /** @default "us-east-1" */
  readonly region?: string;
  /** Domo's JSON. Default: all columns. */
  readonly query?: unknown;
  /** @default a user of id 999 who sees all rows */
  readonly userId?: number;
  /** @default the option `exportSeconds` */
  readonly seconds?: number;
  /** Without them the export occupies the slot and ends in success, but writes nothing and reports no file. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** The error that it ends in. Default: none. */
  readonly fails?: ExportFailure;
}

/**
 * What tests and demos may do to the emulator and ask of it. The same calls go over HTTP:
 * `POST /_emulator/<method>` with the argument as JSON.
 */
export interface EmulatorControl {
  setOptions(changes: Partial<RuntimeOptions>): Promise<RuntimeOptions>;
  /** Adds or replaces a dataset. */
  putDataset(definition: DatasetDefinition): Promise<void>;
  removeDataset(id: string): Promise<void>;
  /** Adds a user or replaces the one of that token. */
  putUser(user: UserDefinition): Promise<void>;
  /** Makes a token invalid. */
  removeUser(token: string): Promise<void>;
  setPdp(change: { readonly dataset: string; readonly pdp: Pdp }): Promise<void>;
  /** Changes rows or columns and makes a new data version. */
  advanceData(change: DataChange): Promise<DataVersion>;
  /** Renames a dataset, which moves its `lastUpdated`, but not its data. */
  renameDataset(change: { readonly dataset: string; readonly name: string }): Promise<void>;
  /** Starts an export as somebody else; an error when the slot is taken, unless `busy` is `starts-second`. */
  startForeignExport(order: ForeignExport): Promise<ExportRecord>;
  /** Lets a running export end now, in success, in the given error, or in the given word, without files. */
  finishExport(end: {
    readonly exportId: string;
    readonly errorCode?: string;
    readonly message?: string;
    readonly endWord?: string;
  }): Promise<ExportRecord>;
  /** Replaces fields in all answers about an export, such as `{"exportStatus": "PAUSED"}`; an empty object ends that. */
  editAnswer(change: { readonly exportId: string; readonly fields: Readonly<Record<string, unknown>> }): Promise<void>;
  /** Takes an export out of the list, as if it had aged out; it is not reused any more. */
  forgetExport(exportId: string): Promise<void>;
  /** Puts an entry into a dataset's list, before the exports, as it is; gives its number for `removeEntry`. */
  addEntry(entry: RawEntry): Promise<number>;
  removeEntry(entry: number): Promise<void>;
  /** What the emulator itself knows of the exports, oldest first. */
  exports(filter?: { readonly dataset?: string }): Promise<ExportRecord[]>;
  /** Resolves when no export is running. */
  settle(): Promise<void>;
  /** The rows of a query (Domo's JSON), without an export. */
  evaluate(question: {
    readonly dataset: string;
    readonly query: unknown;
    readonly userId?: number;
    readonly includeBOM?: boolean;
  }): Promise<CsvRows>;
  /** Sets a fault for the next matching calls. */
  inject(rule: FaultRule): Promise<void>;
  /** Calls that injected faults have still to hit. */
  pendingFaults(): Promise<number>;
  clearFaults(): Promise<void>;
  /** The log of calls, oldest first. */
  requests(filter?: RequestFilter): Promise<LoggedRequest[]>;
  countRequests(filter?: RequestFilter): Promise<number>;
  /** Calls being answered now, and the most there were at once. */
  load(): Promise<{ readonly inFlight: number; readonly peakInFlight: number }>;
  clearRequests(): Promise<void>;
  /** Back to the state at the start; running exports end without writing. */
  reset(): Promise<void>;
}

/** Names of the control's methods: the only ones that are served. */
export const controlMethods = [
  "setOptions",
  "putDataset",
  "removeDataset",
  "putUser",
  "removeUser",
  "setPdp",
  "advanceData",
  "renameDataset",
  "startForeignExport",
  "finishExport",
  "editAnswer",
  "forgetExport",
  "addEntry",
  "removeEntry",
  "exports",
  "settle",
  "evaluate",
  "inject",
  "pendingFaults",
  "clearFaults",
  "requests",
  "countRequests",
  "load",
  "clearRequests",
  "reset",
] as const satisfies readonly (keyof EmulatorControl)[];
