import { isDeepStrictEqual } from "node:util";
import { manifestKeyOf } from "../args/manifest-key";
import type { S3Place } from "../aws/clients";
import type { Order } from "../delivery/order";
import { isManifestDrift } from "../find-drift";
import { placeOf, withoutUndefined, type ExportState, type ManifestObject } from "../state/export-state";
import { manifestText } from "./compose";
import { leftByReplaced, standingAt, type Claim } from "./owner";
import { removeManifest } from "./remove";
import { manifestPolicy, writeManifest } from "./write";

/** Makes sure, before anything is exported, that the manifest can be written once it is. */
export async function claimManifest(order: Order): Promise<void> {
  const { services, inputs } = order;
  const key = manifestKeyOf(inputs, order.name);
  if (key === undefined) return;
  const place = { bucket: inputs.bucket, region: await services.read.bucketRegion(inputs.bucket) };
  if (inputs.roleArn !== undefined) manifestPolicy(order, place, key);
  await standingAt(services.aws, claimOf(order, place, key));
}

/**
 * Writes the manifest of what `state` holds, which is verified, and removes the one at an earlier place.
 *
 * @param options.isNew whether `state` is of another export than before, so that it is written in any case
 */
export async function publishManifest(
  order: Order,
  state: ExportState,
  { isNew }: { isNew: boolean },
): Promise<ExportState> {
  const { services, inputs, previous, report } = order;
  const place = placeOf(state);
  const key = manifestKeyOf(inputs, order.name);
  const before = previous?.manifestObject;
  const manifest =
    !isNew && key === before?.key && isCurrent(state, previous) ? before : await written(order, state, key);
  if (before && before.key !== key) {
    const old = { place, manifest: before, resource: order.name, exportId: state.exportId };
    await removeManifest(services.aws, { ...old, remove: services.aws.remove }).catch((error: Error) =>
      report.warn(`the manifest has moved, and the old one is still there: ${error.message}`),
    );
  }
  return withoutUndefined<ExportState>({ ...state, manifestObject: manifest, drift: withoutManifest(state) });
}

/** What state holds of an export that is delivered and whose manifest could not be written. */
export function awaitingManifest(order: Order, state: ExportState, error: Error): ExportState {
  const subject = manifestKeyOf(order.inputs, order.name) ?? "";
  const { key = subject, etag } = order.previous?.manifestObject ?? {};
  const expected = `the manifest of export ${state.exportId}`;
  return {
    ...state,
    manifestObject: withoutUndefined({ key, etag }),
    drift: [...withoutManifest(state), { kind: "manifest-missing", subject, expected, actual: error.message }],
  };
}

async function written(order: Order, state: ExportState, key: string | undefined): Promise<ManifestObject | undefined> {
  if (key === undefined) return undefined;
  const { services, report, name } = order;
  report.progress("writing the manifest");
  const [facts, columns] = await Promise.all([
    services.read.dataset(state.dataset),
    services.read.columns(state.dataset),
  ]);
  const text = manifestText(state, { resource: name, facts, columns });
  const etag = await writeManifest(order, claimOf(order, placeOf(state), key), text);
  return { key, etag, exportId: state.exportId };
}

/** Whether the manifest that the state before records is that of `state`. */
function isCurrent({ exportId, files }: ExportState, previous: ExportState | undefined): boolean {
  return (
    previous?.manifestObject?.exportId === exportId &&
    isDeepStrictEqual(previous?.files, files) &&
    !previous?.drift.some(isManifestDrift)
  );
}

function claimOf({ previous, services, inputs, name }: Order, place: S3Place, key: string): Claim {
  const recorded = previous ? previous.manifestObject : leftByReplaced(services.kept, name, place);
  return { place, key, resource: name, asks: inputs, recorded };
}

function withoutManifest({ drift }: ExportState): ExportState["drift"] {
  return drift.filter((difference) => !isManifestDrift(difference));
}
