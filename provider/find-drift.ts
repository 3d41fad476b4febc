import type { Exposure } from "./audience/exposure";
import type { StoredObject } from "./aws/clients";
import type { DomoColumns } from "./domo/answers";
import { queryColumns } from "./query/columns";
import type { Drift, ExportState, RowPolicies } from "./state/export-state";

/** What is there now, as far as it was asked. */
export interface Observation {
  /** Region of the bucket; `undefined` when there is no such bucket. */
  region: string | undefined;
  /** Objects below the recorded ones' common folder; none when the bucket is gone. */
  objects: StoredObject[];
  /** The object at the manifest's place, where state records one and it is there. */
  manifest?: StoredObject;
  /** What lets others in to the bucket, beyond what was accepted. */
  exposures: readonly Exposure[];
  /** When the data last changed, ISO 8601, where Domo says; `undefined` when there is no such dataset. */
  data: { changedAt: string | undefined } | undefined;
  /** `undefined` when there is no such dataset. */
  columns: DomoColumns | undefined;
  /** Digest of the row policies that apply to the user; `undefined` when Domo does not show them. */
  policies: string | undefined;
}

/** Every difference between a delivered export and what is there now, in a fixed order. */
export function findDrift(state: ExportState, seen: Observation): Drift[] {
  return [...storageDrift(state, seen), ...domoDrift(state, seen)];
}

/** Whether one of the recorded objects is there, in whatever form. */
export function isStored({ files }: ExportState, { objects }: Observation): boolean {
  const stored = new Set(objects.map(({ key }) => key));
  return files.some(({ key }) => stored.has(key));
}

/** The drift of data that changed after an export began, unless nobody wants to know. */
export function newDataDrift(
  { dataset, onNewData }: Pick<ExportState, "dataset" | "onNewData">,
  { startedAt, changedAt }: { startedAt: string | undefined; changedAt: string | undefined },
): Drift[] {
  if (onNewData === "ignore" || changedAt === undefined || startedAt === undefined) return [];
  if (Date.parse(changedAt) <= Date.parse(startedAt)) return [];
  return [
    {
      kind: "new-data",
      subject: dataset,
      expected: `data as of ${startedAt}`,
      actual: `data of ${changedAt}`,
      since: new Date(changedAt).toISOString(),
    },
  ];
}

/** The drift of a bucket that lets others in. */
export function exposureDrift(bucket: string, exposures: readonly Exposure[]): Drift[] {
  return exposures.map(({ fact }) => ({
    kind: "bucket-exposed",
    subject: bucket,
    expected: "an audience as it was checked before the export",
    actual: fact,
  }));
}

/** The drift of row policies that are not those under which the export ran. */
export function policiesDrift(
  { dataset, pdp }: { dataset: string; pdp?: RowPolicies },
  policies: string | undefined,
): Drift[] {
  if (pdp === undefined || policies === undefined || pdp.digest === policies) return [];
  return [
    {
      kind: "policies-changed",
      subject: dataset,
      expected: "the row policies under which the export ran",
      actual: "other row policies apply to the token's user",
    },
  ];
}

/** Whether the manifest alone has drifted: the data may be whole. */
export function isManifestDrift({ kind }: Drift): boolean {
  return kind === "manifest-missing" || kind === "manifest-replaced";
}

function manifestDrift({ manifestObject, exportId }: ExportState, manifest: StoredObject | undefined): Drift[] {
  if (!manifestObject) return [];
  const { key, etag } = manifestObject;
  const missing = { kind: "manifest-missing", subject: key, expected: `the manifest of export ${exportId}` } as const;
  if (!manifest) return [{ ...missing, actual: "no such object" }];
  if (manifestObject.exportId !== exportId || etag === undefined)
    return [{ ...missing, actual: "it has not been written yet" }];
  if (manifest.etag === etag) return [];
  const found = { expected: `etag ${etag}`, actual: `etag ${manifest.etag}` };
  return [{ kind: "manifest-replaced", subject: key, ...found, ...writtenAt(manifest) }];
}

function storageDrift(state: ExportState, { region, objects, manifest, exposures }: Observation): Drift[] {
  const { bucket, bucketRegion, files } = state;
  if (region === undefined)
    return [{ kind: "bucket-gone", subject: bucket, expected: "a bucket", actual: "no such bucket" }];
  const moved: Drift[] =
    bucketRegion === region ? [] : [{ kind: "bucket-moved", subject: bucket, expected: bucketRegion, actual: region }];
  const stored = new Map(objects.map((object) => [object.key, object]));
  const changed = files.flatMap<Drift>(({ key, bytes, etag }) => {
    const object = stored.get(key);
    const expected = `${bytes} bytes, etag ${etag}`;
    if (!object) return [{ kind: "object-missing", subject: key, expected, actual: "no such object" }];
    if (object.bytes === bytes && object.etag === etag) return [];
    const actual = `${object.bytes} bytes, etag ${object.etag}`;
    return [{ kind: "object-changed", subject: key, expected, actual, ...writtenAt(object) }];
  });
  return [...moved, ...exposureDrift(bucket, exposures), ...changed, ...manifestDrift(state, manifest)];
}

function domoDrift(state: ExportState, { data, columns, policies }: Observation): Drift[] {
  const { dataset, query, startedAt } = state;
  if (!data || !columns)
    return [{ kind: "dataset-gone", subject: dataset, expected: "a dataset", actual: "no such dataset" }];
  const names = new Set(columns.map(({ name }) => name));
  const named = queryColumns(query).flatMap(({ name, raw }) => (raw ? [] : [name]));
  const gone = [...new Set(named)].filter((name) => !names.has(name));
  return [
    ...policiesDrift(state, policies),
    ...newDataDrift(state, { startedAt, changedAt: data.changedAt }),
    ...gone.map((subject): Drift => ({
      kind: "column-gone",
      subject,
      expected: "a column of the dataset",
      actual: "no such column",
    })),
  ];
}

function writtenAt({ lastModified }: StoredObject): Pick<Drift, "since"> {
  return lastModified > 0 ? { since: new Date(lastModified).toISOString() } : {}; // 0 = S3 did not say
}
