import type { S3Place } from "../aws/clients";
import { regionFault } from "../aws/region";
import { checkAudience } from "../audience/check";
import { definitionOf, type Definition } from "../args/identity";
import { PreflightError } from "../errors";
import type { Reporter } from "../host/reporter";
import type { ExportInputs } from "../args/schema";
import type { Services } from "../services";
import type { RowPolicies } from "../state/export-state";

/** What the checks before the POST found out. */
export interface Preflight {
  place: S3Place;
  definition: Definition;
  /** Rows of the dataset, when Domo tells. */
  datasetRows: number | undefined;
  /** Row policies that applied to the token's user, when Domo shows them. */
  pdp: RowPolicies | undefined;
}

/** Checks all that can be checked before anything is started. */
export async function preflight(services: Services, report: Reporter, inputs: ExportInputs): Promise<Preflight> {
  const { aws, domo, settings } = services;
  const [user, facts, actual] = await Promise.all([
    services.user(),
    services.once(`dataset ${inputs.dataset}`, () => domo.dataset(inputs.dataset)),
    services.once(`region of ${inputs.bucket}`, () => aws.bucketRegion(inputs.bucket)),
  ]);
  const fault = regionFault(inputs, actual);
  if (fault) throw new PreflightError(`region: ${fault}`);
  const place = { bucket: inputs.bucket, region: actual };
  const definition = definitionOf(inputs, { origin: settings.origin, userId: user.id, region: actual });
  // Whoever may not list what is written can't verify it: found out before anything is started.
  const [{ pdp }] = await Promise.all([
    checkAudience(services, report, { inputs, place }),
    aws.list(place, `${definition.keyPrefix}/`),
  ]);
  return { place, definition, datasetRows: facts.rowCount ?? undefined, pdp };
}
