import { reportedFiles } from "../provider/delivery/provenance";
import { verifyDelivery } from "../provider/delivery/verify";
import { DomoExportError, PreflightError } from "../provider/errors";
import { readSettings } from "../provider/host/settings";
import { servicesFor } from "../provider/services";
import { withoutUndefined, type DeliveredExport } from "../provider/state/export-state";
import type { Host } from "./host";

/** What an import answers with. */
export interface ImportedExport {
  state: object;
  inputs: object;
}

/** The component of a key that is a definition's digest. */
const DIGEST = /\/[0-9a-f]{12,64}$/;

/**
 * Takes an existing export over by `<dataset>/<exportId>`: bucket and path come from where Domo says that the files are, and
 * the objects are verified as by `adopt`. Nothing is started. The query is not invented, because Domo does not say which one
 * ran: the next `up` with a query takes the same export if it ran that query, else it exports.
 */
export async function importExport(host: Host, id: string): Promise<ImportedExport> {
  const [dataset, exportId] = partsOf(id);
  const settings = readSettings(host);
  if (!settings.ok)
    throw new PreflightError(settings.failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
  const { domo, aws } = await servicesFor(settings.settings);
  const { value: listed, domoTime } = await domo.listExports(dataset);
  const entry = listed.find((candidate) => candidate.exportId === exportId);
  const attempt = `import "${id}"`;
  if (!entry) throw new ImportError(`${attempt}: Domo lists no such export of the dataset — ${latestOf(listed)}`);
  if (entry.status !== "success")
    throw new ImportError(`${attempt}: the export has status "${entry.status}" — import one that has succeeded`);
  const { bucket } = entry;
  const files = bucket === undefined ? [] : reportedFiles(entry, bucket);
  const [first] = files;
  if (bucket === undefined || !first?.file || files.some(({ file }) => file?.bucket !== bucket))
    throw new ImportError(`${attempt}: Domo does not say in which bucket its files are — run it again instead`);
  const place = { bucket, region: await aws.bucketRegion(bucket) };
  const { path, keyPrefix, definition } = placeOf(first.file.key, exportId);
  const window = entry.finished === undefined ? {} : { endedAgoMs: domoTime - Date.parse(entry.finished) };
  const verified = await verifyDelivery(aws, { place, entry, window, depth: "objects" });
  const inputs = { dataset, bucket, path };
  const delivered: DeliveredExport = {
    exportId,
    exportStatus: "success",
    origin: "adopted",
    definition,
    keyPrefix,
    region: place.region,
    startedAt: entry.started,
    finishedAt: entry.finished,
    rowCount: verified.reduce((sum, { rows }) => sum + rows, 0),
    files: verified,
    drift: [],
  };
  return { inputs, state: { ...inputs, ...withoutUndefined(delivered) } };
}

/** An import that can't be done. */
export class ImportError extends DomoExportError {
  override readonly name = "ImportError";
}

function partsOf(id: string): [dataset: string, exportId: string] {
  const [, dataset, exportId] = /^([\w-]{1,64})\/([\w-]{1,64})$/.exec(id) ?? [];
  if (dataset === undefined || exportId === undefined)
    throw new ImportError(
      `import "${id}": this is not the id of an export — give <dataset>/<exportId>, both as Domo has them`,
    );
  return [dataset, exportId];
}

function latestOf(listed: readonly { exportId: string }[]): string {
  const ids = listed.slice(-5).map(({ exportId }) => exportId);
  return ids.length > 0 ? `the latest that it lists are ${ids.join(", ")}` : "it lists none";
}

/**
 * Where an export lies: `<path>/<definition>/<exportId>/export/…`, or without the digest when something else ran it. The
 * definition is recorded as not known: only a program with the query can say whether it ran that one.
 */
function placeOf(key: string, exportId: string): { path: string; keyPrefix: string; definition: string } {
  const end = key.indexOf(`/${exportId}/`);
  const keyPrefix = end > 0 ? key.slice(0, end) : key.split("/").slice(0, -1).join("/");
  return { path: keyPrefix.replace(DIGEST, ""), keyPrefix, definition: "imported" };
}
