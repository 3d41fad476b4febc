import type { Definition } from "../args/identity";
import type { ExportInputs } from "../args/schema";
import type { S3Place } from "../aws/clients";
import type { DomoExport } from "../domo/answers";
import type { Reporter } from "../host/reporter";
import type { Services } from "../services";
import {
  withoutUndefined,
  type ExportState,
  type ExportStatus,
  type RecordedExport,
  type RowPolicies,
} from "../state/export-state";

/** What one operation wants delivered. */
export interface Order {
  services: Services;
  report: Reporter;
  inputs: ExportInputs;
  /** Name in the dataset's queue: the resource's URN. */
  name: string;
  /** The state before, complete or not; absent in `create`. */
  previous?: ExportState;
  /** Fails when nobody waits for the export any more; asked right before the POST. */
  stillWanted: () => Promise<void>;
  signal?: AbortSignal;
}

/** An order whose preflight has passed: where the export goes, and what decides its content. */
export interface Plan {
  place: S3Place;
  definition: Definition;
  /** Rows of the dataset, when Domo says. */
  datasetRows: number | undefined;
  /** Row policies that apply to the token's user, when Domo shows them. */
  pdp: RowPolicies | undefined;
  /** Digests of the bucket's exposures that are accepted. */
  acceptedExposures: readonly string[] | undefined;
}

/** What a delivery came to. Before the POST it throws instead: nothing was started. */
export type Delivery =
  { kind: "delivered"; export: RecordedExport } | { kind: "unfinished"; recorded: RecordedExport; cause: Error };

/** What is recorded of an export before S3 has confirmed it. */
export function recordOf(plan: Plan, status: ExportStatus, entry?: DomoExport): RecordedExport {
  return withoutUndefined<RecordedExport>({
    exportId: entry?.exportId,
    exportStatus: status,
    definition: plan.definition.digest,
    keyPrefix: plan.definition.keyPrefix,
    bucketRegion: plan.place.region,
    startedAt: entry?.started,
    finishedAt: entry?.finished,
    pdp: plan.pdp,
    acceptedExposures: plan.acceptedExposures,
    files: [],
    drift: [],
  });
}
