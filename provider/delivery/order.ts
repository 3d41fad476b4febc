import type { Definition } from "../args/identity";
import type { ExportInputs } from "../args/schema";
import type { S3Place } from "../aws/clients";
import type { DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import type { Reporter } from "../host/reporter";
import type { Services } from "../services";
import type { ExportState, RecordedExport, RowPolicies } from "../state/export-state";

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
  /** Row policies that apply to the token's user, when Domo shows them. */
  pdp: RowPolicies | undefined;
  /** Digests of the bucket's exposures that are accepted. */
  acceptedExposures: readonly string[] | undefined;
}

/** The dataset's slot, as far as one can see free, and what this delivery has seen before. */
export interface Slot {
  list: DomoReply<DomoExport[]>;
  /** Milliseconds of the clock at which the resource's own time limit ends. */
  deadline: number;
  /** Ids that were listed when the delivery began: what came later is of today's data. */
  before: ReadonlySet<string>;
  /** Ids of earlier exports of this definition that S3 did not confirm. */
  rejected: ReadonlySet<string>;
  /** The POST of an earlier round whose answer named another export: it may have started one all the same. */
  posted?: Posted;
}

/** A POST that may have started an export. */
export interface Posted {
  /** Domo's time, in milliseconds, before which it was not sent. */
  postedAt: number;
  /** S3's time, in milliseconds, before which nothing was written. */
  s3Time: number;
  /** Ids that were listed before. */
  before: ReadonlySet<string>;
}

/** An ended export that may be what was ordered, and where it was found. */
export type Candidate =
  /** In Domo's list: an interrupted run's. */
  | { kind: "candidate"; from: "list"; entry: DomoExport; list: DomoReply<DomoExport[]> }
  /** Returned by Domo instead of a new one. `data`: when the dataset's data last changed, where Domo says. */
  | {
      kind: "candidate";
      from: "returned";
      entry: DomoExport;
      list: DomoReply<DomoExport[]>;
      data: { changedAt: string | undefined };
    }
  /** Started by the POST, as far as one can see. */
  | { kind: "candidate"; from: "posted"; entry: DomoExport; posted: Posted };

/** Nothing of ours was started, or what was is found in the next round. */
export interface AnotherRound {
  kind: "another round";
  why: string;
  /** Id of an export that is not looked at again. */
  rejected?: string;
  posted?: Posted;
}

/** What a delivery came to. Before the POST it throws instead: nothing was started. */
export type Delivery =
  { kind: "delivered"; export: RecordedExport } | { kind: "unfinished"; recorded: RecordedExport; cause: Error };
