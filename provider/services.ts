import { createAws, type Aws } from "./aws/clients";
import { realClock, type Clock } from "./host/clock";
import { createDatasetQueue, type TakeTurn } from "./domo/dataset-queue";
import { createDomoClient, type DomoClient } from "./domo/client";
import type { DomoExport, DomoUser } from "./domo/answers";
import type { DomoReply } from "./domo/request";
import { createExportLengths, type ExportLengths } from "./domo/usual-length";
import { createRoleSessions, type RoleSessions } from "./aws/role-sessions";
import type { Settings } from "./host/settings";

/** Everything that the operations of one process share: pools, clients, queues, and what was read once. */
export interface Services {
  settings: Settings;
  clock: Clock;
  domo: DomoClient;
  aws: Aws;
  sessions: RoleSessions;
  /** The queue of a dataset's exports within this process. */
  queue(dataset: string): TakeTurn;
  /** How long exports take, as far as this process has seen. */
  lengths: ExportLengths;
  /** The token's user, read once. */
  user: () => Promise<DomoUser>;
  /** A read that is made once per process and `key`; a failed one is made again when asked again. */
  once: <T>(key: string, read: () => Promise<T>) => Promise<T>;
  /** As `once`, for what may change while the process runs: an answer is shared for 30 s, or `maxAgeMs`, from when it was asked for. */
  recently: <T>(key: string, read: () => Promise<T>, maxAgeMs?: number) => Promise<T>;
  /**
   * A dataset's list of exports for looking at what is there. All looks of one run share one call, until this process
   * starts an export of the dataset.
   */
  sharedList(dataset: string): Promise<DomoReply<DomoExport[]>>;
  /** Says that the dataset's list is about to change. */
  forgetList(dataset: string): void;
}

const RECENT_MS = 30_000;

const instances = new Map<string, Promise<Services>>();

/** The process's services for these settings. */
export function servicesFor(settings: Settings): Promise<Services> {
  const key = JSON.stringify(settings);
  let services = instances.get(key);
  if (!services) {
    const clock = realClock();
    services = createServices(settings, clock, createAws({ clock }));
    instances.set(key, services);
  }
  return services;
}

/** Builds services from parts; tests give their own clock. */
export async function createServices(settings: Settings, clock: Clock, aws: Aws): Promise<Services> {
  const domo = await createDomoClient(settings, clock);
  const queues = new Map<string, TakeTurn>();
  const reads = new Map<string, { answer: Promise<unknown>; askedAt: number }>();

  function shared<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T> {
    const known = reads.get(key);
    if (known && clock.now() - known.askedAt < maxAgeMs) return known.answer as Promise<T>;
    const answer = read();
    reads.set(key, { answer, askedAt: clock.now() });
    answer.catch(() => {
      if (reads.get(key)?.answer === answer) reads.delete(key);
    });
    return answer;
  }

  const once: Services["once"] = (key, read) => shared(key, Infinity, read);

  const listKey = (dataset: string): string => `exports of ${dataset}`;
  return {
    settings,
    clock,
    domo,
    aws,
    sessions: createRoleSessions(aws, clock),
    lengths: createExportLengths(),
    once,
    recently: (key, read, maxAgeMs = RECENT_MS) => shared(key, maxAgeMs, read),
    queue(dataset) {
      let queue = queues.get(dataset);
      if (!queue) queues.set(dataset, (queue = createDatasetQueue(clock)));
      return queue;
    },
    user: () => once("user", () => domo.user()),
    sharedList: (dataset) => once(listKey(dataset), () => domo.listExports(dataset)),
    forgetList: (dataset) => void reads.delete(listKey(dataset)),
  };
}
