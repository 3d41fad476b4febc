import { checkArgs, type CheckResult } from "./check";
import { createExport, idOf, rememberObjects, updateExport } from "./create";
import { differences, runsExport, type Difference } from "./diff";
import { inputNames, type ExportInputs } from "./args/schema";
import { DomoExportError, failureText, PreflightError } from "./errors";
import { open, type Envelope } from "./host/envelope";
import { hideTree, plainTree } from "./host/hidden-tree";
import { printable, withoutSecretFault, withoutSecrets } from "./host/secret-faults";
import type { Host } from "./host/settings";
import { previewRows } from "./preview";
import { readExport } from "./read";
import { removeExport } from "./remove";
import { awsServices } from "./services";
import type { ExportState } from "./state/export-state";
import { IncompleteExportError } from "./state/incomplete-export";

/** A value as the dynamic shell passes it. */
type Wire<T> = T & Envelope;

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
  news: Wire<Record<string, unknown>>,
): Promise<CheckResult> {
  const { host: around, content, address } = open(host, news);
  const { sql, ...args } = content; // a place for the derived text, secret where the query is
  const { inputs, failures } = await checkArgs(around, plainTree(olds), args);
  const secret = { names: new Set(address.__secretArguments), texts: around.secretTexts ?? [] };
  if (around.urn !== undefined) awsServices().previewed.set(around.urn, around.preview === true);
  // Whether an update would export is known to `diff`, which is given the whole state.
  const isNew = olds.dataset === undefined;
  if (around.preview && isNew && failures.length === 0)
    failures.push(...(await previewRows(around, inputs as ExportInputs)));
  return {
    inputs: { ...hideTree(inputs), ...(secret.names.has("query") && { secretQuery: true }), ...address },
    failures: failures.map((failure) => printable(withoutSecretFault(failure, secret), { ...secret, values: args })),
  };
}

/** Shows what a change of the arguments, or drift that state records, leads to. */
export async function diff(
  host: Host,
  _id: string,
  olds: Wire<ExportState>,
  news: Wire<ExportInputs>,
): Promise<DiffResult> {
  const { host: around, content } = open(host, news);
  const found = differences(plainTree(olds), content);
  const replaces = found.filter(({ consequence }) => consequence === "replace").map(({ property }) => property);
  rememberObjects(around, olds, { isReplaced: replaces.length > 0 });
  // A replacement is checked once more, as a new resource.
  if (replaces.length === 0 && around.urn !== undefined && awsServices().previewed.get(around.urn)) {
    const update = { previous: open(host, olds).content, runs: runsExport(found) };
    const [fault] = await previewRows(around, content, update);
    if (fault) throw new PreflightError(withoutSecrets(failureText(fault), around.secretTexts));
  }
  return { changes: found.length > 0, replaces, deleteBeforeReplace: false, differences: found };
}

/** Runs the export, or finds the one that an interrupted run left, and verifies what it delivered. */
export async function create(host: Host, news: Wire<ExportInputs>): Promise<{ id: string; outs: Wire<ExportState> }> {
  const { host: around, content, seal } = open(host, news);
  return { id: idOf(content), outs: seal(await failingQuietly(around, createExport(around, content), seal)) };
}

/** Runs the export again where its result would differ; otherwise only records the arguments. */
export async function update(
  host: Host,
  _id: string,
  olds: Wire<ExportState>,
  news: Wire<ExportInputs>,
): Promise<{ outs: Wire<ExportState> }> {
  const { host: around, content, seal } = open(host, news);
  const previous = open(host, olds).content;
  return { outs: seal(await failingQuietly(around, updateExport(around, previous, content), seal)) };
}

/** Looks at Domo and at the objects in S3, and records what drifted. A blank id means that nothing is left. */
export async function read(
  host: Host,
  id: string,
  props: Wire<ExportState>,
): Promise<{ id: string; props?: Wire<ExportState>; inputs?: Wire<ExportInputs> }> {
  const { host: around, content, address } = open(host, props);
  const state = await failingQuietly(around, readExport(around, content));
  if (!state) return { id: "" };
  const kept = hideTree(state);
  return { id, props: { ...kept, ...address }, inputs: { ...inputsOf(kept), ...address } };
}

/** Forgets the export; with `deleteObjects`, removes the objects that it wrote. */
async function remove(host: Host, _id: string, props: Wire<ExportState>): Promise<void> {
  const { host: around, content } = open(host, props);
  await failingQuietly(around, removeExport(around, content));
}

export { remove as delete };

/**
 * Fails without the texts of secret arguments. The dynamic shell does not add its own key to the properties of an
 * incomplete resource, which is lost without it.
 */
async function failingQuietly<T>(
  { secretTexts }: Host,
  operation: Promise<T>,
  seal?: (state: ExportState) => Wire<ExportState>,
): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const message = withoutSecrets((error as Error).message, secretTexts);
    if (error instanceof IncompleteExportError) throw error.with(seal?.(error.properties) ?? error.properties, message);
    throw message === (error as Error).message ? error : new DomoExportError(message);
  }
}

function inputsOf(state: ExportState): ExportInputs {
  return Object.fromEntries(Object.entries(state).filter(([name]) => inputNames.has(name))) as ExportInputs;
}
