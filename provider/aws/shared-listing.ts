import type { Clock } from "../host/clock";
import { createListingPlan } from "./listing-plan";
import type { S3Calls, S3Place, StoredObject } from "./s3";

/** Listings of folders, of which many in one bucket are made together. */
export interface SharedListing {
  /** All objects below a folder, whose name ends with a slash: as of now, or up to 30 s ago. */
  (place: S3Place, folder: string): Promise<StoredObject[]>;
  /** One object, found by the same calls. */
  object(place: S3Place, key: string): Promise<StoredObject | undefined>;
  /** Says that the objects of a bucket are about to change. */
  forget(bucket: string): void;
}

/** How long those who ask are gathered. */
const COLLECT_MS = 5;
/** How long a listing answers, from when the first one of its bucket was asked for. */
const KEPT_MS = 30_000;
/** Calls after which listing together must pay: each must have answered as many folders as could be listed in its time. */
const TRIAL_CALLS = 8;
/** A page of 1,000 keys takes 14 ms of processor time, a listing of one key 2 ms. */
const WORTHWHILE = 7;

/**
 * Lists folders together as long as that costs fewer calls than one listing each. Where it does not, or the caller may
 * not list what the folders share, or a bucket does not sort its keys, each folder is listed alone.
 */
export function createSharedListing(s3: Pick<S3Calls, "list" | "listPage">, clock: Clock): SharedListing {
  const buckets = new Map<string, { since: number; bucket: string; list: BucketListing }>();

  async function listing(place: S3Place, folder: string): Promise<StoredObject[]> {
    return folder.endsWith("/") ? below(place, folder) : (await s3.list(place, folder)).objects;
  }

  async function below(place: S3Place, prefix: string): Promise<StoredObject[]> {
    const key = JSON.stringify([place.bucket, place.region]);
    let known = buckets.get(key);
    if (!known || clock.now() - known.since >= KEPT_MS) {
      known = { since: clock.now(), bucket: place.bucket, list: listBucket(s3, place, clock) };
      buckets.set(key, known);
    }
    return known.list(prefix);
  }

  return Object.assign(listing, {
    async object(place: S3Place, key: string) {
      // A call begins after what it is asked for, so it is asked for one character less.
      const before = Array.from(key).slice(0, -1).join("");
      return (await below(place, before)).find((object) => object.key === key);
    },
    forget(name: string) {
      for (const [key, { bucket }] of buckets) if (bucket === name) buckets.delete(key);
    },
  });
}

type BucketListing = (folder: string) => Promise<StoredObject[]>;

function listBucket(s3: Pick<S3Calls, "list" | "listPage">, place: S3Place, clock: Clock): BucketListing {
  const plan = createListingPlan();
  const objects = new Map<string, StoredObject>();
  const waiting = new Map<string, ((isKnown: boolean) => void)[]>();
  let isShared = true;
  let isRunning = false;

  function answer(folders: Iterable<string>, isKnown: boolean): void {
    for (const folder of [...folders]) {
      waiting.get(folder)?.forEach((resolve) => resolve(isKnown));
      waiting.delete(folder);
    }
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    await clock.sleep(COLLECT_MS);
    for (let call = plan.next(); call && isShared; call = plan.next()) {
      const page = await s3.listPage(place, call).catch(() => undefined);
      const keys = page?.objects.map(({ key }) => key) ?? [];
      if (!page || !isInOrder([call.startAfter, ...keys])) {
        isShared = false;
        break;
      }
      for (const object of page.objects) objects.set(object.key, object);
      answer(plan.took(call, { keys, truncated: page.truncated }), true);
      const { folders, calls } = plan.count;
      isShared = calls < TRIAL_CALLS || folders >= calls * WORTHWHILE;
    }
    isRunning = false;
    if (!isShared) answer(waiting.keys(), false);
  }

  function isKnown(folder: string): Promise<boolean> | boolean {
    if (!isShared) return false;
    if (plan.ask(folder)) return true;
    return new Promise((resolve) => {
      waiting.set(folder, [...(waiting.get(folder) ?? []), resolve]);
      void run();
    });
  }

  return async (folder) => {
    if (!(await isKnown(folder))) return (await s3.list(place, folder)).objects;
    // An object that has the folder's own name is no object in it.
    return [...objects.values()].filter(({ key }) => key.startsWith(folder) && key !== folder);
  };
}

function isInOrder(keys: readonly string[]): boolean {
  const bytes = keys.map((key) => Buffer.from(key));
  return bytes.every((key, index) => index === 0 || Buffer.compare(bytes[index - 1] ?? key, key) < 0);
}
