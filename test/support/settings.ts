import type { Settings } from "../../provider/host/settings";

/** Settings for a Domo at `origin` that is asked without a limit that a test would notice. */
export function settingsFor(origin: string, more: Partial<Settings> = {}): Settings {
  return {
    origin,
    token: "marked-developer-token",
    sessionTokenField: "sessionToken",
    requestTimeoutMs: 10_000,
    accessPatienceMs: 0,
    maxRequestsPerSecond: 1000,
    requestBurst: 1000,
    maxRequestsInFlight: 4,
    ...more,
  };
}
