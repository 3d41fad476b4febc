import { adoptExport } from "./delivery/adopt";
import { checkArgs, type CheckResult } from "./check";
import { deliver } from "./delivery/deliver";
import { differences, type Difference } from "./diff";
import { PreflightError } from "./errors";
import { requireEngine } from "./host/engine-alive";
import { holdObjects, removeUnheld } from "./state/kept-objects";
import { IncompleteExportError } from "./state/incomplete-export";
import { createReporter } from "./host/reporter";
import { readExport } from "./read";
import { inputNames, type ExportInputs } from "./args/schema";
import { servicesFor, type Services } from "./services";
import { readSettings, type Host } from "./host/settings";
import { withoutUndefined, type DeliveredExport, type ExportState } from "./state/export-state";
import { verifyRows } from "./delivery/verify";

export type { CheckResult } from "./check";
export type { Host } from "./host/settings";

/** A value as a shell hands it over: the dynamic one adds a key of its own. */
type Wire<T> = T & { __provider?: unknown };

/** What `diff` found: whether anything changes, and which arguments need another resource. */
export interface DiffResult {
  changes: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** Every difference with its consequence, for shells that can show it. */
  differences: Difference[];
}

/** Checks the arguments as far as they are known: shape, query, and the dataset's columns when Domo can be asked. */
export async function check(
  host: Host,
  olds: Record<string, unknown>,
  news: Record<string, unknown>,
): Promise<CheckResult> {
  return checkArgs(host, olds, news);
}

/** Tells what a change of the arguments, or drift that state records, leads to. */
export function diff(_host: Host, _id: string, olds: Wire<ExportState>, news: Wire<ExportInputs>): DiffResult {
  const found = differences(olds, news);
  const replaces = found.filter(({ consequence }) => consequence === "replace").map(({ property }) => property);
  if (replaces.length === 0 && olds.origin !== "created") holdObjects(news.resourceUrn, olds);
  return { changes: found.length > 0, replaces, deleteBeforeReplace: false, differences: found };
}

/** Runs the export, or finds the one that an interrupted run left, and verifies what it delivered. */
export async function create(host: Host, news: Wire<ExportInputs>): Promise<{ id: string; outs: ExportState }> {
  const inputs = inputsOf(news);
  return { id: idOf(inputs), outs: await keepingWire(news, () => run(host, inputs, undefined)) };
}

/** Runs the export again where its result would differ; otherwise only records the arguments. */
export async function update(
  host: Host,
  _id: string,
  olds: Wire<ExportState>,
  news: Wire<ExportInputs>,
): Promise<{ outs: ExportState }> {
  const inputs = inputsOf(news);
  const previous = stateOf(olds);
  const exports = differences(previous, inputs).some(({ consequence }) => consequence !== "record");
  if (!exports) return { outs: await record(host, inputs, previous) };
  return { outs: await keepingWire(news, () => run(host, inputs, previous)) };
}

/** Looks at Domo's list and at the objects in S3, and records what drifted. A blank id means that nothing is left. */
export async function read(
  host: Host,
  id: string,
  props: Wire<ExportState>,
): Promise<{ id: string; props?: ExportState; inputs?: ExportInputs }> {
  const state = await readExport(await requireServices(host), stateOf(props));
  if (!state) return { id: "" };
  const report = createReporter(host.engine, state.resourceUrn);
  for (const { kind, subject, expected, actual } of state.drift) {
    report.warn(`drift: ${kind} "${subject}": expected ${expected}, found ${actual}`);
  }
  const inputs = inputsOf(state);
  if (state.regionFromBucket) delete inputs.region;
  return { id, props: state, inputs };
}

/** Forgets the export; with `deleteObjects`, removes exactly the objects that state records. */
async function remove(host: Host, _id: string, props: Wire<ExportState>): Promise<void> {
  const state = stateOf(props);
  if (state.deleteObjects) await removeUnheld(() => requireServices(host), state, recordedKeys(state));
}

