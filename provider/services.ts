import { createAws, type Aws } from "./aws/clients";
import { createRoleSessions, type RoleSessions } from "./aws/role-sessions";
import type { DomoColumns, DomoDataset, DomoExport, DomoPolicies, DomoUser } from "./domo/answers";
import { createDomoClient, type DomoClient } from "./domo/client";
import { createDatasetQueue, type TakeTurn } from "./domo/dataset-queue";
import type { DomoReply } from "./domo/request";
import { realClock, type Clock } from "./host/clock";
import type { Settings } from "./host/settings";
import { sharedRead, type SharedRead } from "./host/shared-read";

/** Everything that the operations of one process share: pools, clients, queues, and what was read once. */
export interface Services {
  settings: Settings;
  clock: Clock;
  domo: DomoClient;
  aws: Aws;
  sessions: RoleSessions;
  /** The queue of a dataset's exports within this process. */
  queue(dataset: string): TakeTurn;
  /** Reads that the operations share. */
  read: SharedReads;
  /** Reads that are made anew each time, for what has to be of now. */
  fresh: {
    /** A dataset's facts as they are now: whether an export is older than the data. */
    dataset(dataset: string): Promise<DomoDataset>;
  };
}

/** Reads that the operations of one process share; each member says for how long. */
export interface SharedReads {
  /** The token's user: once per process. */
  user: SharedRead<[], DomoUser>;
  /** A dataset's facts: once per process. */
  dataset: SharedRead<[dataset: string], DomoDataset>;
  /** A dataset's columns: once per process. */
  columns: SharedRead<[dataset: string], DomoColumns>;
  /** A dataset's row policies: once per process. */
  policies: SharedRead<[dataset: string], DomoPolicies>;
  /** A bucket's region: once per process. */
  bucketRegion: SharedRead<[bucket: string], string>;
  /** A dataset's list of exports, for looking at what is there: until this process starts an export of the dataset. */
  list: SharedRead<[dataset: string], DomoReply<DomoExport[]>>;
  /**
   * The settings that decide who gets at a bucket, read by `read`: for 30 s, so that a bucket that is opened while a run
   * goes on is noticed.
   */
  bucketSettings<T>(bucket: string, expectedOwner: string | undefined, read: () => Promise<T>): Promise<T>;
}

const BUCKET_SETTINGS_MS = 30_000;

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
  return {
    settings,
    clock,
    domo,
    aws,
    sessions: createRoleSessions(aws, clock),
    read: sharedReads(clock, domo, aws),
    fresh: { dataset: (dataset) => domo.dataset(dataset) },
    queue(dataset) {
      let queue = queues.get(dataset);
      if (!queue) queues.set(dataset, (queue = createDatasetQueue(clock)));
      return queue;
    },
  };
}

function sharedReads(clock: Clock, domo: DomoClient, aws: Aws): SharedReads {
  const once = <Args extends string[], T>(read: (...args: Args) => Promise<T>) => sharedRead(clock, Infinity, read);
  const settings = new Map<string, SharedRead<[], unknown>>();
  return {
    user: once(() => domo.user()),
    dataset: once((dataset) => domo.dataset(dataset)),
    columns: once((dataset) => domo.columns(dataset)),
    policies: once((dataset) => domo.policies(dataset)),
    bucketRegion: once((bucket) => aws.bucketRegion(bucket)),
    list: once((dataset) => domo.listExports(dataset)),
    bucketSettings<T>(bucket: string, expectedOwner: string | undefined, read: () => Promise<T>): Promise<T> {
      const key = JSON.stringify([bucket, expectedOwner]);
      let shared = settings.get(key);
      if (!shared) settings.set(key, (shared = sharedRead(clock, BUCKET_SETTINGS_MS, read)));
      return shared() as Promise<T>;
    },
  };
}
