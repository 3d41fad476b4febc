import { isDeepStrictEqual } from "node:util";
import { audienceArguments } from "../args/arguments";
import { checkAudience, type AudienceInputs } from "./check";
import { isUnreachable } from "../domo/request-error";
import { AwsCallError, DomoExportError, type CheckFailure } from "../errors";
import { regionFault } from "../aws/region";
import type { Reporter } from "../host/reporter";
import type { Services } from "../services";
import { UNKNOWN } from "../host/unknown";

type Inputs = Readonly<Record<string, unknown>>;

/** Whether the arguments say something else about the audience than state does, so that it has to be judged again. */
export function changesAudience(olds: Inputs, inputs: Inputs): boolean {
  return audienceArguments.some((name) => !isDeepStrictEqual(olds[name], inputs[name]));
}

/**
 * The preflight of a preview: bucket, region and audience, when all of it is known. A bucket that does not exist yet is
 * checked by `create`.
 *
 * @param options.goOn whether a Domo that can't be reached is a warning
 */
export async function previewAudience(
  services: Services,
  report: Reporter,
  { inputs, goOn }: { inputs: Inputs; goOn: boolean },
): Promise<CheckFailure[]> {
  if (audienceArguments.some((name) => inputs[name] === UNKNOWN)) return [];
  const bucket = String(inputs.bucket);
  try {
    const region = await services.read.bucketRegion(bucket);
    const fault = regionFault({ bucket, region: inputs.region as string | undefined }, region);
    if (fault) return [{ property: "region", reason: fault }];
    await checkAudience(services, report, { inputs: inputs as unknown as AudienceInputs, place: { bucket, region } });
    return [];
  } catch (error) {
    if (!(error instanceof DomoExportError)) throw error;
    const isUnasked = error instanceof AwsCallError || (goOn && isUnreachable(error));
    if (!isUnasked) return [{ property: "bucket", reason: error.message }];
    if (!(error instanceof AwsCallError) || (error.code !== "NotFound" && error.code !== "NoSuchBucket")) {
      report.warn(`the bucket's audience is not checked in this preview: ${error.message}; pulumi up will check it`);
    }
    return [];
  }
}
