import { isDeepStrictEqual } from "node:util";
import { canonicalArgs, queryInputs } from "./args/normalize";
import { isUnreachable } from "./domo/request-error";
import { DomoExportError, DomoStatusError, type CheckFailure } from "./errors";
import { changesAudience, previewAudience } from "./audience/preview";
import { previewManifest } from "./manifest/preview";
import { createReporter } from "./host/reporter";
import type { SelectNode } from "./query/ast";
import { checkQuery } from "./query/check/columns";
import { fitDates } from "./query/check/value-type";
import { servicesFor } from "./services";
import { offlinePreview, readSettings, type Host, type Settings } from "./host/settings";
import { withoutUndefined } from "./state/export-state";
import { UNKNOWN } from "./host/unknown";

/** Inputs in their normal form, and what is wrong with them. */
export interface CheckResult {
  inputs: Record<string, unknown>;
  failures: CheckFailure[];
}

/**
 * Checks the arguments and brings them into their normal form. The dataset's columns are only asked for when dataset or
 * query differ from what state holds: an unchanged export costs no call.
 */
export async function checkArgs(
  host: Host,
  olds: Record<string, unknown>,
  news: Record<string, unknown>,
): Promise<CheckResult> {
  const { inputs: canonical, query, failures } = await canonicalArgs(news);
  const settings = readSettings(host);
  const missingTokenIsFine = host.preview === true && offlinePreview(host) === "warn";
  const knowsWhom = settings.ok || (settings.onlyToken && missingTokenIsFine);
  if (!knowsWhom) failures.push(...settings.failures);
  let inputs: CheckResult["inputs"] = {
    ...canonical,
    instance: settings.ok ? settings.settings.origin : settings.origin,
  };
  const isDatasetWrong = failures.some(({ property }) => property === "dataset");
  const asks = query && inputs.dataset !== UNKNOWN && !isDatasetWrong && !isUnchanged(olds, inputs);
  if (knowsWhom && asks) {
    const dataset = String(inputs.dataset);
    const checked = settings.ok
      ? await checkColumns(host, settings.settings, { dataset, query, goOn: missingTokenIsFine })
      : unchecked(host, "no Domo developer token is set (DOMO_DEVELOPER_TOKEN)");
    inputs = { ...inputs, ...checked.inputs };
    failures.push(...checked.failures);
  }
  if (host.preview === true && settings.ok && failures.length === 0 && changesAudience(olds, inputs)) {
    const report = createReporter(host);
    const services = await servicesFor(settings.settings, host.signal);
    failures.push(...(await previewAudience(services, report, { inputs, goOn: missingTokenIsFine })));
    failures.push(...(await previewManifest(services, { olds, inputs, urn: host.urn })));
    await report.arrived();
  }
  return { inputs: withoutUndefined(inputs), failures };
}

function isUnchanged(olds: Record<string, unknown>, inputs: Record<string, unknown>): boolean {
  return olds.dataset === inputs.dataset && isDeepStrictEqual(olds.query, inputs.query);
}

interface ColumnCheck {
  dataset: string;
  query: SelectNode;
  /** Whether to go on when Domo can't be reached. */
  goOn: boolean;
}

/** Holds the query against the columns. Only they tell which texts are dates: the query's inputs are returned with those. */
async function checkColumns(
  host: Host,
  settings: Settings,
  { dataset, query, goOn }: ColumnCheck,
): Promise<CheckResult> {
  const services = await servicesFor(settings, host.signal);
  try {
    const [facts, columns] = await Promise.all([services.read.dataset(dataset), services.read.columns(dataset)]);
    const faults = checkQuery(query, { name: facts.name, columns });
    if (faults.length === 0) return { inputs: queryInputs(fitDates(query, columns)), failures: [] };
    return { inputs: {}, failures: faults.map(({ path, reason }) => ({ property: path, reason })) };
  } catch (error) {
    if (!(error instanceof DomoExportError)) throw error;
    if (goOn && isUnreachable(error)) return unchecked(host, error.message);
    const property = error instanceof DomoStatusError && error.status === 401 ? "domo:developerToken" : "dataset";
    return { inputs: {}, failures: [{ property, reason: error.message }] };
  }
}

let warned = false;

/** Says once per process that columns were not checked. */
function unchecked(host: Host, why: string): CheckResult {
  if (!warned) {
    createReporter(host).warn(
      `columns and types of the queries are not checked: ${why}; pulumi up will check them (domo:offlinePreview: fail makes this an error)`,
    );
  }
  warned = true;
  return { inputs: {}, failures: [] };
}
