import { fail, type Finding, ok, warn } from "../check";

/** Two clocks, in milliseconds. */
export interface Clocks {
  readonly whose: "Domo's" | "S3's";
  readonly theirs: number;
  readonly ours: number;
}

/** A `Date` header has whole seconds, and an answer takes some. */
const SAME_MS = 10_000;
/** S3 refuses a signature that is older or newer: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html */
const SIGNATURE_MS = 15 * 60_000;

/** How far another clock is from this machine's, and what that means. Freshness compares times of Domo with each other. */
export function clockFinding({ whose, theirs, ours }: Clocks): Finding {
  const difference = theirs - ours;
  const far = Math.abs(difference);
  if (far <= SAME_MS) return ok(`${whose} clock agrees with this machine's`);
  const text = `${whose} clock is ${spanOf(far)} ${difference > 0 ? "ahead of" : "behind"} this machine's`;
  if (whose === "Domo's")
    return far < SIGNATURE_MS
      ? ok(`${text}; nothing depends on it`)
      : warn(
          text,
          "set this machine's clock if it is the wrong one: Domo signs with its own, and S3 takes 15 minutes at most",
        );
  return far < SIGNATURE_MS
    ? warn(text, "set this machine's clock: from 15 minutes on, S3 refuses its signatures")
    : fail(text, "set this machine's clock: S3 refuses signatures that are 15 minutes off");
}

function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
