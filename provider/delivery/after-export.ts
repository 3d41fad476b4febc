import { bucketNow } from "../audience/check";
import { policiesNow } from "../audience/policies-digest";
import { DomoExportError } from "../errors";
import { exposureDrift, policiesDrift } from "../find-drift";
import type { Drift } from "../state/export-state";
import type { Order, Plan } from "./order";
import type { Moment } from "./row-counts";

/** What is so once an export has ended. Nothing can be refused any more: what can't be read is a reason. */
export interface AfterExport {
  /** What decides which rows the query has; a text says why that is not known. */
  moment: Moment | string;
  /** What has changed since the export was let start. */
  drift: Drift[];
}

/**
 * Looks once more at what decided that an export might start, and says loudly what has changed. Domo is asked anew; the
 * bucket's settings are of after the POST.
 */
export async function lookAfter(order: Order, { place, acceptedExposures, pdp }: Plan): Promise<AfterExport> {
  const { services, report, inputs } = order;
  const [moment, bucket] = await Promise.all([
    momentNow(order),
    bucketNow(services, { inputs, place, accepted: acceptedExposures }),
  ]);
  if (typeof moment === "string") report.warn(moment);
  if (bucket.kind === "unclear")
    report.warn(`whether the bucket was opened while the export ran is not known: ${bucket.message}`);
  const drift = [
    ...exposureDrift(place.bucket, bucket.kind === "open" ? bucket.exposures : []),
    ...policiesDrift({ dataset: inputs.dataset, pdp }, typeof moment === "string" ? undefined : moment.policies),
  ];
  for (const { kind, subject, actual } of drift)
    report.warn(
      `something changed meanwhile that would have kept the export from starting: ${kind} "${subject}": ${actual}`,
    );
  return { moment, drift };
}

async function momentNow({ services, inputs }: Order): Promise<Moment | string> {
  services.read.policies.forget(inputs.dataset);
  try {
    const [{ dataUpdated: data }, policies] = await Promise.all([
      services.fresh.dataset(inputs.dataset),
      policiesNow(services, inputs.dataset),
    ]);
    return { data, policies };
  } catch (error) {
    if (!(error instanceof DomoExportError)) throw error;
    return `Domo can't be asked whether the data or the row policies have changed: ${error.message}`;
  }
}
