import type { StoredObject } from "./aws/clients";
import type { DomoColumns, DomoExport } from "./domo/answers";
import { queryColumns } from "./query/columns";
import type { Drift, ExportState } from "./state/export-state";

/** What is there now, as far as it was asked. */
export interface Observation {
  /** Region of the bucket; `undefined` when there is no such bucket. */
  region: string | undefined;
  /** Objects below the recorded ones' common folder; none when the bucket is gone. */
  objects: StoredObject[];
  /** Exports that Domo still lists; old ones age out of the list, which is no drift. */
  listed: DomoExport[];
  /** When the dataset's data last changed, ISO 8601. */
  dataUpdated: string | undefined;
  columns: DomoColumns;
}

/** Every difference between a delivered export and what is there now, in a fixed order. */
export function findDrift(state: ExportState, seen: Observation): Drift[] {
  if (seen.region === undefined) {
    return [{ kind: "bucket-gone", subject: state.bucket, expected: "a bucket", actual: "no such bucket" }];
  }
  const moved: Drift[] =
    state.region !== undefined && state.region !== seen.region
      ? [{ kind: "bucket-moved", subject: state.bucket, expected: state.region, actual: seen.region }]
      : [];
  return [
    ...moved,
    ...objectDrift(state, seen),
    ...statusDrift(state, seen),
    ...dataDrift(state, seen),
    ...columnDrift(state, seen),
  ];
}

/** Tells whether nothing of the export is left: neither an object nor an entry in Domo's list. */
export function isGone(state: ExportState, { objects, listed }: Observation): boolean {
  const stored = new Set(objects.map(({ key }) => key));
  return !state.files.some(({ key }) => stored.has(key)) && !listed.some(({ exportId }) => exportId === state.exportId);
}

function objectDrift({ files }: ExportState, { objects }: Observation): Drift[] {
  const stored = new Map(objects.map((object) => [object.key, object]));
  return files.flatMap<Drift>(({ key, bytes, etag }) => {
    const object = stored.get(key);
    const expected = `${bytes} bytes, etag ${etag}`;
    if (!object) return [{ kind: "object-missing", subject: key, expected, actual: "no such object" }];
    if (object.bytes === bytes && object.etag === etag) return [];
    const actual = `${object.bytes} bytes, etag ${object.etag}`;
    return [{ kind: "object-changed", subject: key, expected, actual, ...writtenAt(object) }];
  });
}

function writtenAt({ lastModified }: StoredObject): Pick<Drift, "since"> {
  return lastModified > 0 ? { since: new Date(lastModified).toISOString() } : {}; // 0 = S3 did not say
}

function statusDrift({ exportId, exportStatus }: ExportState, { listed }: Observation): Drift[] {
  const entry = listed.find((candidate) => candidate.exportId === exportId);
  if (!entry || entry.status === exportStatus) return [];
  return [{ kind: "status-changed", subject: entry.exportId, expected: exportStatus, actual: entry.status }];
}

function dataDrift({ dataset, startedAt, onNewData }: ExportState, { dataUpdated }: Observation): Drift[] {
  if (onNewData === "ignore" || dataUpdated === undefined || startedAt === undefined) return [];
  if (Date.parse(dataUpdated) <= Date.parse(startedAt)) return [];
  return [
    {
      kind: "new-data",
      subject: dataset,
      expected: `data as of ${startedAt}`,
      actual: `data of ${dataUpdated}`,
      since: new Date(dataUpdated).toISOString(),
    },
  ];
}

function columnDrift({ query }: ExportState, { columns }: Observation): Drift[] {
  const known = new Set(columns.map(({ name }) => name));
  const named = queryColumns(query).flatMap(({ name, raw }) => (raw ? [] : [name]));
  return [...new Set(named)]
    .filter((name) => !known.has(name))
    .map((name) => ({
      kind: "column-gone",
      subject: name,
      expected: "a column of the dataset",
      actual: "no such column",
    }));
}
