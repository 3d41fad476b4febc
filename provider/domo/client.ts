import type { Pool } from "undici";
import type { z } from "zod";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../errors";
import type { Clock } from "../host/clock";
import { backoff, retry } from "../host/retry";
import type { Settings } from "../host/settings";
import {
  bulkAnswer,
  datasetAnswer,
  exportAnswer,
  exportListAnswer,
  policiesAnswer,
  schemaAnswer,
  userAnswer,
  type DomoExport,
  type DomoPolicies,
  type DomoUser,
} from "./answers";
import { countAnswer, countBody, limitedCount, type Count, type CountedQuery } from "./count";
import { createDatasetReads, type DatasetReads } from "./dataset-reads";
import { createSecretGuard } from "./hide-secrets";
import { isBusy } from "./request-error";
import { paths } from "./paths";
import { sendOnce, type DomoReply, type DomoRequest, type Transport } from "./request";
import { createRequestGate, type RequestKind } from "./request-gate";

const READ_BUDGET_MS = 120_000;
/** A count that took a minute is not asked for again. */
const COUNT_BUDGET_MS = 30_000;
/** Under these names, or longer ones that end in them, secrets are sent. */
const SECRET_FIELDS = ["awsAccessKey", "awsAccessSecret", "sessionToken", "x-domo-developer-token"];

/**
 * The calls of Domo's API that an export needs. Reads are retried; the POST that starts an export is sent once. Reads of
 * datasets that come together are sent together.
 */
export interface DomoClient extends DatasetReads {
  /** Status of all exports of a dataset that Domo still knows. */
  listExports(dataset: string, signal?: AbortSignal): Promise<DomoReply<DomoExport[]>>;
  /** The same, to find out whether an export has ended: such polls go behind all other requests. */
  pollExports(dataset: string, signal?: AbortSignal): Promise<DomoReply<DomoExport[]>>;
  /** Sends the POST once and returns whatever Domo answers: not a promise that anything was started. */
  startExport(dataset: string, body: object): Promise<DomoReply<DomoExport>>;
  user(): Promise<DomoUser>;
  policies(dataset: string): Promise<DomoPolicies>;
  /** Counts the rows of a compiled query, as the token's user sees them. Never fails: what hinders it is the reason. */
  count(dataset: string, query: CountedQuery): Promise<Count>;
}

/** The pool of connections to an instance. The benchmark measures pipelining and HTTP/2 against it. */
export function poolOptions(connections: number): Pool.Options {
  return {
    connections,
    keepAliveTimeout: 30_000,
    connect: { timeout: 10_000 },
  };
}

/** Makes a keep-alive pool for the instance, with what paces and cleans. The HTTP library is loaded here, not at start-up. */
export async function createTransport(settings: Settings, clock: Clock): Promise<Transport> {
  const { Agent } = await import("undici");
  const { token, sessionTokenField, maxRequestsInFlight, maxRequestsPerSecond, requestBurst } = settings;
  const gate = createRequestGate(
    { maxInFlight: maxRequestsInFlight, perSecond: maxRequestsPerSecond, burst: requestBurst },
    clock,
  );
  const guard = createSecretGuard([...SECRET_FIELDS, sessionTokenField]);
  guard.remember(token);
  const dispatcher = new Agent(poolOptions(maxRequestsInFlight));
  return { dispatcher, gate, settings, clock, guard };
}

/** Creates a client with a transport of its own. */
export async function createDomoClient(settings: Settings, clock: Clock): Promise<DomoClient> {
  const transport = await createTransport(settings, clock);
  const { guard } = transport;
  const { sessionTokenField } = settings;

  const send = <Schema extends z.ZodType>(request: DomoRequest<Schema>, patience: Patience = {}) =>
    retry(() => sendOnce(transport, request), {
      clock,
      budgetMs: patience.budgetMs ?? READ_BUDGET_MS,
      signal: patience.signal,
      delayFor: (error, attempt) => (patience.isFinal?.(error) ? undefined : readDelay(error, attempt, clock)),
    });
  const read = async <Schema extends z.ZodType>(path: string, purpose: string, answer: Schema) =>
    (await send({ method: "GET", path, purpose, answer })).value;
  const list = (dataset: string, kind: RequestKind, signal?: AbortSignal) => {
    const path = paths.exports(dataset);
    const request = { method: "GET", path, purpose: "list the exports", answer: exportListAnswer, kind } as const;
    return send({ ...request, keep: withoutTemporaryUrls }, { signal });
  };
  const datasets = createDatasetReads(
    {
      facts: (id) => read(paths.dataset(id), "read the dataset", datasetAnswer),
      columns: (id) =>
        read(`/api/query/v1/datasources/${id}/schema/indexed?includeHidden=false`, "read the columns", schemaAnswer),
      async bulk(ids) {
        const request = {
          method: "POST",
          path: paths.bulk,
          purpose: "read the datasets",
          answer: bulkAnswer,
          body: ids,
        } as const;
        return (await send(request, { isFinal: (error) => !isBusy(error) })).value;
      },
    },
    clock,
  );

  return {
    ...datasets,
    listExports: (dataset, signal) => list(dataset, "read", signal),
    pollExports: (dataset, signal) => list(dataset, "poll", signal),
    startExport(dataset, body) {
      const sent = body as Record<string, unknown>;
      guard.remember(sent.awsAccessKey, sent.awsAccessSecret, sent[sessionTokenField]);
      const path = paths.exports(dataset);
      const request = {
        method: "POST",
        path,
        purpose: "start the export",
        answer: exportAnswer,
        kind: "start",
      } as const;
      return sendOnce(transport, { ...request, body });
    },
    user: () => read(paths.user, "read the token's user", userAnswer),
    policies: (id) =>
      read(
        `/api/query/v1/data-control/${id}/filter-groups?options=load_associations,load_filters,include_open_policy`,
        "read the row policies",
        policiesAnswer,
      ),
    count: (dataset, query) =>
      limitedCount(query, async () => {
        const path = paths.execute(dataset);
        const request = { method: "POST", path, purpose: "count the rows", answer: countAnswer } as const;
        return (await send({ ...request, body: countBody(query) }, { budgetMs: COUNT_BUDGET_MS })).value;
      }),
  };
}

/** How long, and after what, a request is sent again. */
interface Patience {
  /** @default two minutes */
  budgetMs?: number;
  /** Errors after which it is not. @default those that another try can't help */
  isFinal?: (error: unknown) => boolean;
  signal?: AbortSignal;
}

/** Presigned URLs are secrets, and most of a list's bytes. */
function withoutTemporaryUrls(entry: unknown): unknown {
  return { ...(entry as object), tempUrlRowCountMap: undefined };
}

/** Milliseconds before a read is tried again, or `undefined` when trying again can't help. */
export function readDelay(error: unknown, attempt: number, clock: Clock): number | undefined {
  const grown = backoff(attempt, { baseMs: 250, capMs: 10_000 }, clock.random);
  if (error instanceof DomoConnectionError || (error instanceof DomoAnswerError && error.cutOff)) return grown;
  if (error instanceof DomoStatusError && (error.status === 429 || error.status >= 500)) {
    return Math.max(grown, error.retryAfterMs ?? 0);
  }
  return undefined;
}
