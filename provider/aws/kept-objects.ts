import type { Aws, S3Place } from "./clients";
import type { ObjectRemoval } from "./remove-objects";

/** An object that a resource has left behind. */
export interface LeftObject {
  bucket: string;
  key: string;
  etag?: string;
}

/** Objects of the resources that this run has created, updated or kept: two of them may share an export. */
export interface KeptObjects {
  /** The resource `urn` holds these objects from now on. */
  keep(urn: string | undefined, bucket: string, keys: readonly string[]): void;
  /** The resource `urn` is replaced: its successor, whose `create` is not given the state, may overwrite this object. */
  leave(urn: string | undefined, object: LeftObject): void;
  /** What the resource that `urn` replaces has left. */
  leftBy(urn: string): LeftObject | undefined;
  /** Removes objects, but none that a resource of this run holds. Finding nothing is success. */
  removeUnkept: (place: S3Place, keys: readonly string[]) => Promise<ObjectRemoval>;
}

/** Nothing is kept yet. */
export function createKeptObjects(aws: Aws): KeptObjects {
  const kept = new Map<string, ReadonlySet<string>>();
  const left = new Map<string, LeftObject>();
  const url = (bucket: string, key: string): string => `s3://${bucket}/${key}`;
  return {
    keep(urn, bucket, keys) {
      if (urn !== undefined) kept.set(urn, new Set(keys.map((key) => url(bucket, key))));
    },
    leave(urn, object) {
      if (urn !== undefined) left.set(urn, object);
    },
    leftBy: (urn) => left.get(urn),
    async removeUnkept(place, keys) {
      const all = new Set([...kept.values()].flatMap((urls) => [...urls]));
      const unkept = [...new Set(keys)].filter((key) => !all.has(url(place.bucket, key)));
      return unkept.length > 0 ? aws.remove(place, unkept) : { versionsLeft: [] };
    },
  };
}
