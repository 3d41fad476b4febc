import type { Fault, FaultRule } from "../../emulator/faults";

/** What is struck in one round, and how. */
export interface RoundPlan {
  /** Another path replaces the resource (so `create` runs); another query exports in place (`update`). */
  readonly change: "path" | "query";
  readonly strike: Strike;
  /** Milliseconds from the run's first call to Domo to the strike. */
  readonly afterMs: number;
  readonly faults: readonly FaultRule[];
}

/** Who is struck. */
export type Strike = "engine" | "provider" | "two Ctrl-Cs" | "nobody";

const strikes: readonly Strike[] = ["engine", "engine", "provider", "provider", "two Ctrl-Cs", "nobody"];

const faults: readonly Fault[] = [
  { kind: "answer", status: 429, headers: { "Retry-After": "1" }, body: "" },
  { kind: "answer", status: 429, body: { message: "Too many requests" } },
  { kind: "answer", status: 500, body: { message: "An unexpected error occurred" } },
  { kind: "answer", status: 502, headers: { "Content-Type": "text/html" }, body: "<html>Bad Gateway</html>" },
  { kind: "answer", status: 200, body: { hello: ["world"] } },
  { kind: "reset" },
  { kind: "truncate" },
  { kind: "truncate", abrupt: true },
];

/** Draws a round for the dataset. */
export function drawRound(random: () => number, dataset: string): RoundPlan {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const drawFault = (): FaultRule => {
    const method = pick(["GET", "POST"]);
    const path = method === "POST" ? pick(["v1/export", "v1/export", "v1/execute"]) : undefined;
    return {
      dataset,
      method,
      path,
      fault: pick(faults),
      skip: method === "GET" ? below(8) : 0,
      takesEffect: random() < 0.5,
    };
  };
  return {
    change: pick(["path", "query"]),
    strike: pick(strikes),
    afterMs: below(2500),
    faults: Array.from({ length: below(3) }, drawFault),
  };
}
