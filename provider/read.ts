import { findDrift, isGone, type Observation } from "./find-drift";
import { AwsCallError } from "./errors";
import type { Services } from "./services";
import type { ExportState } from "./state/export-state";
import { commonFolder } from "./delivery/verify";

/**
 * Looks at what is there of an export, at Domo and in S3. Whatever can't be asked fails: an export is only "gone" when
 * both have answered and neither knows it.
 *
 * @returns the state with its drift, or `undefined` when nothing of the export is left.
 */
export async function readExport(services: Services, state: ExportState): Promise<ExportState | undefined> {
  if (state.exportStatus !== "success") return state;
  const seen = await observe(services, state);
  if (isGone(state, seen)) return undefined;
  return { ...state, drift: findDrift(state, seen) };
}

async function observe(services: Services, state: ExportState): Promise<Observation> {
  const { aws } = services;
  const { dataset, bucket } = state;
  const [region, listed, facts, columns] = await settled([
    services.read.bucketRegion(bucket).catch(ifNoSuchBucket),
    services.read.list(dataset),
    services.read.dataset(dataset),
    services.read.columns(dataset),
  ]);
  const folder = commonFolder(state.files.map(({ key }) => key));
  const found = region === undefined ? { objects: [] } : await aws.list({ bucket, region }, folder);
  return { region, objects: found.objects, listed: listed.value, dataUpdated: facts.dataUpdated, columns };
}

/** As `Promise.all`, but fails only when none runs any more: a shared read that goes on would answer the next operation. */
async function settled<T extends Promise<unknown>[]>(reads: [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(reads);
  return Promise.all(reads);
}

function ifNoSuchBucket(error: unknown): undefined {
  if (error instanceof AwsCallError && (error.code === "NotFound" || error.code === "NoSuchBucket")) return undefined;
  throw error;
}
