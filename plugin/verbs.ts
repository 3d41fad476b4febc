/*
 * The lifecycle's verbs as this shell calls them: the URN and whether it is a preview are the host's, inputs and state are
 * neutral. TODAY the lifecycle still takes both among the inputs; this file is the only one that knows.
 */
import type { ExportInputs } from "../provider/args/schema";
import type { Difference } from "../provider/diff";
import type { CheckFailure } from "../provider/args/schema";
import * as lifecycle from "../provider/lifecycle";
import type { ExportState } from "../provider/state/export-state";
import { IncompleteExportError } from "../provider/state/incomplete-export";
import type { Host } from "./host";

type Values = Record<string, unknown>;

export async function check(
  host: Host,
  olds: Values,
  news: Values,
): Promise<{ inputs: Values; failures: CheckFailure[] }> {
  const dryRun = host.preview ? { dryRun: true } : {};
  const { inputs, failures } = await lifecycle.check(host, olds, { ...news, resourceUrn: host.urn, ...dryRun });
  return { inputs: neutral(inputs), failures };
}

export function diff(host: Host, olds: ExportState, news: ExportInputs): Difference[] {
  return lifecycle.diff(host, "", olds, { ...news, resourceUrn: host.urn }).differences;
}

export async function create(host: Host, inputs: ExportInputs): Promise<{ id: string; state: ExportState }> {
  const { id, outs } = await keepingNeutral(lifecycle.create(host, { ...inputs, resourceUrn: host.urn }));
  return { id, state: neutral(outs) };
}

export async function update(host: Host, previous: ExportState, inputs: ExportInputs): Promise<ExportState> {
  const { outs } = await keepingNeutral(lifecycle.update(host, "", previous, { ...inputs, resourceUrn: host.urn }));
  return neutral(outs);
}

export async function read(host: Host, state: ExportState): Promise<ExportState | undefined> {
  const { props } = await lifecycle.read(host, "id", { ...state, resourceUrn: host.urn });
  return props && neutral(props);
}

export function remove(host: Host, state: ExportState): Promise<void> {
  return lifecycle.delete(host, "", state);
}

async function keepingNeutral<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof IncompleteExportError) delete error.properties.resourceUrn;
    throw error;
  }
}

function neutral<T extends Values | ExportState>({ ...values }: T): T {
  delete values.resourceUrn;
  return values;
}
