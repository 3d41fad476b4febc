import type { DriftKind, ExportStatus } from "../../provider/state/export-state";
import type { Expected, When } from "./row";

type More = Partial<Pick<Expected, "at" | "exports" | "nextUp">>;

/** The run succeeds, with one export unless said otherwise; a drift that is recorded is repaired by the next `up`. */
export function succeeds(when: When, more: More & Pick<Expected, "drift" | "isReported"> = {}): Expected {
  const { exports = 1 } = more;
  return { when, outcome: "succeeds", exports, nextUp: exports, ...more };
}

/** The run fails and has started nothing. */
export function refuses(when: When, says: string, more: More = {}): Expected {
  return { when, outcome: "fails", exports: 0, nextUp: 1, says, ...more };
}

/** A refresh or destroy fails; state and objects stay. */
export function keeps(when: When, says: string, more: More = {}): Expected {
  return { when, outcome: "fails", exports: 1, nextUp: 1, says, ...more };
}

/** A refresh succeeds and reports a drift, about which the next `up` does nothing. */
export function reports(when: When, drift: DriftKind, more: More = {}): Expected {
  return succeeds(when, { ...more, drift, isReported: true });
}

/** A refresh says that nothing is left, as both Domo and S3 have answered. */
export function gone(when: When, more: More = {}): Expected {
  return { when, outcome: "gone", exports: 1, nextUp: 1, ...more };
}

/** The resource is saved as incomplete, and the next `up` goes on from there. */
export function incomplete(when: When, status: ExportStatus, says: string, more: More = {}): Expected {
  return { when, outcome: "incomplete", exports: 1, nextUp: 1, status, says, ...more };
}