export { remove as delete };

async function run(host: Host, inputs: ExportInputs, previous: ExportState | undefined): Promise<ExportState> {
  const services = await requireServices(host);
  const report = createReporter(host.engine, inputs.resourceUrn);
  const superseded = inputs.deleteObjects && previous ? recordedKeys(previous) : [];
  let known: DeliveredExport | undefined;
  try {
    const delivered = inputs.adopt
      ? await adoptExport(services, report, inputs, inputs.adopt)
      : await deliver({
          services,
          report,
          inputs,
          previous,
          onPosted: (now) => (known = now),
          stillWanted: () => requireEngine(host.engine),
          signal: host.signal,
        });
    const state = joined(inputs, delivered, superseded);
    holdObjects(inputs.resourceUrn, state);
    return await withoutSuperseded(services, state);
  } catch (error) {
    if (!known || !(error instanceof Error)) throw error;
    throw new IncompleteExportError(idOf(inputs), joined(inputs, known, superseded), error);
  }

  async function withoutSuperseded({ aws }: Services, state: ExportState): Promise<ExportState> {
    if (!state.superseded) return state;
    const { superseded: keys, ...rest } = state;
    try {
      await removeUnheld(() => Promise.resolve({ aws }), state, keys);
      return rest;
    } catch (error) {
      report.warn(`objects of the earlier export are still there and stay recorded: ${(error as Error).message}`);
      return state;
    }
  }
}

async function record(host: Host, inputs: ExportInputs, previous: ExportState): Promise<ExportState> {
  if (inputs.verify === "rows" && previous.verify !== "rows") {
    const { aws } = await requireServices(host);
    await verifyRows(aws, { bucket: previous.bucket, region: previous.region ?? "" }, previous);
  }
  const { region, regionFromBucket } = previous;
  const kept =
    inputs.onNewData === "ignore" ? previous.drift.filter(({ kind }) => kind !== "new-data") : previous.drift;
  return withoutUndefined<ExportState>({
    ...deliveredOf(previous),
    ...inputs,
    ...(inputs.region === undefined && { region, regionFromBucket }),
    drift: kept,
  });
}

async function requireServices(host: Host): Promise<Services> {
  const result = readSettings(host);
  if (!result.ok)
    throw new PreflightError(result.failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
  return servicesFor(result.settings);
}

/** Dataset, bucket and path: what replaces the resource when it changes, so the id holds for the resource's life. */
function idOf({ dataset, bucket, path }: ExportInputs): string {
  return `${dataset}@s3://${bucket}/${path}`;
}

function joined(inputs: ExportInputs, delivered: DeliveredExport, superseded: string[]): ExportState {
  const fresh = new Set(delivered.files.map(({ key }) => key));
  const left = superseded.filter((key) => !fresh.has(key));
  return withoutUndefined<ExportState>({
    ...inputs,
    ...delivered,
    regionFromBucket: inputs.region === undefined ? true : undefined,
    superseded: left.length > 0 ? left : undefined,
  });
}

function recordedKeys({ files, superseded = [] }: ExportState): string[] {
  return [...files.map(({ key }) => key), ...superseded];
}

/** The dynamic shell does not add its own key to the properties of an incomplete resource, which is lost without it. */
async function keepingWire<T>({ __provider }: Wire<object>, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof IncompleteExportError && __provider !== undefined)
      Object.assign(error.properties, { __provider });
    throw error;
  }
}

function stateOf({ __provider: _, ...state }: Wire<ExportState>): ExportState {
  return state;
}

function inputsOf(from: Wire<ExportInputs>): ExportInputs {
  return Object.fromEntries(Object.entries(from).filter(([name]) => inputNames.has(name))) as ExportInputs;
}

function deliveredOf(state: ExportState): ExportState {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !inputNames.has(name))) as ExportState;
}
