import type { Clock } from "../host/clock";
import { hasEnded, type DomoExport } from "./answers";
import { ExportTimeoutError } from "../errors";
import type { UsualLength } from "./usual-length";

/** What the waiter needs to know of one wait. */
export interface WaitOptions {
  clock: Clock;
  /** Looks once at all exports of the dataset. */
  look: () => Promise<DomoExport[]>;
  exportId: string;
  /** Milliseconds (of `clock`) at which the wait is given up. */
  deadline: number;
  /** How long such an export usually takes, as far as it is known once the list was read. @default unknown */
  usual?: (listed: DomoExport[]) => UsualLength | undefined;
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
  const { clock, exportId, deadline, alreadyMs = 0, onLook, signal } = options;
  const start = clock.now();
  const seen = new Map<string, number>();
  for (let looks = 1; ; looks++) {
    const listed = looks === 1 && options.listed ? options.listed : await options.look();
    // Asked after the last look too: how long this export took is told to others.
    const usual = options.usual?.(listed);
    const entry = listed.find((candidate) => candidate.exportId === exportId);
    if (entry && hasEnded(entry)) return { ended: entry, listed };
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

/** The longest wait where nothing is known, so that an export of ten minutes is seen 4 % late and costs fewer than 40 looks. */
const CAP_MS = 45_000;

/**
 * Milliseconds until the next look. Where the usual length is known, the looks are few before it and close around it:
 * a fortieth of it apart, or a twentieth of the time in which ends are to be expected. Around a guess they are a twelfth
 * of that time apart, and before it each wait is at most a third of what has passed, in case the guess is wrong. Otherwise each wait
 * is a quarter of what has passed, beyond the usual length of what has passed since then, so that a long export costs few looks.
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
  if (!usual) return Math.min(250 + elapsedMs / 4, CAP_MS) * jitter;
  const { median, from, to, guessed } = usual;
  const close = Math.max(100, guessed ? (to - from) / 12 : Math.max(median / 40, (to - from) / 20));
  if (elapsedMs >= to) return Math.min(close + (elapsedMs - to) / (guessed ? 3 : 4), CAP_MS) * jitter;
  const quiet = from - elapsedMs;
  if (quiet <= close) return close * jitter;
  const longest = guessed ? Math.min(250 + elapsedMs / 3, CAP_MS) * jitter : Math.max(60_000, median / 8);
  // The jitter must not carry the end of the quiet time beyond it.
  return Math.min(quiet * jitter, quiet, longest);
}

function timeout(exportId: string, elapsedMs: number, seen: Map<string, number>, wayOut: string): ExportTimeoutError {
  const statuses = [...seen].map(([status, count]) => `"${status}" ${count}×`).join(", ");
  return new ExportTimeoutError(
    `Waited ${Math.round(elapsedMs / 1000)} s for export ${exportId} and saw ${statuses} — ${wayOut}`,
  );
}
