/** One call of the imitated API. Neither tokens nor bodies are kept. */
export interface LoggedRequest {
  readonly id: number;
  /** Real time of arrival, milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly dataset: string | null;
  /** How many datasets a read of many asked for; null for other calls and when the body was not read. */
  ids: number | null;
  userId: number | null;
  /** Null when no answer was sent (reset, hang) or it is still being made. */
  status: number | null;
  durationMs: number | null;
  /** Calls being answered when this one arrived, itself included. */
  readonly inFlight: number;
  /** What an injected fault did to it. */
  fault: string | null;
}

/** Which calls are meant. What is not given matches all. */
export interface RequestFilter {
  readonly method?: string;
  /** Regular expression, looked for in the path. */
  readonly path?: string;
  readonly dataset?: string;
  readonly status?: number;
  readonly userId?: number;
  /** Only calls with a higher id: what came after one that was seen. */
  readonly afterId?: number;
}

/** The emulator's log of calls. */
export interface RequestLog {
  begin(request: Pick<LoggedRequest, "method" | "path" | "dataset">): LoggedRequest;
  end(entry: LoggedRequest): void;
  find(filter: RequestFilter): LoggedRequest[];
  load(): { readonly inFlight: number; readonly peakInFlight: number };
  clear(): void;
}

/** Makes an empty log. */
export function createRequestLog(): RequestLog {
  const entries: LoggedRequest[] = [];
  const starts = new WeakMap<LoggedRequest, number>();
  let nextId = 1;
  let inFlight = 0;
  let peakInFlight = 0;
  return {
    begin(request) {
      inFlight += 1;
      peakInFlight = Math.max(peakInFlight, inFlight);
      const open = { ids: null, userId: null, status: null, durationMs: null, fault: null };
      const entry: LoggedRequest = { id: nextId++, at: Date.now(), ...request, ...open, inFlight };
      starts.set(entry, performance.now());
      entries.push(entry);
      return entry;
    },
    end(entry) {
      if (entry.durationMs !== null) return;
      inFlight -= 1;
      entry.durationMs = performance.now() - (starts.get(entry) ?? 0);
    },
    find: (filter) => entries.filter((entry) => matchesRequest(entry, filter)).map((entry) => ({ ...entry })),
    load: () => ({ inFlight, peakInFlight }),
    clear() {
      entries.length = 0;
      peakInFlight = inFlight;
    },
  };
}

/** Whether a call is meant by a filter. */
export function matchesRequest(
  entry: Pick<LoggedRequest, "method" | "path" | "dataset"> & Partial<LoggedRequest>,
  { method, path, dataset, status, userId, afterId = 0 }: RequestFilter,
): boolean {
  return (
    (method === undefined || entry.method === method) &&
    (path === undefined || new RegExp(path).test(entry.path)) &&
    (dataset === undefined || entry.dataset === dataset) &&
    (status === undefined || entry.status === status) &&
    (userId === undefined || entry.userId === userId) &&
    (entry.id ?? Infinity) > afterId
  );
}
