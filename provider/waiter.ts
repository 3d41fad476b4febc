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
  /** How long such an export usually takes, in milliseconds, when that is known. */
  expectedMs?: number;
  /** Told after each look that found the export unfinished. */
  onLook?: (seen: { status: string; looks: number; elapsedMs: number }) => void;
  /** What to do about a wait that took too long, for the message. */
  wayOut: string;
  signal?: AbortSignal;
}

/** Waits until the export has ended, and returns the list in which it had. */
export async function waitForEnd(options: WaitOptions): Promise<{ ended: DomoExport; listed: DomoExport[] }> {
  const { clock, exportId, deadline, expectedMs, onLook, signal } = options;
  const start = clock.now();
  const seen = new Map<string, number>();
  for (let looks = 1; ; looks++) {
    const listed = await options.look();
    const entry = listed.find((candidate) => candidate.exportId === exportId);
    if (entry && isTerminal(entry.status)) return { ended: entry, listed };
    const status = entry?.status ?? "absent";
    seen.set(status, (seen.get(status) ?? 0) + 1);
    const elapsedMs = clock.now() - start;
    onLook?.({ status, looks, elapsedMs });
    const delay = nextDelay({ elapsedMs, expectedMs, random: clock.random });
    if (clock.now() + delay > deadline) {
      if (clock.now() >= deadline) throw timeout(exportId, elapsedMs, seen, options.wayOut);
      await clock.sleep(deadline - clock.now(), signal);
    } else {
      await clock.sleep(delay, signal);
    }
  }
}

/**
 * Milliseconds until the next look. Where the usual length is known, the looks are few before 85 % of it and close
 * around it; otherwise, and beyond it, each wait is a share of what has passed, so that a long export costs few looks.
 */
export function nextDelay({
  elapsedMs,
  expectedMs,
  random,
}: {
  elapsedMs: number;
  expectedMs?: number;
  random: () => number;
}): number {
  const jitter = 0.9 + random() / 5;
  if (expectedMs !== undefined && elapsedMs < expectedMs * 1.25) {
    const close = Math.max(100, expectedMs * 0.025);
    const quiet = expectedMs * 0.9 - elapsedMs;
    return (quiet > close ? Math.min(quiet, Math.max(60_000, expectedMs / 8)) : close) * jitter;
  }
  return Math.min(Math.max(100, elapsedMs * 0.18), 60_000) * jitter;
}

/** Median length in milliseconds of the last five finished exports of a dataset, if there are any. */
export function usualLength(listed: DomoExport[]): number | undefined {
  const lengths = listed
    .filter(({ status, started, finished }) => status === "success" && started !== undefined && finished !== undefined)
    .sort((a, b) => Date.parse(b.started ?? "") - Date.parse(a.started ?? ""))
    .slice(0, 5)
    .map(({ started, finished }) => Date.parse(finished ?? "") - Date.parse(started ?? ""))
    .filter((length) => length > 0)
    .sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)];
}

function timeout(exportId: string, elapsedMs: number, seen: Map<string, number>, wayOut: string): ExportTimeoutError {
  const statuses = [...seen].map(([status, count]) => `"${status}" ${count}×`).join(", ");
  return new ExportTimeoutError(
    `Waited ${Math.round(elapsedMs / 1000)} s for export ${exportId} and saw ${statuses} — ${wayOut}`,
  );
}
