import type { Clock } from "../host/clock";
import { hasEnded, type DomoExport } from "./answers";
import { ExportTimeoutError } from "../errors";
import { usualLength, type UsualLength } from "./usual-length";

/** What the waiter needs to know of one wait. */
export interface WaitOptions {
  clock: Clock;
  /** Asks once for all exports of the dataset. */
  poll: () => Promise<DomoExport[]>;
  exportId: string;
  /** When waiting began, for the message, if before this wait. */
  since?: number;
  /** Milliseconds (of `clock`) at which the wait is given up. */
  deadline: number;
  /** Milliseconds that the export had been running when the wait began. @default 0 */
  alreadyMs?: number;
  /** A list that was read just now: it is the first poll. */
  listed?: DomoExport[];
  /** Called after each poll that found the export unfinished. */
  onPoll?: (seen: { status: string; elapsedMs: number; usualMs: number | undefined }) => void;
  /** What to do about a wait that took too long, for the message. */
  advice: string;
  signal?: AbortSignal;
}

/** Waits until the export has ended, and returns its entry. */
export async function waitForEnd(options: WaitOptions): Promise<DomoExport> {
  const { clock, exportId, deadline, alreadyMs = 0, onPoll, signal } = options;
  const start = clock.now();
  const seen = new Map<string, number>();
  for (let justRead = options.listed; ; justRead = undefined) {
    const listed = justRead ?? (await options.poll());
    const entry = listed.find((candidate) => candidate.exportId === exportId);
    if (entry && hasEnded(entry)) return entry;
    const status = entry?.status ?? "absent";
    seen.set(status, (seen.get(status) ?? 0) + 1);
    const elapsedMs = clock.now() - start;
    const usual = usualLength(listed);
    onPoll?.({ status, elapsedMs, usualMs: usual?.median });
    const delay = nextDelay(alreadyMs + elapsedMs, usual, clock.random);
    if (clock.now() + delay > deadline) {
      if (clock.now() >= deadline)
        throw timeout(exportId, clock.now() - (options.since ?? start), seen, options.advice);
      await clock.sleep(deadline - clock.now(), signal);
    } else {
      await clock.sleep(delay, signal);
    }
  }
}

/**
 * Where nothing is known, each wait is 150 ms and a 24th of what has passed. An end is seen half a wait late at the median:
 * 75 ms and 2.1 %, which leaves half of the promise (150 ms and 3 %) to chance and to the request's own time. Ten minutes
 * cost 123 polls (24 × ln(1 + 600 s / 3.6 s)), and each doubling from there 17 more, until the longest wait.
 */
const FIRST_MS = 150;
const SHARE = 1 / 24;
const LONGEST_MS = 45_000;
/** Before an end is to be expected, at least one poll a minute: the usual length may be of another query. */
const QUIET_MS = 60_000;

/**
 * Milliseconds until the next poll of an export that has been running for `elapsedMs`. Where the usual length is known,
 * there are few polls before it, and close ones around it: a fortieth of it apart, or a twentieth of the time in which
 * ends are to be expected.
 */
export function nextDelay(elapsedMs: number, usual: UsualLength | undefined, random: () => number): number {
  const jitter = 0.9 + random() / 5;
  const unknown = Math.min(FIRST_MS + elapsedMs * SHARE, LONGEST_MS);
  if (!usual || elapsedMs >= usual.to) return unknown * jitter;
  const { median, from, to } = usual;
  const close = Math.max(100, median / 40, (to - from) / 20);
  const quiet = from - elapsedMs;
  if (quiet <= close) return close * jitter;
  // The jitter must not carry the end of the quiet time beyond it.
  return Math.min(quiet * jitter, quiet, Math.max(QUIET_MS, median / 8));
}

function timeout(exportId: string, elapsedMs: number, seen: Map<string, number>, advice: string): ExportTimeoutError {
  const statuses = [...seen].map(([status, count]) => `"${status}" ${count}×`).join(", ");
  return new ExportTimeoutError(
    `Waited ${Math.round(elapsedMs / 1000)} s for export ${exportId}, whose status was ${statuses} — ${advice}`,
  );
}
