/** Column types that Domo knows. */
export type ColumnType = "STRING" | "LONG" | "DOUBLE" | "DECIMAL" | "DATE" | "DATETIME";

/** One column of a dataset. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * Digits after the point of a DECIMAL.
   * @default 2
   */
  readonly scale?: number;
  /** @default true */
  readonly visible?: boolean;
}

/** A value as it is written in a CSV file; `null` is told apart from the empty text. */
export type Cell = string | number | null;

/** Row filter of a PDP policy: the column's value is (or, with `not`, is not) one of `values`. */
export interface PdpFilter {
  readonly name: string;
  readonly values: readonly string[];
  readonly not?: boolean;
}

/** A PDP policy. Type `open` shows all rows to its members, `user` those that pass every filter. */
export interface PdpPolicy {
  readonly filterGroupId: number;
  readonly name: string;
  readonly type: "user" | "open";
  readonly userIds?: readonly number[];
  readonly groupIds?: readonly number[];
  readonly parameters?: readonly PdpFilter[];
}

/** Row policies of a dataset. When enabled, a user sees the union of the policies that name him, else nothing. */
export interface Pdp {
  readonly enabled: boolean;
  readonly policies: readonly PdpPolicy[];
}

/** A dataset. Its rows come from `csv` or from `rows`. */
export interface DatasetDefinition {
  readonly id: string;
  readonly name: string;
  /** CSV file (header, RFC 4180) with the columns in the order of `columns`. Unquoted nothing is null, `""` is the empty text. */
  readonly csv?: string;
  readonly rows?: readonly (readonly Cell[])[];
  readonly columns: readonly ColumnDefinition[];
  readonly owner?: { readonly id: number; readonly name: string };
  readonly pdp?: Pdp;
}

/** A person with a developer token. */
export interface UserDefinition {
  readonly token: string;
  readonly id: number;
  readonly displayName: string;
  /** @default 2 */
  readonly roleId?: number;
  /** Access by dataset id, such as `READ`, `WRITE` or `ADMIN`. A dataset that is not named answers 403. */
  readonly datasets?: Readonly<Record<string, string>>;
  /** May export every dataset (Domo's `dataset.admin`). */
  readonly datasetAdmin?: boolean;
  readonly groupIds?: readonly number[];
}

/** Words of `exportStatus`. */
export type StatusWord = "none" | "exporting" | "success" | "error";

/** Behaviour that can be changed while the emulator runs. */
export interface RuntimeOptions {
  /** Seconds from the POST to the end of an export, on the emulator's clock. */
  readonly exportSeconds: number;
  /** Share of `exportSeconds` by which lengths differ from it at random, to either side; the same sequence in every run. */
  readonly lengthSpread: number;
  /** When a POST on unchanged data is answered with the previous successful export. `always` is the contract's worst case. */
  readonly reuse: "always" | "same-request" | "never";
  /** What a POST gets while an export of the dataset is active. */
  readonly busy: "running-200" | "400" | "409";
  /** HTTP status of a POST that started an export. */
  readonly createdStatus: 200 | 201;
  /** How wrong the emulator's clock is; the `Date` header follows it. */
  readonly clockSkewMs: number;
  readonly timeFormat: "iso" | "epoch" | "epoch-text";
  readonly urlForm: "s3" | "virtual" | "path" | "key";
  /** Other words for a status, such as `{"exporting": "RUNNING"}`. */
  readonly statusWords: Readonly<Partial<Record<StatusWord, string>>>;
  /** Rows per file; 0 writes one file. */
  readonly partRows: number;
  readonly compression: "gzip" | "none";
  /** Name of the request's field for the session token. Under any other name it is ignored. */
  readonly sessionTokenField: string;
  /** Exports of a dataset that the list shows, newest kept; 0 shows all. */
  readonly listLimit: number;
  /** Seconds after its end for which an export is listed; 0 is forever. */
  readonly listSeconds: number;
  /** Rows left out of the files though `urlRowCountMap` counts them. */
  readonly missingRows: number;
  /** Calls a second (real time) above which the answer is 429 with `Retry-After`; 0 sets no limit. */
  readonly requestsPerSecond: number;
  /** Makes every export end in this error. */
  readonly failWith: { readonly errorCode: string; readonly message: string } | null;
}

/** Options of {@link startEmulator}. */
export interface EmulatorOptions extends Partial<RuntimeOptions> {
  readonly datasets: readonly DatasetDefinition[];
  readonly users: readonly UserDefinition[];
  /**
   * Endpoint handed to the AWS SDK.
   * @default AWS itself
   */
  readonly s3Endpoint?: string;
  /**
   * Keys that may ask a bucket's region, for an S3 stand-in that neither enforces the region nor tells it to everybody.
   * They never write.
   * @default anonymous
   */
  readonly regionProbe?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * How many times faster than real the emulator's clock runs.
   * @default 1
   */
  readonly timeScale?: number;
  /** @default a free port */
  readonly port?: number;
}

/** The behaviour when nothing is asked for. */
export const defaultOptions: RuntimeOptions = {
  exportSeconds: 1,
  lengthSpread: 0,
  reuse: "always",
  busy: "running-200",
  createdStatus: 200,
  clockSkewMs: 0,
  timeFormat: "iso",
  urlForm: "s3",
  statusWords: {},
  partRows: 0,
  compression: "gzip",
  sessionTokenField: "sessionToken",
  listLimit: 0,
  listSeconds: 0,
  missingRows: 0,
  requestsPerSecond: 0,
  failWith: null,
};

const fixedOptions = new Set(["datasets", "users", "s3Endpoint", "regionProbe", "timeScale", "port"]);

/** The part of the options that can be changed later. */
export function startOptions(options: EmulatorOptions): Partial<RuntimeOptions> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !fixedOptions.has(key)));
}

/** Changes options; a key that is not one of {@link RuntimeOptions} is an error, undefined changes nothing. */
export function runtimeOptions(current: RuntimeOptions, changes: Partial<RuntimeOptions>): RuntimeOptions {
  const unknown = Object.keys(changes).filter((key) => !(key in defaultOptions));
  if (unknown.length > 0) throw new TypeError(`Not an option of the emulator: ${unknown.join(", ")}`);
  return { ...current, ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) };
}
