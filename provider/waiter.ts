import type { Clock } from "./clock";
import { isTerminal, type DomoExport } from "./domo-answers";
import { ExportTimeoutError } from "./errors";

/** What the waiter needs to know of one wait. */
export interface WaitOptions {
  clock: Clock;
  /** Looks once at all exports of the dataset. */
  look: () => Promise<DomoExport[]>;
  exportId: string;
  /** Milliseconds (of `clock`) at which the wait is given up. */
  deadline: number;
  /** How long such an export usually takes, when that is known. */
  usual?: UsualLength;
  /** Milliseconds that the export had been running when the wait began. @default 0 */
  alreadyMs?: number;
  /** A list that was read just now: it is the first look. */
  listed?: DomoExport[];
  /** Told after each look that found the export unfinished. */
  onLook?: (seen: { status: string; looks: number; elapsedMs: number }) => void;
  /** What to do about a wait that took too long, for the message. */
  wayOut: string;
  signal?: AbortSignal;
}

/** Waits until the export has ended, and returns the list in which it had. */
export async function waitForEnd(options: WaitOptions): Promise<{ ended: DomoExport; listed: DomoExport[] }> {
  const { clock, exportId, deadline, usual, alreadyMs = 0, onLook, signal } = options;
  const start = clock.now();
  const seen = new Map<string, number>();
  for (let looks = 1; ; looks++) {
    const listed = looks === 1 && options.listed ? options.listed : await options.look();
    const entry = listed.find((candidate) => candidate.exportId === exportId);
    if (entry && isTerminal(entry.status)) return { ended: entry, listed };
    const status = entry?.status ?? "absent";
    seen.set(status, (seen.get(status) ?? 0) + 1);
    const elapsedMs = clock.now() - start;
    onLook?.({ status, looks, elapsedMs });
    const delay = nextDelay({ elapsedMs: alreadyMs + elapsedMs, usual, random: clock.random });
    if (clock.now() + delay > deadline) {
      if (clock.now() >= deadline) throw timeout(exportId, elapsedMs, seen, options.wayOut);
      await clock.sleep(deadline - clock.now(), signal);
    } else {
      await clock.sleep(delay, signal);
    }
  }
}

/** What is known of the length of a dataset's exports, in milliseconds. */
export interface UsualLength {
  median: number;
  /** Within these, an end is to be expected at any time. */
  from: number;
  to: number;
}

/** The longest wait where nothing is known, so that an export of ten minutes is seen 4 % late and costs fewer than 40 looks. */
const CAP_MS = 45_000;

/**
 * Milliseconds until the next look. Where the usual length is known, the looks are few before it and close around it:
 * a fortieth of it apart, or a twentieth of the time in which ends are to be expected. Otherwise each wait is a share of
 * what has passed, beyond the usual length of what has passed since then, so that a long export costs few looks.
 */
export function nextDelay({
  elapsedMs,
  usual,
  random,
}: {
  elapsedMs: number;
  usual?: UsualLength;
  random: () => number;
}): number {
  const jitter = 0.9 + random() / 5;
  if (usual) {
    const close = Math.max(100, usual.median / 40, (usual.to - usual.from) / 20);
    if (elapsedMs >= usual.to) return Math.min(close + (elapsedMs - usual.to) / 4, CAP_MS) * jitter;
    const quiet = usual.from - elapsedMs;
    // The jitter must not carry the end of the quiet time beyond it.
    return quiet > close ? Math.min(quiet * jitter, quiet, Math.max(60_000, usual.median / 8)) : close * jitter;
  }
  return Math.min(250 + elapsedMs / 4, CAP_MS) * jitter;
}

/** Length of the last five exports of a dataset that succeeded, if there are any, with room for others to differ. */
export function usualLength(listed: DomoExport[]): UsualLength | undefined {
  const lengths = listed
    .filter(({ status, started, finished }) => status === "success" && started !== undefined && finished !== undefined)
    .sort((a, b) => Date.parse(b.started ?? "") - Date.parse(a.started ?? ""))
    .slice(0, 5)
    .map(({ started, finished }) => Date.parse(finished ?? "") - Date.parse(started ?? ""))
    .filter((length) => length > 0)
    .sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)];
  if (median === undefined) return undefined;
  const [shortest = median, longest = median] = [lengths[0], lengths.at(-1)];
  return { median, from: Math.min(shortest * 0.95, median * 0.8), to: Math.max(longest * 1.05, median * 1.25) };
}

function timeout(exportId: string, elapsedMs: number, seen: Map<string, number>, wayOut: string): ExportTimeoutError {
  const statuses = [...seen].map(([status, count]) => `"${status}" ${count}×`).join(", ");
  return new ExportTimeoutError(
    `Waited ${Math.round(elapsedMs / 1000)} s for export ${exportId} and saw ${statuses} — ${wayOut}`,
  );
}
