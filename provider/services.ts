import { createAws, type Aws } from "./aws/clients";
import { createKeptObjects, type KeptObjects } from "./aws/kept-objects";
import { createSharedListing, type SharedListing } from "./aws/shared-listing";
import { createRoleSessions, type RoleSessions } from "./aws/role-sessions";
import type { DomoColumns, DomoDataset, DomoExport, DomoPolicies, DomoUser } from "./domo/answers";
import { createDomoClient, type DomoClient } from "./domo/client";
import { createDatasetQueue, type TakeTurn } from "./domo/dataset-queue";
import type { DomoReply } from "./domo/request";
import { abortable } from "./host/abort";
import { realClock, timeScale, type Clock } from "./host/clock";
import { readSettings, type Host, type Settings } from "./host/settings";
import { sharedRead, type SharedRead } from "./host/shared-read";
import { failureText, PreflightError } from "./errors";

/** What needs no settings of Domo. */
export interface AwsServices {
  clock: Clock;
  aws: Aws;
  /** Objects that this run keeps. */
  kept: KeptObjects;
  /** Whether the last check of a resource, by its URN, was of a preview: `diff` is not told. */
  previewed: Map<string, boolean>;
}

/** Everything that the operations of one process share: pools, clients, queues, and what was read once. */
export interface Services extends AwsServices {
  settings: Settings;
  domo: DomoClient;
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
  /** A dataset's row policies: for 30 s, as they may change while a run goes on. */
  policies: SharedRead<[dataset: string], DomoPolicies>;
  /** A bucket's region: once per process. */
  bucketRegion: SharedRead<[bucket: string], string>;
  /** A dataset's list of exports, for looking at what is there: until this process starts an export of the dataset. */
  list: SharedRead<[dataset: string], DomoReply<DomoExport[]>>;
  /** Objects below a folder, for looking at what is there: for 30 s, or until this process writes to the bucket. */
  listing: SharedListing;
  /**
   * The settings that decide who gets at a bucket, read by `read`: for 5 s, so that a bucket that is opened while a run goes
   * on is noticed before the POST, and after the export.
   */
  bucketSettings<T>(bucket: string, expectedOwner: string | undefined, read: () => Promise<T>): Promise<T>;
  /** Says that an export into the bucket starts: what is looked at after it is read after its start. */
  forgetBucketSettings(bucket: string): void;
}

const POLICIES_MS = 30_000;
const BUCKET_SETTINGS_MS = 5_000;

/** AWS is given up when it has sent nothing for so long, but in scaled time not before what a busy machine takes. */
const IDLE_MS = 60_000;
const BUSY_MS = 5_000;

let common: AwsServices | undefined;

/** The process's services that need no settings of Domo; their calls end as soon as `signal` fires. */
export function awsServices(signal?: AbortSignal): AwsServices {
  if (!common) {
    const clock = realClock();
    const aws = createAws({ clock, idleMs: Math.max(IDLE_MS / timeScale(), BUSY_MS) });
    common = { clock, aws, kept: createKeptObjects(aws), previewed: new Map() };
  }
  const { aws, kept } = common;
  return { ...common, aws: abortable(aws, signal), kept: abortable(kept, signal) };
}

/**
 * The process's services for the settings of `host`, until its signal fires; throws a sentence for each setting that is missing
 * or wrong.
 */
export async function requireServices(host: Host): Promise<Services> {
  const result = readSettings(host);
  if (result.ok) return servicesFor(result.settings, host.signal);
  throw new PreflightError(result.failures.map(failureText).join("\n"));
}

const instances = new Map<string, Promise<Services>>();

/** The process's services for these settings; their calls end as soon as `signal` fires. */
export async function servicesFor(settings: Settings, signal?: AbortSignal): Promise<Services> {
  const key = JSON.stringify(settings);
  let services = instances.get(key);
  if (!services) {
    services = createServices(settings, awsServices());
    instances.set(key, services);
  }
  const { domo, sessions, read, fresh, ...rest } = await services;
  return {
    ...rest,
    ...awsServices(signal),
    domo: abortable(domo, signal),
    sessions: abortable(sessions, signal),
    read: abortable(read, signal),
    fresh: abortable(fresh, signal),
  };
}

/** Builds services from parts; tests give their own clock. */
export async function createServices(settings: Settings, around: AwsServices): Promise<Services> {
  const { clock, aws } = around;
  const domo = await createDomoClient(settings, clock);
  const queues = new Map<string, TakeTurn>();
  return {
    ...around,
    settings,
    domo,
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
  const settings = new Map<string, { bucket: string; shared: SharedRead<[], unknown> }>();
  return {
    user: once(() => domo.user()),
    dataset: once((dataset) => domo.dataset(dataset)),
    columns: once((dataset) => domo.columns(dataset)),
    policies: sharedRead(clock, POLICIES_MS, (dataset: string) => domo.policies(dataset)),
    bucketRegion: once((bucket) => aws.bucketRegion(bucket)),
    list: once((dataset) => domo.listExports(dataset)),
    listing: createSharedListing(aws, clock),
    bucketSettings<T>(bucket: string, expectedOwner: string | undefined, read: () => Promise<T>): Promise<T> {
      const key = JSON.stringify([bucket, expectedOwner]);
      let known = settings.get(key);
      if (!known) settings.set(key, (known = { bucket, shared: sharedRead(clock, BUCKET_SETTINGS_MS, read) }));
      return known.shared() as Promise<T>;
    },
    forgetBucketSettings(name) {
      for (const { bucket, shared } of settings.values()) if (bucket === name) shared.forget();
    },
  };
}
