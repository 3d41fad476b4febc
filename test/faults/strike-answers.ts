import { expect } from "vitest";
import type { Fault, FaultRule } from "../../emulator/faults";
import { TIME_SCALE, type Cell } from "./cell";
import type { When } from "./matrix";
import type { Strike, StrikeMaker } from "./strike";
import { TOKEN } from "../support/lab";
import { onVerification } from "./strike-aws";

const path = {
  list: "^/api/query/v1/export/",
  dataset: "^/api/data/v3/datasources/",
  columns: "/schema/indexed$",
  policies: "/filter-groups$",
  user: "^/api/content/v2/users/me$",
  all: "^/api/",
};

/** An answer in place of Domo's. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Fault {
  return { kind: "answer", status, body, headers };
}

const refusal = (status: number, message: string): Fault =>
  answer(status, { status, statusReason: "…", path: "/api/…", message, toe: "TOE42" });
const html = { "Content-Type": "text/html" };
const RETRY_AFTER_SECONDS = 20;

const faults: Record<string, (when: When) => Fault> = {
  "400": () => refusal(400, "query.columns: no such column"),
  "401": () => refusal(401, `The token ${TOKEN} has expired`),
  "403": () => refusal(403, "Forbidden"),
  "404": () => refusal(404, "Not found"),
  "409": () => refusal(409, "An export is running"),
  "429": () => refusal(429, "Slow down"),
  "429 with Retry-After": (when) =>
    answer(429, "", { "Retry-After": String(when === "once" ? RETRY_AFTER_SECONDS : 3600) }),
  "500": () => refusal(500, "An unexpected error occurred"),
  "502 with HTML": () => answer(502, "<html><body>Bad Gateway</body></html>", html),
  "200 with HTML": () => answer(200, "<!doctype html><title>Domo</title>", html),
  "truncated JSON": () => ({ kind: "truncate" }),
  "answer cut off": () => ({ kind: "truncate", abrupt: true }),
  "wrong shape": () => answer(200, { exports: "none" }),
  "connection reset": () => ({ kind: "reset" }),
  hang: () => ({ kind: "hang" }),
};

/** Puts the fault where it shall strike. When it lasts, each request that can fail first has a run of its own. */
function answersWith(name: string, make: (when: When) => Fault): StrikeMaker {
  return (phase, when): Record<string, Strike> => {
    const rule = { fault: make(when), times: when === "once" ? 1 : Infinity };
    const get = (path: string, skip = 0): FaultRule => ({ ...rule, method: "GET", path, skip });
    const after = name === "429 with Retry-After" && when === "once" ? waitedAsTold : undefined;
    const strike = (...rules: FaultRule[]): Strike => ({ begin: (cell) => inject(cell, rules), after });
    switch (phase) {
      case "preflight":
        if (when === "once")
          return {
            "each request": strike(
              ...Object.values(path)
                .slice(0, -1)
                .map((one) => get(one)),
            ),
          };
        return { user: strike(get(path.user)), columns: strike(get(path.columns)), list: strike(get(path.list)) };
      case "POST": {
        const takesEffect = when === "run" || when === "run, then silence";
        const post: FaultRule = { fault: rule.fault, method: "POST", path: path.list, takesEffect };
        if (when === "run, then silence") return { POST: strike(post, get(path.list, 1)) };
        return { POST: strike({ ...post, times: when === "lasting" ? Infinity : 1 }) };
      }
      case "poll":
        return { list: strike(get(path.list, 1)) };
      case "verify":
        return {
          "all of Domo": { begin: (cell) => onVerification(cell, () => inject(cell, [{ ...rule, path: path.all }])) },
        };
      case "read": {
        const named = { list: get(path.list), dataset: get(path.dataset), columns: get(path.columns) };
        if (when === "once") return { "each request": strike(...Object.values(named)) };
        return Object.fromEntries(Object.entries(named).map(([request, one]) => [request, strike(one)]));
      }
      case "delete":
        return { "all of Domo": strike({ ...rule, path: path.all }) };
    }
  };
}

/** Gives the emulator faults; what comes back ends them. */
export async function inject({ emulator: { control } }: Cell, rules: FaultRule[]): Promise<() => Promise<void>> {
  for (const rule of rules) await control.inject(rule);
  return () => control.clearFaults();
}

async function waitedAsTold({ emulator: { control } }: Cell): Promise<void> {
  const requests = await control.requests({});
  const refused = requests.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const { id, at, method, path } of refused) {
    const next = requests.find((later) => later.id > id && later.method === method && later.path === path);
    expect((next?.at ?? 0) - at).toBeGreaterThan((RETRY_AFTER_SECONDS * 1000) / TIME_SCALE - 50);
  }
}

/** Answers that Domo, or something before it, gives in place of the right one. */
export const answerStrikes: Record<string, StrikeMaker> = Object.fromEntries(
  Object.entries(faults).map(([name, make]) => [name, answersWith(name, make)]),
);
