import type { DriftKind, ExportStatus } from "../../provider/state/export-state";
import type { Expected, When } from "./matrix";

/** The run succeeds with one export; a refresh that succeeds may record a drift, which the next `up` repairs. */
export function succeeds(when: When, more: { drift?: DriftKind; nextUp?: number } = {}): Expected {
  return { when, outcome: "succeeds", exports: 1, nextUp: 1, ...more };
}

/** The run fails and has started nothing. */
export function refuses(when: When, says: string): Expected {
  return { when, outcome: "fails", exports: 0, nextUp: 1, says };
}

/** A refresh or destroy fails; state and objects stay. */
export function keeps(when: When, says: string): Expected {
  return { when, outcome: "fails", exports: 1, nextUp: 1, says };
}

/** The resource is saved as incomplete, and the next `up` goes on from there. */
export function incomplete(
  when: When,
  status: ExportStatus,
  says: string,
  { exports = 1, nextUp = 1 }: { exports?: number; nextUp?: number } = {},
): Expected {
  return { when, outcome: "incomplete", exports, nextUp, status, says };
}
