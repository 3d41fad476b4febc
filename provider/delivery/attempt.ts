import type { DomoExport } from "../domo/answers";
import { withoutUndefined, type RecordedExport } from "../state/export-state";
import type { Delivery, Plan } from "./order";
import type { NamedObject } from "./provenance";

/**
 * Where an attempt stands, from the moment at which its POST may have reached Domo. Before that nothing was started, and
 * what fails is thrown.
 */
export type Attempt =
  | { stage: "may have started" }
  | { stage: "running"; entry: DomoExport }
  | { stage: "failed"; entry: DomoExport }
  | { stage: "unverified"; entry: DomoExport; objects: readonly NamedObject[] };

/** An attempt that ended before its time: what state records of it is decided here, and nowhere else. */
export function unfinished(plan: Plan, attempt: Attempt, cause: Error): Delivery {
  return { kind: "unfinished", recorded: recordedAt(plan, attempt), cause };
}

function recordedAt(plan: Plan, attempt: Attempt): RecordedExport {
  switch (attempt.stage) {
    case "may have started":
      return recordOf(plan, { exportStatus: "unknown" });
    case "running":
      return recordOf(plan, { exportStatus: "exporting" }, attempt.entry);
    case "failed":
      return recordOf(plan, { exportStatus: "error" }, attempt.entry);
    case "unverified": {
      const keys = attempt.objects.map(({ key }) => key);
      return recordOf(
        plan,
        { exportStatus: "unverified", unverifiedKeys: keys.length > 0 ? keys : undefined },
        attempt.entry,
      );
    }
  }
}

/** What is recorded of every export, with what is known of this one. */
export function recordOf(
  { definition, place, pdp, acceptedExposures }: Plan,
  known: Partial<RecordedExport> & Pick<RecordedExport, "exportStatus">,
  entry?: DomoExport,
): RecordedExport {
  return withoutUndefined<RecordedExport>({
    exportId: entry?.exportId,
    definition: definition.digest,
    keyPrefix: definition.keyPrefix,
    bucketRegion: place.region,
    startedAt: entry?.started,
    finishedAt: entry?.finished,
    pdp,
    acceptedExposures,
    files: [],
    drift: [],
    ...known,
  });
}
