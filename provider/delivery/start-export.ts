import type { AwsCredentials } from "../aws/clients";
import { beganBefore, hasEnded, type DomoExport } from "../domo/answers";
import { readDelay } from "../domo/client";
import type { DomoReply } from "../domo/request";
import { DomoConnectionError, DomoStatusError } from "../errors";
import { retry } from "../host/retry";
import { compile } from "../query/compile";
import { activeExport } from "./free-slot";
import type { Order, Plan, StartOutcome } from "./order";
import { recoverLost } from "./recover-lost";

/** What is sent along, and what was there before. */
export interface StartRequest {
  credentials: AwsCredentials;
  list: DomoReply<DomoExport[]>;
}

/** Domo sets `started` by another clock than the header's `Date`, at most this far apart in practice. */
const CLOCK_TOLERANCE_MS = 120_000;

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
    if (before.has(entry.exportId)) return hasEnded(entry) ? { kind: "returned", entry } : { kind: "busy" };
    if (hasEnded(entry) && beganBefore(entry, request.list.domoTime - CLOCK_TOLERANCE_MS))
      return { kind: "returned", entry };
    return { kind: "started", entry, postedAt: domoTime - (clock.now() - (sentAt ?? 0)) };
  } catch (error) {
    if (!mayHaveStarted) return { kind: "refused", error: error as Error };
    if (error instanceof DomoStatusError && error.status < 500) {
      const isBusy =
        error.status === 409 ||
        (error.status === 400 && (activeExport(request.list) !== undefined || (await hasActive(newEntries))));
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
