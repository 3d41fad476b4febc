import { driftKinds } from "../../provider/state/export-state";

/** Kinds of finding: those of drift, and what only a look from outside finds. */
export const findingKinds = [...driftKinds, "gone", "not-delivered"] as const;
