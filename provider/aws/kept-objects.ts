import type { Aws, S3Place } from "./clients";
import type { ObjectRemoval } from "./remove-objects";

/** Objects of the resources that this run has created, updated or kept: two of them may share an export. */
export interface KeptObjects {
  /** The resource `urn` holds these objects from now on. */
  keep(urn: string | undefined, bucket: string, keys: readonly string[]): void;
  /** Removes objects, but none that a resource of this run holds. Finding nothing is success. */
  removeUnkept(place: S3Place, keys: readonly string[]): Promise<ObjectRemoval>;
}

/** Nothing is kept yet. */
export function createKeptObjects(aws: Aws): KeptObjects {
  const kept = new Map<string, ReadonlySet<string>>();
  const url = (bucket: string, key: string): string => `s3://${bucket}/${key}`;
  return {
    keep(urn, bucket, keys) {
      if (urn !== undefined) kept.set(urn, new Set(keys.map((key) => url(bucket, key))));
    },
    async removeUnkept(place, keys) {
      const all = new Set([...kept.values()].flatMap((urls) => [...urls]));
      const unkept = [...new Set(keys)].filter((key) => !all.has(url(place.bucket, key)));
      return unkept.length > 0 ? aws.remove(place, unkept) : { versionsLeft: [] };
    },
  };
}
