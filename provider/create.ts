import { manifestKeyOf } from "./args/manifest-key";
import { inputNames, type ExportInputs } from "./args/schema";
import { checkAudience } from "./audience/check";
import { changesAudience } from "./audience/preview";
import { versionsLeftText } from "./aws/remove-objects";
import { adopt, takesOver } from "./delivery/adopt";
import { deliver } from "./delivery/deliver";
import type { Order } from "./delivery/order";
import { deliveredRow } from "./delivery/row";
import { verifyRows } from "./delivery/verify";
import { differences, runsExport } from "./diff";
import { unlessAborted } from "./host/abort";
import { PreflightError } from "./errors";
import { requireEngine } from "./host/engine-alive";
import { createReporter } from "./host/reporter";
import type { Host } from "./host/settings";
import { leftoverKeys } from "./leftovers";
import { claimManifest, awaitingManifest, publishManifest } from "./manifest/publish";
import { recordedFault } from "./preview";
import { awsServices, requireServices } from "./services";
import {
  exportKeys,
  placeOf,
  recordedKeys,
  withoutUndefined,
  type ExportState,
  type RecordedExport,
} from "./state/export-state";
import { IncompleteExportError } from "./state/incomplete-export";

/** Dataset, bucket and path: what replaces the resource when it changes, so the id holds for the resource's life. */
export function idOf({ dataset, bucket, path }: ExportInputs): string {
  return `${dataset}@s3://${bucket}/${path}`;
}

/**
 * A resource that stays keeps its objects, whatever others of this run remove; one that is replaced leaves its manifest to
 * its successor. Only `diff` sees every resource.
 */
export function rememberObjects(
  { urn }: Host,
  { manifestObject, ...state }: ExportState,
  { isReplaced }: { isReplaced: boolean },
): void {
  const { kept } = awsServices();
  const { bucket } = state;
  const ofManifest = manifestObject ? [manifestObject.key] : [];
  if (!isReplaced) kept.keep(urn, bucket, [...exportKeys(state), ...ofManifest]);
  else if (manifestObject) kept.leave(urn, { bucket, ...manifestObject });
}

/** Runs the export, or finds the one that an interrupted run left, and verifies what it delivered. */
export async function createExport(host: Host, inputs: ExportInputs): Promise<ExportState> {
  const order = await orderOf(host, inputs);
  return untilArrived(order, run(order));
}

/** Runs the export again where its result would differ; otherwise only records the arguments. */
export async function updateExport(host: Host, previous: ExportState, inputs: ExportInputs): Promise<ExportState> {
  const order = await orderOf(host, inputs, previous);
  return untilArrived(order, runsExport(differences(previous, inputs)) ? run(order) : record(order, previous));
}

/** The engine leaves out what is said after an operation's end. */
async function untilArrived<T>({ report }: Order, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } finally {
    await report.arrived();
  }
}

async function orderOf(host: Host, inputs: ExportInputs, previous?: ExportState): Promise<Order> {
  return {
    services: await requireServices(host),
    report: createReporter(host),
    inputs,
    name: host.urn ?? `${inputs.bucket}/${inputs.path}`,
    previous,
    patient: host.patient,
    limitedBy: host.limitedBy,
    stillWanted: () => unlessAborted(requireEngine(host.engine), host.signal),
    signal: host.signal,
  };
}

async function run(order: Order): Promise<ExportState> {
  const { services, report, inputs, previous, name } = order;
  await claimManifest(order);
  const delivery = await (takesOver(inputs, previous) ? adopt(order, inputs.adopt ?? "") : deliver(order));
  const earlier = await earlierKeys(order);
  switch (delivery.kind) {
    case "unfinished":
      throw new IncompleteExportError(idOf(inputs), stateOf(order, delivery.recorded, earlier), delivery.cause);
    case "delivered": {
      const state = stateOf(order, delivery.export, earlier);
      const manifest = manifestKeyOf(inputs, name);
      services.kept.keep(name, state.bucket, [...exportKeys(state), ...(manifest === undefined ? [] : [manifest])]);
      const result = await concluded(order, state, { isNew: true });
      report.progress(deliveredRow(state));
      return result;
    }
  }
}

/**
 * Writes the manifest of what is delivered, and only then removes what the one before points to. Where it can't be written,
 * the next `up` does it without another export.
 */
async function concluded(order: Order, state: ExportState, { isNew }: { isNew: boolean }): Promise<ExportState> {
  try {
    const published = await publishManifest(order, state, { isNew });
    return await (order.inputs.deleteObjects ? withoutSuperseded(order, published) : published);
  } catch (error) {
    const cause = error as Error;
    throw new IncompleteExportError(idOf(order.inputs), awaitingManifest(order, state, cause), cause);
  }
}

/** What state holds: with `deleteObjects`, the objects of earlier exports too, until they are removed. */
function stateOf({ inputs, previous }: Order, recorded: RecordedExport, earlier: readonly string[]): ExportState {
  const kept = new Set(exportKeys(recorded));
  const superseded = [...new Set(earlier)].filter((key) => !kept.has(key));
  return withoutUndefined<ExportState>({
    ...inputs,
    ...recorded,
    manifestObject: previous?.manifestObject,
    superseded: superseded.length > 0 ? superseded : undefined,
  });
}

/** With `deleteObjects`, the keys of what was exported before. */
async function earlierKeys({ services, inputs, previous }: Order): Promise<string[]> {
  if (!inputs.deleteObjects || !previous) return [];
  return [...recordedKeys(previous), ...(await leftoverKeys(services.aws, previous).catch(() => []))];
}

async function withoutSuperseded({ services, report }: Order, state: ExportState): Promise<ExportState> {
  const { superseded, ...rest } = state;
  if (!superseded) return state;
  try {
    const removal = await services.kept.removeUnkept(placeOf(state), superseded);
    const left = versionsLeftText(state.bucket, removal);
    if (left === undefined) return rest;
    report.warn(left);
    return { ...state, superseded: [...removal.versionsLeft] };
  } catch (error) {
    report.warn(`objects of the earlier export are still there and stay recorded: ${(error as Error).message}`);
    return state;
  }
}

/** Records changed arguments, after looking at what they newly claim. */
async function record(order: Order, previous: ExportState): Promise<ExportState> {
  const { services, report, inputs, signal } = order;
  const fault = recordedFault(previous, inputs);
  if (fault !== undefined) throw new PreflightError(`expectRows: ${fault}`);
  const place = placeOf(previous);
  let audience: Partial<RecordedExport> = {};
  if (changesAudience({ ...previous }, { ...inputs }))
    audience = await checkAudience(services, report, { inputs, place, previous });
  let { files, counts } = previous;
  if (inputs.verify === "rows" && previous.verify !== "rows") {
    files = await verifyRows({ services, signal }, { place, ...previous });
    counts = counts && { ...counts, objects: counts.domo };
  }
  const recorded = Object.fromEntries(Object.entries(previous).filter(([name]) => !inputNames.has(name)));
  const state = withoutUndefined<ExportState>({
    ...(recorded as unknown as RecordedExport),
    ...inputs,
    ...audience,
    files,
    counts,
    drift: inputs.onNewData === "ignore" ? previous.drift.filter(({ kind }) => kind !== "new-data") : previous.drift,
  });
  return concluded(order, state, { isNew: false });
}
