/**
 * The candidate that a reader most likely meant: the same but for case, blanks or the encoding of accents, or else the
 * one with the fewest slips of the keyboard, if they are few for its length.
 */
export function nearest(wanted: string, candidates: readonly string[]): string | undefined {
  const same = candidates.find((candidate) => fold(candidate) === fold(wanted));
  if (same !== undefined) return same;
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { candidate: string; slips: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const slips = slipsBetween(fold(wanted), fold(candidate));
    if (slips <= limit && (!best || slips < best.slips)) best = { candidate, slips };
  }
  return best?.candidate;
}

function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{M}\s_-]/gu, "")
    .toLowerCase();
}

/** Edit distance in which two neighbours changing places count as one slip (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(substituted, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
