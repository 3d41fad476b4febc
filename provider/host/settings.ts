import { domoBaseUrl } from "./domo-address";
import type { CheckFailure } from "../errors";

/** What the shell around the lifecycle (dynamic provider or plugin server) knows of its surroundings. */
export interface Host {
  /** Stack configuration as the engine gave it to `configure`; keys in full, such as `domo:instance`. */
  config?: { get(key: string): string | undefined };
  /** Address of the engine's gRPC endpoint, for progress in the resource's row. */
  engine?: string;
  /** Fires when the shell is told to cancel. */
  signal?: AbortSignal;
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
  /** How long a refusal by AWS is retried before it is believed, in milliseconds: new IAM roles take a while to work. */
  accessPatienceMs: number;
  /** Requests per second to Domo at most, for the whole process. */
  maxRequestsPerSecond: number;
  /** Requests to Domo in flight at most, for the whole process. */
  maxRequestsInFlight: number;
}

/** One setting: where it is read from. */
interface Source {
  env: string;
  key: string;
}

const sources = {
  instance: { env: "DOMO_INSTANCE", key: "domo:instance" },
  baseUrl: { env: "DOMO_BASE_URL", key: "domo:baseUrl" },
  token: { env: "DOMO_DEVELOPER_TOKEN", key: "domo:developerToken" },
  sessionTokenField: { env: "DOMO_SESSION_TOKEN_FIELD", key: "domo:sessionTokenField" },
  requestTimeout: { env: "DOMO_REQUEST_TIMEOUT_SECONDS", key: "domo:requestTimeoutSeconds" },
  accessPatience: { env: "DOMO_ACCESS_PATIENCE_SECONDS", key: "domo:accessPatienceSeconds" },
  perSecond: { env: "DOMO_MAX_REQUESTS_PER_SECOND", key: "domo:maxRequestsPerSecond" },
  inFlight: { env: "DOMO_MAX_REQUESTS_IN_FLIGHT", key: "domo:maxRequestsInFlight" },
  offlinePreview: { env: "DOMO_OFFLINE_PREVIEW", key: "domo:offlinePreview" },
} satisfies Record<string, Source>;

/** The settings, or one failure for each setting that is missing or wrong. */
export type SettingsResult =
  { ok: true; settings: Settings } | { ok: false; failures: CheckFailure[]; onlyToken: boolean };

/**
 * Reads the settings. The environment is asked first because it is never stored, while the engine keeps stack
 * configuration in state and hands a plain `refresh` or `destroy` that copy, which may be stale.
 */
export function readSettings(host: Host): SettingsResult {
  const read = ({ env, key }: Source): string | undefined => process.env[env] || host.config?.get(key) || undefined;
  const failures: CheckFailure[] = [];
  let origin = "";
  try {
    origin = domoBaseUrl({ instance: read(sources.instance), baseUrl: read(sources.baseUrl) });
  } catch (error) {
    failures.push({ property: "domo:instance", reason: (error as Error).message });
  }
  const sessionTokenField = read(sources.sessionTokenField) ?? "sessionToken";
  if (!/^[A-Za-z]\w{0,63}$/.test(sessionTokenField)) {
    failures.push({
      property: "domo:sessionTokenField",
      reason: `"${sessionTokenField}" is not the name of a JSON field`,
    });
  }
  const number = (source: Source, standard: number, least: number, most: number): number => {
    const value = Number(read(source) ?? standard);
    if (!(value >= least && value <= most)) {
      failures.push({ property: source.key, reason: `"${read(source)}" is not a number between ${least} and ${most}` });
    }
    return value;
  };
  const requestTimeoutMs = 1000 * number(sources.requestTimeout, 60, 1, 3600);
  const accessPatienceMs = 1000 * number(sources.accessPatience, 120, 0, 3600);
  const maxRequestsPerSecond = number(sources.perSecond, 20, 0.1, 1000);
  const maxRequestsInFlight = number(sources.inFlight, 16, 1, 256);
  const token = read(sources.token);
  const onlyToken = token === undefined && failures.length === 0;
  if (token === undefined) {
    failures.push({
      property: "domo:developerToken",
      reason:
        "the Domo developer token is missing: set the environment variable DOMO_DEVELOPER_TOKEN, " +
        "or run pulumi config set --secret domo:developerToken",
    });
  } else if (!/^[\x21-\x7e]+$/.test(token)) {
    failures.push({
      property: "domo:developerToken",
      reason:
        "the Domo developer token has spaces, line breaks or other characters that no header may carry; set it anew",
    });
  }
  if (failures.length > 0 || token === undefined) return { ok: false, failures, onlyToken };
  return {
    ok: true,
    settings: {
      origin,
      token,
      sessionTokenField,
      requestTimeoutMs,
      accessPatienceMs,
      maxRequestsPerSecond,
      maxRequestsInFlight,
    },
  };
}

/** Whether a preview that can't reach Domo goes on with a warning (`warn`, the default) or fails (`fail`). */
export function offlinePreview(host: Host): "warn" | "fail" {
  const { env, key } = sources.offlinePreview;
  return (process.env[env] || host.config?.get(key)) === "fail" ? "fail" : "warn";
}
