import type { AwsCredentials, S3Place } from "../aws/clients";
import type { Definition } from "../args/identity";
import { isTerminal, type DomoExport } from "../domo/answers";
import { readDelay } from "../domo/client";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../errors";
import { activeExport } from "./provenance";
import { compile } from "../query/compile";
import { retry } from "../host/retry";
import type { ExportInputs } from "../args/schema";
import type { Services } from "../services";

/** What is asked of Domo. */
export interface StartRequest {
  inputs: ExportInputs;
  definition: Definition;
  place: S3Place;
  credentials: AwsCredentials;
  /** Ids in the list that was read before. */
  before: ReadonlySet<string>;
  /** Domo's time when that list was read, in milliseconds. */
  listedAt: number;
  /** Called right before the request may reach Domo. */
  onSend: () => void;
  signal?: AbortSignal;
}

/** What a POST came to. Only `started` and `lost` may have changed anything at Domo. */
export type StartOutcome =
  | { kind: "started"; entry: DomoExport }
  /** Domo has refused the POST, or it never got there. */
  | { kind: "refused"; error: Error }
  /** Domo handed back an export from before the POST. */
  | { kind: "handed-back"; entry: DomoExport }
  /** Somebody else's export has the dataset's slot. */
  | { kind: "busy" }
  /** No answer that tells, and nothing new in the list, or a list that can't be read. */
  | { kind: "lost"; error: Error; listError?: Error };

/** Domo sets `started` by another clock than the header's `Date`, at most this far apart in practice. */
const CLOCK_TOLERANCE_MS = 120_000;
/** How long, and how often, the list is watched for an export whose answer was lost. */
const LOST_LOOKS = 6;
const LOST_PAUSE_MS = 2_000;

/** Sends the POST, and works out from the answer, or from Domo's list where there is none, what it came to. */
export async function startExport(services: Services, request: StartRequest): Promise<StartOutcome> {
  const { domo, clock, settings } = services;
  const { inputs, before } = request;
  const body = requestBody(request, settings.sessionTokenField);
  services.read.list.forget(inputs.dataset);
  let sent = false;
  try {
    const { value: entry } = await retry(
      async () => {
        // A refusal may have been wrong about itself: the list is asked before the POST goes out again.
        const begun = sent ? await newEntry(services, request, ([newest]) => newest) : undefined;
        if (begun) return { value: begun };
        sent = true;
        request.onSend();
        return domo.startExport(inputs.dataset, body);
      },
      {
        clock,
        budgetMs: 120_000,
        delayFor: (error, attempt) => (neverReached(error) ? readDelay(error, attempt, clock) : undefined),
        signal: request.signal,
      },
    );
    return before.has(entry.exportId) || isOlder(entry, request)
      ? { kind: "handed-back", entry }
      : { kind: "started", entry };
  } catch (error) {
    if (neverReached(error)) return { kind: "refused", error };
    if (error instanceof DomoStatusError && error.status < 500) {
      const busy = error.status === 409 || (error.status === 400 && (await isBusy(services, request)));
      return busy ? { kind: "busy" } : { kind: "refused", error };
    }
    if (isAmbiguous(error)) return recoverLost(services, request, error);
    throw error;
  }
}

/** Whether a 400 is Domo's way to say that another export is running. A list that can't be read says nothing. */
async function isBusy(services: Services, request: StartRequest): Promise<boolean> {
  return newEntry(services, request, activeExport).then(Boolean, () => false);
}

/** An answer was lost: the list tells whether the POST has started something. */
async function recoverLost(services: Services, request: StartRequest, error: Error): Promise<StartOutcome> {
  for (let look = 1; look <= LOST_LOOKS; look++) {
    try {
      const entry = await newEntry(services, request, ([newest]) => newest);
      if (entry) return { kind: "started", entry };
    } catch (listError) {
      return { kind: "lost", error, listError: listError as Error };
    }
    await services.clock.sleep(LOST_PAUSE_MS, request.signal);
  }
  return { kind: "lost", error };
}

async function newEntry(
  { domo }: Services,
  { inputs, before, signal }: StartRequest,
  pick: (entries: DomoExport[]) => DomoExport | undefined,
): Promise<DomoExport | undefined> {
  const { value: listed } = await domo.listExports(inputs.dataset, signal);
  return pick(listed.filter(({ exportId }) => !before.has(exportId)));
}

function isOlder({ status, started }: DomoExport, { listedAt }: StartRequest): boolean {
  return isTerminal(status) && started !== undefined && Date.parse(started) < listedAt - CLOCK_TOLERANCE_MS;
}

function neverReached(error: unknown): error is DomoConnectionError | DomoStatusError {
  return error instanceof DomoConnectionError
    ? error.neverSent
    : error instanceof DomoStatusError && error.status === 429;
}

function isAmbiguous(error: unknown): error is Error {
  return error instanceof DomoConnectionError || error instanceof DomoAnswerError || error instanceof DomoStatusError;
}

function requestBody({ inputs, definition, place, credentials }: StartRequest, sessionTokenField: string): object {
  return {
    awsAccessKey: credentials.accessKeyId,
    awsAccessSecret: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { [sessionTokenField]: credentials.sessionToken }),
    ...(inputs.kmsKeyId !== undefined && { awsKmsKey: inputs.kmsKeyId }),
    bucket: place.bucket,
    path: definition.keyPrefix,
    region: place.region,
    queryRequest: { includeBOM: inputs.includeBom, useCache: inputs.useCache, query: compile(inputs.query) },
    source: "pulumi-domo-s3-export",
  };
}
