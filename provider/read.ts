import { bucketNow } from "./audience/check";
import { policiesNow } from "./audience/policies-digest";
import { commonFolder } from "./aws/object-url";
import { AwsCallError, DomoStatusError, PreflightError } from "./errors";
import { findDrift, isStored, type Observation } from "./find-drift";
import { createReporter, type Reporter } from "./host/reporter";
import type { Host } from "./host/settings";
import { requireServices, type Services } from "./services";
import type { ExportState } from "./state/export-state";

/**
 * Looks at what is there of an export, at Domo and in S3, and says what drifted. What can't be asked fails: an export is
 * only "gone" when both have answered and neither knows it.
 *
 * @returns the state with its drift, or `undefined` when nothing of the export is left.
 */
export async function readExport(host: Host, state: ExportState): Promise<ExportState | undefined> {
  if (state.exportStatus !== "success") return state;
  return readWith(await requireServices(host), createReporter(host), state);
}

/** The same of a complete export, with these services. */
export async function readWith(
  services: Services,
  report: Reporter,
  state: ExportState,
): Promise<ExportState | undefined> {
  if (services.settings.origin !== state.instance) throw otherInstance(state, services);
  const seen = await observe(services, state, report);
  if (!isStored(state, seen) && !(await isListed(services, state))) return undefined;
  const drift = findDrift(state, seen);
  for (const { kind, subject, expected, actual } of drift)
    report.warn(`drift: ${kind} "${subject}": expected ${expected}, found ${actual}`);
  await report.arrived();
  return { ...state, drift };
}

async function observe(services: Services, state: ExportState, report: Reporter): Promise<Observation> {
  const { read } = services;
  const { dataset, bucket } = state;
  const [region, facts, columns, policies] = await settled([
    read.bucketRegion(bucket).catch(absentWhere(isNoBucket)),
    read.dataset(dataset).catch(absentWhere(isNoDataset)),
    read.columns(dataset).catch(absentWhere(isNoDataset)),
    policiesNow(services, dataset),
  ]);
  const seen = { region, data: facts && { changedAt: facts.dataUpdated }, columns, policies };
  if (region === undefined) return { ...seen, objects: [], exposures: [] };
  const place = { bucket, region };
  const { manifestObject } = state;
  const [objects, manifest, now] = await settled([
    read.listing(place, commonFolder(state.files.map(({ key }) => key))),
    manifestObject ? read.listing.object(place, manifestObject.key) : Promise.resolve(undefined),
    bucketNow(services, { inputs: state, place, accepted: state.acceptedExposures }),
  ]);
  if (now.kind === "unclear") report.warn(`whether the bucket has been opened is not known: ${now.message}`);
  return { ...seen, objects, manifest, exposures: now.kind === "open" ? now.exposures : [] };
}

async function isListed({ read }: Services, { dataset, exportId }: ExportState): Promise<boolean> {
  const list = await read.list(dataset).catch(absentWhere(isNoDataset));
  return list?.value.some((entry) => entry.exportId === exportId) ?? false;
}

/** As `Promise.all`, but fails only when none runs any more: a shared read that goes on would answer the next operation. */
async function settled<T extends Promise<unknown>[]>(reads: [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(reads);
  return Promise.all(reads);
}

function absentWhere(isAbsent: (error: unknown) => boolean): (error: unknown) => undefined {
  return (error) => {
    if (!isAbsent(error)) throw error;
    return undefined;
  };
}

function isNoBucket(error: unknown): boolean {
  return error instanceof AwsCallError && (error.code === "NotFound" || error.code === "NoSuchBucket");
}

function isNoDataset(error: unknown): boolean {
  return error instanceof DomoStatusError && error.status === 404;
}

function otherInstance({ instance, exportId }: ExportState, { settings }: Services): PreflightError {
  return new PreflightError(`export ${exportId} is of ${instance}, but the settings name ${settings.origin}`, {
    advice: "correct domo:instance (DOMO_INSTANCE), or run pulumi up to export from the other instance",
  });
}
