import type { Definition } from "../args/identity";
import type { ExportInputs } from "../args/schema";
import type { S3Place } from "../aws/clients";
import type { DomoDataset, DomoExport } from "../domo/answers";
import type { Count } from "../domo/count";
import type { DomoReply } from "../domo/request";
import type { LostAnswerError } from "../errors";
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
  /** Whether whatever holds the dataset's slot is waited for until the time limit. @default half of it, then Domo is asked */
  patient?: boolean;
  /** What sets the time limit, as the program knows it. @default "timeoutSeconds" */
  limitedBy?: string;
  /** Fails when nobody waits for the export any more; asked right before the POST. */
  stillWanted: () => Promise<void>;
  signal?: AbortSignal;
}

/** What to do where time ran out for this resource's own export, which nobody can stop. */
export function adviceOnOwn(limitedBy: string): string {
  return `the export goes on at Domo and the next pulumi up looks for it; raise ${limitedBy} if it always takes this long`;
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

/** The query's rows by a count from before the export, and of which data and row policies they are. */
export interface CountBefore {
  count: Count;
  /** The dataset as Domo showed it before the count. */
  facts: DomoDataset;
  /** Digest of the row policies that apply to the token's user; `undefined` when Domo does not show them. */
  policies: string | undefined;
}

/** The dataset's slot, as far as one can see free, and what this delivery has seen before. */
export interface Slot {
  list: DomoReply<DomoExport[]>;
  /** Milliseconds of the clock at which the resource's own time limit ends. */
  deadline: number;
  /** Ids that were listed when the delivery began: what came later is of today's data. */
  before: ReadonlySet<string>;
  /** The count with which what is delivered is compared; absent with `countRows: "off"`. */
  counted: CountBefore | undefined;
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
  /** The count from before it. */
  counted: CountBefore | undefined;
}

/** An ended export that may be what was ordered, and where it was found. */
export type Candidate = {
  kind: "candidate";
  entry: DomoExport;
  /** The count from before it was started or found. */
  counted: CountBefore | undefined;
} & (
  | /** In Domo's list: an interrupted run's. */
    { from: "list"; list: DomoReply<DomoExport[]> }
    /** Returned by Domo instead of a new one. `data`: when the dataset's data last changed, where Domo says. */
  | { from: "returned"; list: DomoReply<DomoExport[]>; data: { changedAt: string | undefined } }
  /** Started by the POST, as far as one can see. */
  | { from: "posted"; posted: Posted }
);

/** Nothing of ours was started, or what was is found in the next round. */
export interface AnotherRound {
  kind: "another round";
  why: string;
  /** Id of an export that is not looked at again. */
  rejected?: string;
  /** Whether Domo has answered that the slot is taken. */
  isBusy?: boolean;
  posted?: Posted;
}

/** What a delivery came to. Before the POST it throws instead: nothing was started. */
export type Delivery =
  { kind: "delivered"; export: RecordedExport } | { kind: "unfinished"; recorded: RecordedExport; cause: Error };

/** An export that the POST has started, as far as one can see. */
export interface Started {
  kind: "started";
  entry: DomoExport;
  /** Domo's time, in milliseconds, before which the POST was not sent. */
  postedAt: number;
}

/** What a POST came to. Only `started` and `lost` may have changed anything at Domo. Once it was sent, nothing is thrown. */
export type StartOutcome =
  | Started
  /** Domo has refused the POST, or it never got there. */
  | { kind: "refused"; error: Error }
  /** Domo returned an ended export from before the POST. */
  | { kind: "returned"; entry: DomoExport }
  /** Somebody else's export has the dataset's slot. */
  | { kind: "busy" }
  /** No answer that can be used, and nothing new in the list, or a list that can't be read. */
  | { kind: "lost"; error: LostAnswerError };
