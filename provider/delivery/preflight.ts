import type { S3Place } from "../aws/clients";
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
  const { aws, settings } = services;
  const [user, facts, actual] = await Promise.all([
    services.read.user(),
    services.read.dataset(inputs.dataset),
    services.read.bucketRegion(inputs.bucket),
  ]);
  const fault = regionFault(inputs, actual);
  if (fault) throw new PreflightError(`region: ${fault}`);
  const place = { bucket: inputs.bucket, region: actual };
  const definition = definitionOf(inputs, { origin: settings.origin, userId: user.id, region: actual });
  // Whoever may not list what is written can't verify it: found out before anything is started.
  const [pdp] = await Promise.all([
    checkAudience(services, report, { inputs, place }),
    aws.list(place, `${definition.keyPrefix}/`),
  ]);
  return { place, definition, datasetRows: facts.rowCount ?? undefined, pdp };
}

/** Why the declared region can't be, when it differs from the bucket's own. */
export function regionFault(
  { bucket, region }: { bucket: string; region?: string },
  actual: string,
): string | undefined {
  if (region === undefined || region === actual) return undefined;
  return (
    `bucket "${bucket}" is in "${actual}", not in "${region}"; ` +
    `Domo can't export across regions: set region: "${actual}" or leave it out`
  );
}
