import type { CheckFailure } from "../errors";
import { DomoAddressError, domoOrigin, shown } from "./domo-address";

/** What the shell around the lifecycle (dynamic provider or plugin server) knows of its surroundings. */
export interface Host {
  /** Stack configuration as the engine gave it to `configure`; keys in full, such as `domo:instance`. */
  config?: { get(key: string): string | undefined };
  /** Address of the engine's gRPC endpoint, for progress in the resource's row. */
  engine?: string;
  /** Fires when the shell is told to cancel. */
  signal?: AbortSignal;
  /** URN of the resource that the operation is about. */
  urn?: string;
  /** Texts of secret arguments, which no message may quote. */
  secretTexts?: readonly string[];
  /** Whether nothing may be changed: a preview. */
  preview?: boolean;
  /** Whether an operation that runs out of time may be repeated any number of times, so that Domo is never asked early. */
  patient?: boolean;
  /** What sets the operation's time limit, as the program knows it. @default "timeoutSeconds" */
  limitedBy?: string;
}

/** Settings of the provider, from the environment or the stack configuration; the environment wins. */
export interface Settings {
  /** Origin of the Domo instance, such as `https://acme.domo.com`. */
  origin: string;
  /** Domo developer token. Never leaves memory. */
  token: string;
  /** Request field that carries the AWS session token. */
  sessionTokenField: string;
  /** Time limit of one request to Domo, in milliseconds. */
  requestTimeoutMs: number;
  /** How long a refusal by AWS is retried before it is final, in milliseconds: new IAM roles take a while to work. */
  accessPatienceMs: number;
  /** Sustained requests per second to Domo at most, for the whole process. */
  maxRequestsPerSecond: number;
  /** Requests to Domo that may start at once after a pause, for the whole process. */
  requestBurst: number;
  /** Requests to Domo in flight at most, for the whole process. */
  maxRequestsInFlight: number;
}

/** The settings, or one failure for each setting that is missing or wrong. */
export type SettingsResult =
  | { ok: true; settings: Settings }
  | {
      ok: false;
      failures: CheckFailure[];
      /** Whether nothing but the token is missing. */
      onlyToken: boolean;
      /** Origin of the Domo instance, when it could be read. */
      origin?: string;
    };

interface Source {
  env: string;
  key: string;
}

/** What the text of a setting must be. */
interface Form<T> {
  /** As it reads in a message after "is not". */
  form: string;
  /** The value, or `undefined` when the text has not the form. */
  parse: (text: string) => T | undefined;
}

interface Setting<T> extends Source, Form<T> {
  /** Value when the setting is absent. */
  standard: T;
}

const instance: Source = { env: "DOMO_INSTANCE", key: "domo:instance" };
const baseUrl: Source = { env: "DOMO_BASE_URL", key: "domo:baseUrl" };
const token: Source = { env: "DOMO_DEVELOPER_TOKEN", key: "domo:developerToken" };

/**
 * Domo publishes no limit. The default rate is just below the 6.7 requests a second (one each 150 ms) of a tool by a Domo
 * employee, whose reason is that "the Domo API will 429 you under sustained load". The burst is half of the 120 requests
 * a minute that Domo's page about its search names: a run of up to 60 requests stays well below that too.
 */
