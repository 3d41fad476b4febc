import type { AwsCredentials } from "../aws/clients";
import { hasEnded, type DomoExport } from "../domo/answers";
import { readDelay } from "../domo/client";
import type { DomoReply } from "../domo/request";
import { DomoConnectionError, DomoStatusError, LostAnswerError } from "../errors";
import { retry } from "../host/retry";
import { compile } from "../query/compile";
import { activeExport } from "./free-slot";
import type { Order, Plan } from "./order";

/** What is sent along, and what was there before. */
export interface StartRequest {
  credentials: AwsCredentials;
  list: DomoReply<DomoExport[]>;
}

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

/** Domo sets `started` by another clock than the header's `Date`, at most this far apart in practice. */
const CLOCK_TOLERANCE_MS = 120_000;
/** How often, and how far apart, the list is read for an export whose answer was lost. */
const LOST_POLLS = 6;
const LOST_PAUSE_MS = 2_000;

/** Sends the POST, and works out from the answer, or from Domo's list where there is none, what it came to. */
export async function startExport(order: Order, plan: Plan, request: StartRequest): Promise<StartOutcome> {
  const { services, inputs, signal } = order;
  const { domo, clock } = services;
  const before = new Set(request.list.value.map(({ exportId }) => exportId));
  const newEntries = async (): Promise<DomoReply<DomoExport[]>> => {
    const { value, domoTime } = await domo.listExports(inputs.dataset, signal);
    return { value: value.filter(({ exportId }) => !before.has(exportId)), domoTime };
  };
  const body = requestBody(order, plan, request.credentials);
  services.read.list.forget(inputs.dataset);
  services.read.listing.forget(inputs.bucket);
  services.read.forgetBucketSettings(inputs.bucket);
  let sentAt: number | undefined;
  let mayHaveStarted = false;
  try {
    const { value: entry, domoTime } = await retry(
      async () => {
        // A refusal may have been wrong about itself: the list is asked before the POST goes out again.
        const { value, domoTime } = sentAt === undefined ? { value: [], domoTime: 0 } : await newEntries();
        sentAt = clock.now();
        if (value[0]) return { value: value[0], domoTime };
        mayHaveStarted = true;
        return domo.startExport(inputs.dataset, body).catch((error: unknown) => {
          mayHaveStarted = !neverReached(error);
          throw error;
        });
      },
      {
        clock,
        budgetMs: 120_000,
        delayFor: (error, attempt) => (neverReached(error) ? readDelay(error, attempt, clock) : undefined),
        signal,
      },
    );
    if (before.has(entry.exportId)) return { kind: hasEnded(entry) ? "returned" : "busy", entry };
    if (isOlder(entry, request.list)) return { kind: "returned", entry };
    return { kind: "started", entry, postedAt: domoTime - (clock.now() - (sentAt ?? 0)) };
  } catch (error) {
    if (!mayHaveStarted) return { kind: "refused", error: error as Error };
    if (error instanceof DomoStatusError && error.status < 500) {
      const isBusy = error.status === 409 || (error.status === 400 && (await hasActive(newEntries)));
      return isBusy ? { kind: "busy" } : { kind: "refused", error };
    }
    return recoverLost(order, error as Error, newEntries);
  }
}

/** Whether a 400 is Domo's way to say that another export is running. A list that can't be read says nothing. */
async function hasActive(newEntries: () => Promise<DomoReply<DomoExport[]>>): Promise<boolean> {
  return newEntries().then(
    (list) => activeExport(list) !== undefined,
    () => false,
  );
}

/** An answer was lost: the list shows whether the POST has started something. */
async function recoverLost(
  { services: { clock }, signal }: Order,
  cause: Error,
  newEntries: () => Promise<DomoReply<DomoExport[]>>,
): Promise<StartOutcome> {
  const sentBy = clock.now();
  const lost = (list: string): StartOutcome => ({
    kind: "lost",
    error: new LostAnswerError(`${cause.message}; Domo's list ${list}, but one may still have been started`, {
      advice: "run pulumi up again: it looks for it before it starts another",
      cause,
    }),
  });
  try {
    for (let poll = 1; poll <= LOST_POLLS && !signal?.aborted; poll++) {
      const { value, domoTime } = await newEntries();
      if (value[0])
        return { kind: "started", entry: value[0], postedAt: domoTime - (clock.now() - sentBy) - LOST_PAUSE_MS };
      await clock.sleep(LOST_PAUSE_MS, signal);
    }
    return lost("shows no new export");
  } catch (error) {
    return lost(`can't be read either (${(error as Error).message})`);
  }
}

function isOlder(entry: DomoExport, { domoTime }: DomoReply<DomoExport[]>): boolean {
  const { started } = entry;
  return hasEnded(entry) && started !== undefined && Date.parse(started) < domoTime - CLOCK_TOLERANCE_MS;
}

function neverReached(error: unknown): boolean {
  return error instanceof DomoConnectionError
    ? error.neverSent
    : error instanceof DomoStatusError && error.status === 429;
}

/** The body of the POST. */
export function requestBody(
  { services, inputs }: Order,
  { place, definition }: Plan,
  credentials: AwsCredentials,
): object {
  return {
    awsAccessKey: credentials.accessKeyId,
    awsAccessSecret: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { [services.settings.sessionTokenField]: credentials.sessionToken }),
    ...(inputs.kmsKeyId !== undefined && { awsKmsKey: inputs.kmsKeyId }),
    bucket: place.bucket,
    path: definition.keyPrefix,
    region: place.region,
    queryRequest: { includeBOM: inputs.includeBom, useCache: inputs.useCache, query: compile(inputs.query) },
    source: "pulumi-domo-s3-export",
  };
}
