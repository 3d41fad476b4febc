import type { S3Place } from "./aws";
import { definitionOf, type Definition } from "./definition";
import type { DomoDataset } from "./domo-answers";
import { PreflightError } from "./errors";
import type { ExportInputs } from "./schema";
import type { Services } from "./services";

/** What the checks before the POST found out. */
export interface Preflight {
  place: S3Place;
  definition: Definition;
  dataset: DomoDataset;
}

/** Checks all that can be checked before anything is started. */
export async function preflight(services: Services, inputs: ExportInputs): Promise<Preflight> {
  const { aws, domo, settings } = services;
  const [user, dataset, actual] = await Promise.all([
    services.user(),
    domo.dataset(inputs.dataset),
    services.once(`region of ${inputs.bucket}`, () => aws.bucketRegion(inputs.bucket)),
  ]);
  if (inputs.region !== undefined && inputs.region !== actual) {
    throw new PreflightError(
      `region: bucket "${inputs.bucket}" is in "${actual}", not in "${inputs.region}"; ` +
        `Domo can't export across regions: set region: "${actual}" or leave it out`,
    );
  }
  const place = { bucket: inputs.bucket, region: actual };
  const definition = definitionOf(inputs, { origin: settings.origin, userId: user.id, region: actual });
  return { place, definition, dataset };
}
