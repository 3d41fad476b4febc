import type { DomoColumns, DomoDataset } from "../domo/answers";
import { packageVersion } from "../host/package-version";
import { withoutUndefined, type ExportState, type RowCounts } from "../state/export-state";
import { elementsOf } from "./columns";
import type { Manifest } from "./shape";

/** What a manifest says in addition to state. */
export interface ManifestFacts {
  /** URN of the resource. */
  resource: string;
  facts: Pick<DomoDataset, "name">;
  columns: DomoColumns;
}

/** The text of the manifest of a verified export. */
export function manifestText(state: ExportState, { resource, facts, columns }: ManifestFacts): string {
  const { files, pdp } = state;
  const manifest = withoutUndefined<Manifest>({
    version: 1,
    entries: files.map(({ url, bytes, rows, sha256 }) =>
      withoutUndefined({ url, mandatory: true, meta: { content_length: bytes, record_count: rows }, sha256 }),
    ),
    schema: { elements: elementsOf(state.query, columns) },
    meta: {
      content_length: files.reduce((sum, { bytes }) => sum + bytes, 0),
      record_count: files.reduce((sum, { rows }) => sum + rows, 0),
    },
    author: { name: "pulumi-domo-s3-export", version: packageVersion() },
    resource,
    dataset: { id: state.dataset, name: facts.name, instance: state.instance },
    sql: state.secretQuery ? undefined : state.sql,
    export: withoutUndefined({
      id: state.exportId ?? "",
      definition: state.definition,
      started: state.startedAt,
      finished: state.finishedAt,
      adopted: state.origin === "adopted" || undefined,
    }),
    rowPolicies: pdp && { enabled: pdp.enabled, digest: pdp.digest },
    counts: state.counts && ordered(state.counts),
    verified: files.every(({ sha256 }) => sha256 !== undefined) ? "rows" : "objects",
  });
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** State comes back from the engine with its members sorted: the same manifest is to have the same bytes. */
function ordered({ query, domo, objects, dataset, comparable, reason }: RowCounts): RowCounts {
  return withoutUndefined({ query, domo, objects, dataset, comparable, reason });
}