const table = {
  sessionTokenField: setting("DOMO_SESSION_TOKEN_FIELD", "domo:sessionTokenField", "sessionToken", {
    form: "the name of a JSON field",
    parse: (text) => (/^[A-Za-z]\w{0,63}$/.test(text) ? text : undefined),
  }),
  requestTimeout: setting("DOMO_REQUEST_TIMEOUT_SECONDS", "domo:requestTimeoutSeconds", 60, numberBetween(1, 3600)),
  accessPatience: setting("DOMO_ACCESS_PATIENCE_SECONDS", "domo:accessPatienceSeconds", 120, numberBetween(0, 3600)),
  perSecond: setting("DOMO_MAX_REQUESTS_PER_SECOND", "domo:maxRequestsPerSecond", 6, numberBetween(0.1, 1000)),
  burst: setting("DOMO_REQUEST_BURST", "domo:requestBurst", 60, numberBetween(1, 1000)),
  inFlight: setting("DOMO_MAX_REQUESTS_IN_FLIGHT", "domo:maxRequestsInFlight", 16, numberBetween(1, 256)),
  offlinePreview: setting<"warn" | "fail">("DOMO_OFFLINE_PREVIEW", "domo:offlinePreview", "warn", {
    form: '"warn" or "fail"',
    parse: (text) => (["warn", "fail"] as const).find((word) => word === text.toLowerCase()),
  }),
};

/**
 * Reads the settings. The environment is asked first because it is never stored, while the engine keeps stack
 * configuration in state and hands a plain `refresh` or `destroy` that copy, which may be stale.
 */
export function readSettings(host: Host): SettingsResult {
  const failures: CheckFailure[] = [];
  const get = <T>({ env, key, standard, form, parse }: Setting<T>): T => {
    const text = textOf(host, { env, key });
    const value = text === undefined ? standard : parse(text);
    if (value === undefined)
      failures.push({
        property: key,
        reason: `${shown(text ?? "")}${process.env[env] ? ` in ${env}` : ""} is not ${form}`,
      });
    return value ?? standard;
  };
  const origin = readOrigin(host, failures);
  const rest = {
    sessionTokenField: get(table.sessionTokenField),
    requestTimeoutMs: 1000 * get(table.requestTimeout),
    accessPatienceMs: 1000 * get(table.accessPatience),
    maxRequestsPerSecond: get(table.perSecond),
    requestBurst: get(table.burst),
    maxRequestsInFlight: get(table.inFlight),
  };
  get(table.offlinePreview);
  const developerToken = textOf(host, token);
  const onlyToken = developerToken === undefined && failures.length === 0;
  const fault = tokenFault(developerToken);
  if (fault) failures.push({ property: token.key, reason: fault });
  if (failures.length > 0 || origin === undefined || developerToken === undefined)
    return { ok: false, failures, onlyToken, origin };
  return { ok: true, settings: { origin, token: developerToken, ...rest } };
}

/** Whether a preview that can't reach Domo goes on with a warning (`warn`, the default) or fails (`fail`). */
export function offlinePreview(host: Host): "warn" | "fail" {
  const text = textOf(host, table.offlinePreview);
  return text === undefined ? table.offlinePreview.standard : (table.offlinePreview.parse(text) ?? "fail");
}

function readOrigin(host: Host, failures: CheckFailure[]): string | undefined {
  try {
    return domoOrigin({
      environment: { instance: process.env[instance.env], baseUrl: process.env[baseUrl.env] },
      stack: { instance: host.config?.get(instance.key), baseUrl: host.config?.get(baseUrl.key) },
    });
  } catch (error) {
    if (!(error instanceof DomoAddressError)) throw error;
    failures.push({ property: error.setting, reason: error.message });
    return undefined;
  }
}

function tokenFault(text: string | undefined): string | undefined {
  if (text === undefined) {
    return (
      "the Domo developer token is missing; set the environment variable DOMO_DEVELOPER_TOKEN, " +
      'or run "pulumi config set --secret domo:developerToken"'
    );
  }
  if (/^[\x21-\x7e]+$/.test(text)) return undefined;
  return "the Domo developer token has a space, a line break or another character that no token has; set it again, the token alone";
}

function textOf(host: Host, { env, key }: Source): string | undefined {
  return process.env[env] || host.config?.get(key) || undefined;
}

function setting<T>(env: string, key: string, standard: T, form: Form<T>): Setting<T> {
  return { env, key, standard, ...form };
}

function numberBetween(least: number, most: number): Form<number> {
  return {
    form: `a number between ${least} and ${most}`,
    parse: (text) => (Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
  };
}
