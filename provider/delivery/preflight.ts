import { definitionOf } from "../args/identity";
import { regionFault } from "../aws/region";
import { checkAudience } from "../audience/check";
import { PreflightError } from "../errors";
import type { Order, Plan } from "./order";

/** Checks all that can be checked before anything is started. Reads that others have just made are shared. */
export async function preflight({ services, report, inputs, previous }: Order): Promise<Plan> {
  const { aws, read } = services;
  const [user, bucketRegion] = await Promise.all([read.user(), read.bucketRegion(inputs.bucket)]);
  const fault = regionFault(inputs, bucketRegion);
  if (fault) throw new PreflightError(`region: ${fault}`);
  const place = { bucket: inputs.bucket, region: bucketRegion };
  const { pdp, acceptedExposures } = await checkAudience(services, report, { inputs, place, previous });
  const definition = definitionOf(inputs, { userId: user.id, policies: pdp?.digest, bucketRegion });
  // Anyone who may not list what is written can't verify it: found out before anything is started.
  await aws.list(place, `${definition.keyPrefix}/`);
  return { place, definition, pdp, acceptedExposures };
}
