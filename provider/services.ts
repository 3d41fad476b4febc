import { createAws, type Aws } from "./aws";
import { realClock, type Clock } from "./clock";
import { createDatasetQueue, type TakeTurn } from "./dataset-queue";
import { createDomoClient, type DomoClient } from "./domo-client";
import type { DomoExport, DomoUser } from "./domo-answers";
import type { DomoReply } from "./domo-request";
import type { Settings } from "./settings";

/** Everything that the operations of one process share: pools, clients, queues, and what was read once. */
export interface Services {
  settings: Settings;
  clock: Clock;
  domo: DomoClient;
  aws: Aws;
  /** The queue of a dataset's exports within this process. */
  queue(dataset: string): TakeTurn;
  /** The token's user, read once. */
  user: () => Promise<DomoUser>;
  /** A read that is made once per process and `key`; a failed one is made again when asked again. */
  once: <T>(key: string, read: () => Promise<T>) => Promise<T>;
  /**
   * A dataset's list of exports for looking at what is there. All looks of one run share one call, until this process
   * starts an export of the dataset.
   */
  sharedList(dataset: string): Promise<DomoReply<DomoExport[]>>;
  /** Says that the dataset's list is about to change. */
  forgetList(dataset: string): void;
}

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
  const reads = new Map<string, Promise<unknown>>();

  function once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = reads.get(key) as Promise<T> | undefined;
    if (known) return known;
    const started = read();
    reads.set(key, started);
    started.catch(() => reads.delete(key));
    return started;
  }

  const listKey = (dataset: string): string => `exports of ${dataset}`;
  return {
    settings,
    clock,
    domo,
    aws,
    once,
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
