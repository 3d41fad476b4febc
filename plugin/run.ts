import type { ExportInputs } from "../provider/args/schema";
import { runsExport } from "../provider/diff";
import {
  CancelledError,
  type DomoExportError,
  ExportTimeoutError,
  failureText,
  PreflightError,
} from "../provider/errors";
import { createReporter } from "../provider/host/reporter";
import { UNKNOWN } from "../provider/host/unknown";
import type { ExportState } from "../provider/state/export-state";
import { IncompleteExportError } from "../provider/state/incomplete-export";
import { createExport as createNew, idOf, updateExport as updateRecorded } from "../provider/create";
import { previewRows } from "../provider/preview";
import { removeExport } from "../provider/remove";
import { differencesOf } from "./diff";
import { stateOf } from "./state";
import { withoutSecrets } from "../provider/host/secret-faults";
import type { Host } from "../provider/host/settings";
import { outputs } from "./schema/outputs";
import { awaitFailed, initFailed, WireFailure } from "./wire/failures";
import type { Properties } from "./wire/properties";

/** What an operation is asked with. */
export interface Operation {
  host: Host;
  /** Checked inputs. */
  news: Properties;
  /** Seconds of `customTimeouts`, which win over `timeoutSeconds` and are not recorded; 0 = none. */
  timeout: number;
}

/** Creates the export; in a preview, says only what is not known yet. */
export async function createExport(operation: Operation): Promise<{ id: string; values: object }> {
  const { host, news } = operation;
  if (host.preview) {
    await previewed(operation);
    return { id: "", values: { ...news.values, ...unknownOutputs() } };
  }
  const state = await run(operation, "create", createNew);
  return { id: idOf(state), values: withOwnTimeout(state, news) };
}

/** Updates the export; in a preview, the outputs stay as they are when only the arguments would be recorded. */
export async function updateExport(operation: Operation, olds: Properties): Promise<object> {
  const { host, news } = operation;
  if (host.preview) {
    const [previous, runs] = [stateOf(olds), runsExport(differencesOf(olds, news))];
    await previewed(operation, { previous, runs });
    return { ...previous, ...news.values, manifestObject: UNKNOWN, ...(runs && unknownOutputs()) };
  }
  const state = await run(operation, "update", (host, inputs) => updateRecorded(host, stateOf(olds), inputs));
  return withOwnTimeout(state, news);
}

/** Counts what would be exported, where that is known, and fails outside of `expectRows`. */
async function previewed({ host, news }: Operation, update?: { previous: ExportState; runs: boolean }): Promise<void> {
  const [fault] = await previewRows(host, news.values as never, update);
  if (fault) throw new PreflightError(failureText(fault));
}

async function run<T>(
  { host, news, timeout }: Operation,
  verb: "create" | "update",
  operation: (host: Host, inputs: ExportInputs) => Promise<T>,
): Promise<T> {
  const { onTimeout, ...inputs } = news.values;
  const limit = timeout > 0 ? { timeoutSeconds: timeout } : {};
  const limitedBy = timeout > 0 ? `customTimeouts.${verb}` : undefined;
  try {
    const patient = onTimeout === "await";
    return await operation({ ...host, patient, limitedBy }, { ...inputs, ...limit } as unknown as ExportInputs);
  } catch (error) {
    if (onTimeout === "await" && isTimeout(error)) {
      const text = withoutSecrets(error.message, news.secretTexts);
      createReporter(host).info(`still running: ${error.message}`); // the engine drops the failure's own text
      throw new WireFailure(awaitFailed(text));
    }
    if (!(error instanceof IncompleteExportError)) throw error;
    const { id, properties } = error;
    const reasons = error.reasons.map((reason) => withoutSecrets(reason, news.secretTexts));
    throw new WireFailure(initFailed({ id, state: withOwnTimeout(properties, news), reasons }, news.withSecrets));
  }
}

/** Longer timers of Node end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Removes the export; where `customTimeouts.delete` is over, what is left is removed by the next run. */
export async function deleteExport({ host, timeout }: Pick<Operation, "host" | "timeout">, olds: Properties) {
  if (timeout <= 0) return removeExport(host, stateOf(olds));
  const limit = AbortSignal.timeout(Math.min(Math.ceil(timeout * 1000), LONGEST_TIMER_MS));
  const signal = host.signal ? AbortSignal.any([host.signal, limit]) : limit;
  try {
    await removeExport({ ...host, signal }, stateOf(olds));
  } catch (error) {
    if (!limit.aborted || !(error instanceof CancelledError) || host.signal?.aborted) throw error;
    throw new ExportTimeoutError(`Removing the export's objects was not done after ${timeout} s`, {
      advice:
        "what is left is still recorded; run it again, or raise customTimeouts.delete if it always takes this long",
      cause: error,
    });
  }
}

/** Whether time ran out, for this export or for the one that has the dataset's slot: the next `up` looks again. */
function isTimeout(error: unknown): error is DomoExportError {
  const cause = error instanceof IncompleteExportError ? error.cause : error;
  return cause instanceof ExportTimeoutError;
}

function withOwnTimeout(state: ExportState, { values }: Properties): object {
  return { ...state, timeoutSeconds: values.timeoutSeconds };
}

function unknownOutputs(): Record<string, unknown> {
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, UNKNOWN]));
}
