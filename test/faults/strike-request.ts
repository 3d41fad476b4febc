import type { Fault, FaultRule } from "../../emulator/faults";
import type { Cell } from "./cell";
import type { Strike, StrikeMaker, When } from "./row";
import { onVerification } from "./strike-aws";
import { together, withoutObjects } from "./strike";

const path = {
  list: "^/api/query/v1/export/",
  dataset: "^/api/data/v3/datasources/",
  columns: "/schema/indexed$",
  policies: "/filter-groups$",
  user: "^/api/content/v2/users/me$",
};
const all = "^/api/";

/** An answer in place of Domo's. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Fault {
  return { kind: "answer", status, body, headers };
}

/** A refusal as Domo writes it. */
export function refusal(status: number, message: string): Fault {
  return answer(status, { status, statusReason: "…", path: "/api/…", message, toe: "TOE42" });
}

/** Puts a fault where it shall strike. When it lasts, each request that can fail first has a run of its own. */
export function struckBy(make: (when: When) => Fault, more: Pick<Strike, "after" | "settings"> = {}): StrikeMaker {
  return (phase, when): Record<string, Strike> => {
    const { settings } = more;
    const rule = { fault: make(when), times: when === "once" ? 1 : Infinity };
    const get = (path: string, skip = 0): FaultRule => ({ ...rule, method: "GET", path, skip });
    const strike = (...rules: FaultRule[]): Strike => ({
      settings,
      begin: (cell) => inject(cell, rules),
      after: when === "once" ? more.after : undefined,
    });
    switch (phase) {
      case "preflight": {
        if (when === "once") return { "each request": strike(...Object.values(path).map((one) => get(one))) };
        const { user, columns, policies, list } = path;
        return each({ user, columns, policies, list }, (one) => strike(get(one)));
      }
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
          "all of Domo": {
            settings,
            begin: (cell) => onVerification(cell, () => inject(cell, [{ ...rule, path: all }])),
          },
        };
      case "read": {
        // The user is asked for where policies restrict rows only: test/lifecycle/calls.test.ts.
        const { dataset, columns, policies, list } = path;
        const asked = { dataset, columns, policies };
        const listed = strike(get(list));
        const noObject = { ...listed, begin: together(withoutObjects, listed.begin) };
        if (when === "once")
          return {
            "each request": strike(...Object.values(asked).map((one) => get(one))),
            "the list, no object left": noObject,
          };
        return { ...each(asked, (one) => strike(get(one))), "the list, no object left": noObject };
      }
      case "delete":
        return { "all of Domo": strike({ ...rule, path: all }) };
    }
  };
}

function each<T>(named: Record<string, string>, make: (path: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(named).map(([name, one]) => [name, make(one)]));
}

/** Gives the emulator faults; what comes back ends them. */
export async function inject({ emulator: { control } }: Cell, rules: FaultRule[]): Promise<() => Promise<void>> {
  for (const rule of rules) await control.inject(rule);
  return () => control.clearFaults();
}
