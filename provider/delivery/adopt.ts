import { PreflightError } from "../errors";
import { preflight } from "./preflight";
import type { Reporter } from "../host/reporter";
import { reportedFiles } from "./provenance";
import type { ExportInputs } from "../args/schema";
import type { Services } from "../services";
import { withoutUndefined, type DeliveredExport } from "../state/export-state";
import { verifyDelivery } from "./verify";
import { isBelow } from "../aws/object-url";

/**
 * Takes an export into state that was run elsewhere, verified like any other. Nothing is started. Which query it ran
 * can't be told from Domo's answer: with `adopt`, the program vouches for it, and `origin` says so.
 */
export async function adoptExport(
  services: Services,
  report: Reporter,
  inputs: ExportInputs,
  exportId: string,
): Promise<DeliveredExport> {
  const { place, definition, pdp } = await preflight(services, report, inputs);
  const { value: listed, domoTime } = await services.domo.listExports(inputs.dataset);
  const entry = listed.find((candidate) => candidate.exportId === exportId);
  if (!entry) {
    const known = listed.map((candidate) => candidate.exportId).slice(-5);
    throw new PreflightError(
      `adopt: dataset ${inputs.dataset} has no export "${exportId}"; ` +
        (known.length > 0 ? `the latest that Domo lists are ${known.join(", ")}` : "Domo lists none"),
    );
  }
  if (entry.status !== "success") {
    throw new PreflightError(
      `adopt: export "${exportId}" has status "${entry.status}"; only a finished one can be adopted`,
    );
  }
  const outside = reportedFiles(entry, inputs.bucket).find(
    ({ file }) => !file || !isBelow(file, inputs.bucket, inputs.path),
  );
  if (outside) {
    throw new PreflightError(
      `adopt: export "${exportId}" wrote "${outside.url}", which is not below "s3://${inputs.bucket}/${inputs.path}/"; ` +
        "set bucket and path to where it lies",
    );
  }
  report.progress("verifying the objects in S3");
  const window = entry.finished === undefined ? {} : { endedAgoMs: domoTime - Date.parse(entry.finished) };
  const files = await verifyDelivery(services.aws, { place, entry, window, depth: inputs.verify });
  return withoutUndefined<DeliveredExport>({
    exportId,
    exportStatus: "success",
    origin: "adopted",
    definition: definition.digest,
    keyPrefix: inputs.path,
    region: place.region,
    startedAt: entry.started,
    finishedAt: entry.finished,
    rowCount: files.reduce((sum, { rows }) => sum + rows, 0),
    pdp,
    files,
    drift: [],
  });
}
