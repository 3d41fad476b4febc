import { matchesRequest, type RequestFilter } from "./request-log";

/** What happens to a call instead of, or before, its real answer. */
export type Fault =
  /** This answer; `body` is sent as JSON unless it is text. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** The real answer's first half: a clean end of broken JSON, or (`abrupt`) an end before the announced length. */
  | { readonly kind: "truncate"; readonly abrupt?: boolean }
  /** The connection is reset. */
  | { readonly kind: "reset" }
  /** No answer, ever. */
  | { readonly kind: "hang" }
  /** Headers and half of the real answer, then silence on an open connection. */
  | { readonly kind: "stall" }
  /** The real answer in pieces of so many bytes (1), one in every so many real milliseconds (100). */
  | { readonly kind: "trickle"; readonly bytes?: number; readonly everyMs?: number }
  /** The real answer, later (real milliseconds). */
  | { readonly kind: "delay"; readonly ms: number };

/** A fault for the next calls that match. */
export interface FaultRule extends Pick<RequestFilter, "method" | "path" | "dataset"> {
  readonly fault: Fault;
  /**
   * Calls that it hits.
   * @default 1
   */
  readonly times?: number;
  /**
   * Matching calls that it lets pass first.
   * @default 0
   */
  readonly skip?: number;
  /**
   * Whether the call has its real effect all the same, so that only its answer is lost.
   * @default false; always true for `truncate`, `stall`, `trickle` and `delay`
   */
  readonly takesEffect?: boolean;
}

/** Faults waiting for their calls. */
export interface Faults {
  add(rule: FaultRule): void;
  take(call: { method: string; path: string; dataset: string | null }): FaultRule | undefined;
  /** Calls that are still to be hit. */
  pending(): number;
  clear(): void;
}

/** Makes an empty list; the oldest matching rule is used first. */
export function createFaults(): Faults {
  const waiting: { rule: FaultRule; skip: number; times: number }[] = [];
  return {
    add(rule) {
      waiting.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 });
    },
    take(call) {
      const place = waiting.find(({ rule: { method, path, dataset } }) =>
        matchesRequest(call, { method, path, dataset }),
      );
      if (!place) return undefined;
      if (place.skip > 0) {
        place.skip -= 1;
        return undefined;
      }
      place.times -= 1;
      if (place.times <= 0) waiting.splice(waiting.indexOf(place), 1);
      return place.rule;
    },
    pending: () => waiting.reduce((sum, { times }) => sum + times, 0),
    clear: () => void waiting.splice(0),
  };
}
