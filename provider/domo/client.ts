import type { Pool } from "undici";
import type { z } from "zod";
import type { Clock } from "../host/clock";
import {
  datasetAnswer,
  exportAnswer,
  exportListAnswer,
  policiesAnswer,
  schemaAnswer,
  userAnswer,
  type DomoColumns,
  type DomoDataset,
  type DomoExport,
  type DomoPolicies,
  type DomoUser,
} from "./answers";
import { sendOnce, type DomoReply, type DomoRequest, type Transport } from "./request";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../errors";
import { createSecretGuard } from "./hide-secrets";
import { createRequestGate } from "./request-gate";
import { backoff, retry } from "../host/retry";
import type { Settings } from "../host/settings";

const READ_BUDGET_MS = 120_000;
/** Under these names secrets are sent. */
const SECRET_FIELDS = ["awsAccessKey", "awsAccessSecret", "sessionToken", "awsSessionToken", "x-domo-developer-token"];

type Read<Schema extends z.ZodType> = Pick<DomoRequest<Schema>, "path" | "purpose" | "answer" | "keep">;

/** The calls of Domo's API that an export needs. Reads are retried; the POST is sent once. */
export interface DomoClient {
  /** Status of all exports of a dataset that Domo still knows. */
  listExports(dataset: string, signal?: AbortSignal): Promise<DomoReply<DomoExport[]>>;
  /** Sends the POST once and returns whatever Domo answers: not a promise that anything was started. */
  startExport(dataset: string, body: object): Promise<DomoReply<DomoExport>>;
  user(): Promise<DomoUser>;
  dataset(dataset: string): Promise<DomoDataset>;
  columns(dataset: string): Promise<DomoColumns>;
  policies(dataset: string): Promise<DomoPolicies>;
}

/** The pool of connections to an instance. The benchmark measures pipelining and HTTP/2 against it. */
export function poolOptions(connections: number): Pool.Options {
  return {
    connections,
    keepAliveTimeout: 30_000,
    connect: { timeout: 10_000 },
  };
}

/** Creates a client with one keep-alive pool for the instance. The HTTP library is loaded here, not at start-up. */
export async function createDomoClient(settings: Settings, clock: Clock): Promise<DomoClient> {
  const { Agent } = await import("undici");
  const dispatcher = new Agent(poolOptions(settings.maxRequestsInFlight));
  const gate = createRequestGate(
    { maxInFlight: settings.maxRequestsInFlight, perSecond: settings.maxRequestsPerSecond },
    clock,
  );
  const { token, sessionTokenField } = settings;
  const guard = createSecretGuard([...SECRET_FIELDS, sessionTokenField]);
  guard.remember(token);
  const transport: Transport = { dispatcher, gate, settings, clock, guard };

  const readReply = <Schema extends z.ZodType>(request: Read<Schema>, signal?: AbortSignal) =>
    retry(() => sendOnce(transport, { method: "GET", ...request }), {
      clock,
      budgetMs: READ_BUDGET_MS,
      signal,
      delayFor: (error, attempt) => readDelay(error, attempt, clock),
    });
  const read = async <Schema extends z.ZodType>(path: string, purpose: string, answer: Schema) =>
    (await readReply({ path, purpose, answer })).value;

  return {
    listExports: (dataset, signal) =>
      readReply(
        {
          path: `/api/query/v1/export/${dataset}`,
          purpose: "list the exports",
          answer: exportListAnswer,
          keep: withoutTemporaryUrls,
        },
        signal,
      ),
    startExport(dataset, body) {
      const sent = body as Record<string, unknown>;
      guard.remember(sent.awsAccessKey, sent.awsAccessSecret, sent[sessionTokenField]);
      const path = `/api/query/v1/export/${dataset}`;
      const request = {
        method: "POST",
        path,
        purpose: "start the export",
        answer: exportAnswer,
        starts: true,
      } as const;
      return sendOnce(transport, { ...request, body });
    },
    user: () => read("/api/content/v2/users/me", "read the token's user", userAnswer),
    dataset: (id) => read(`/api/data/v3/datasources/${id}`, "read the dataset", datasetAnswer),
    columns: (id) =>
      read(`/api/query/v1/datasources/${id}/schema/indexed?includeHidden=false`, "read the columns", schemaAnswer),
    policies: (id) =>
      read(
        `/api/query/v1/data-control/${id}/filter-groups?options=load_associations,load_filters,include_open_policy`,
        "read the row policies",
        policiesAnswer,
      ),
  };
}

/** Presigned URLs are secrets, and most of a list's bytes. */
function withoutTemporaryUrls(entry: unknown): unknown {
  return typeof entry === "object" && entry !== null ? { ...entry, tempUrlRowCountMap: undefined } : entry;
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
