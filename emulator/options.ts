import { type AnswerOptions, defaultAnswerOptions } from "./answer-options";
import { defaultFileOptions, type FileOptions } from "./file-options";
import { defaultListOptions, type ListOptions } from "./list-options";
import { defaultReadOptions, type ReadOptions } from "./read-options";
import { defaultRunOptions, type RunOptions } from "./run-options";

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

/** Behaviour that can be changed while the emulator runs. Every option can be combined with every other. */
export interface RuntimeOptions extends RunOptions, FileOptions, AnswerOptions, ListOptions, ReadOptions {}

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
  ...defaultRunOptions,
  ...defaultFileOptions,
  ...defaultAnswerOptions,
  ...defaultListOptions,
  ...defaultReadOptions,
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
