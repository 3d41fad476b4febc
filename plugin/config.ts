import type { CheckFailure } from "../provider/errors";
import { domoOrigin } from "../provider/host/domo-address";
import { nearest } from "../provider/query/check/suggest";

/** One argument of the provider. */
export interface ProviderArgument {
  type: "string" | "number";
  description: string;
  secret?: true;
}

/** The provider's arguments: the settings of `provider/host/settings.ts` without their prefix `domo:`. */
export const providerArguments: Readonly<Record<string, ProviderArgument>> = {
  instance: { type: "string", description: "Domo instance: `acme`, `acme.domo.com` or `https://acme.domo.com`." },
  baseUrl: { type: "string", description: "Origin of the instance, where it is no `domo.com` host." },
  developerToken: {
    type: "string",
    secret: true,
    description: "Domo developer token. The environment variable `DOMO_DEVELOPER_TOKEN` is better: it is never stored.",
  },
  sessionTokenField: { type: "string", description: "Request field that carries the AWS session token." },
  requestTimeoutSeconds: { type: "number", description: "Time limit of one request to Domo, in seconds." },
  accessPatienceSeconds: {
    type: "number",
    description: "How long a refusal by AWS is retried, in seconds: new IAM roles take a while to work.",
  },
  maxRequestsPerSecond: { type: "number", description: "Sustained requests per second to Domo at most." },
  requestBurst: { type: "number", description: "Requests to Domo that may start at once after a pause." },
  maxRequestsInFlight: { type: "number", description: "Requests to Domo in flight at most." },
  offlinePreview: {
    type: "string",
    description: "Whether a preview that can't reach Domo goes on with a warning (`warn`) or fails (`fail`).",
  },
};

/** Secret arguments of the provider: state holds them encrypted, however they were given. */
export const secretProviderArguments: ReadonlySet<string> = new Set(
  Object.entries(providerArguments).flatMap(([name, { secret }]) => (secret ? [name] : [])),
);

/**
 * Names that a provider declared by the program does not know. The default provider gets all of the stack's `domo:…`, which
 * are a project's own where it is called domo. Forms are checked with the first export.
 */
export function providerFaults(name: string, values: Record<string, unknown>): CheckFailure[] {
  if (isDefault(name)) return [];
  const names = Object.keys(providerArguments);
  return Object.keys(values)
    .filter((key) => !names.includes(key) && !isEngines(key))
    .map((key) => {
      const guess = nearest(key, names);
      const help = guess ? `did you mean ${guess}?` : `it takes ${names.join(", ")}`;
      return { property: key, reason: `is not an argument of the provider domo; ${help}` };
    });
}

/** Older engines do not say the name: then the arguments count as the default provider's. */
function isDefault(name: string): boolean {
  return name === "" || /^default(_|$)/.test(name);
}

/** What the engine adds to the arguments. */
function isEngines(key: string): boolean {
  return key === "version" || key === "pluginDownloadURL" || key.startsWith("__");
}

/** Names of the provider's arguments that differ. None of them replaces anything. */
export function changedProviderArguments(olds: Record<string, unknown>, news: Record<string, unknown>): string[] {
  return Object.keys(providerArguments).filter((name) => textOf(olds[name]) !== textOf(news[name]));
}

/** The provider's arguments as stack configuration: what `readSettings` asks. */
export function configOf(values: Record<string, unknown>): { get(key: string): string | undefined } {
  return { get: (key) => textOf(values[key.replace(/^domo:/, "")]) };
}

/**
 * Environment variables that do not count for a provider that the program declares: what the program gives wins there, so
 * that one program can use two instances. The token of the environment is only sent to the instance of the environment.
 * For the default provider, whose arguments are stack configuration, the environment wins.
 */
export function variablesToForget(
  name: string,
  { instance, baseUrl, developerToken }: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
): string[] {
  if (isDefault(name)) return [];
  const own = originOf(textOf(instance), textOf(baseUrl));
  const environment = originOf(env.DOMO_INSTANCE, env.DOMO_BASE_URL);
  const elsewhere = own !== undefined && environment !== undefined && own !== environment;
  return [
    ...(own === undefined ? [] : ["DOMO_INSTANCE", "DOMO_BASE_URL"]),
    ...(elsewhere || developerToken !== undefined ? ["DOMO_DEVELOPER_TOKEN"] : []),
  ];
}

/** The instance's origin, or the texts themselves where they have a fault, which is said later. */
function originOf(instance = "", baseUrl = ""): string | undefined {
  if (instance === "" && baseUrl === "") return undefined;
  try {
    return domoOrigin({ environment: {}, stack: { instance, baseUrl } });
  } catch {
    return `${instance} ${baseUrl}`;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
