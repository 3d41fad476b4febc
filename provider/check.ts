import { isDeepStrictEqual } from "node:util";
import { canonicalArgs, setQuery } from "./args/normalize";
import { isUnreachable } from "./domo/request-error";
import { DomoExportError, DomoStatusError, type CheckFailure } from "./errors";
import { previewAudience } from "./audience/preview";
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
  const { inputs, query, failures } = await canonicalArgs(news);
  const settings = readSettings(host);
  const missingTokenIsFine = host.preview === true && offlinePreview(host) === "warn";
  const knowsWhom = settings.ok || (settings.onlyToken && missingTokenIsFine);
  if (!knowsWhom) failures.push(...settings.failures);
  inputs.instance = settings.ok ? settings.settings.origin : settings.origin;

  const isDatasetWrong = failures.some(({ property }) => property === "dataset");
  const asks = query && inputs.dataset !== UNKNOWN && !isDatasetWrong && !isUnchanged(olds, inputs);
  if (knowsWhom && asks) {
    const dataset = String(inputs.dataset);
    const faults = settings.ok
      ? await columnFaults(host, settings.settings, { dataset, query, inputs, goOn: missingTokenIsFine })
      : unchecked(host, "no Domo developer token is set (DOMO_DEVELOPER_TOKEN)");
    failures.push(...faults);
  }
  if (host.preview === true && settings.ok && failures.length === 0) {
    const report = createReporter(host);
    const services = await servicesFor(settings.settings);
    failures.push(...(await previewAudience(services, report, { olds, inputs, goOn: missingTokenIsFine })));
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
  /** Where the query is put when it fits: only the columns tell which texts are dates. */
  inputs: Record<string, unknown>;
  /** Whether to go on when Domo can't be reached. */
  goOn: boolean;
}

async function columnFaults(
  host: Host,
  settings: Settings,
  { dataset, query, inputs, goOn }: ColumnCheck,
): Promise<CheckFailure[]> {
  const services = await servicesFor(settings);
  try {
    const [facts, columns] = await Promise.all([services.read.dataset(dataset), services.read.columns(dataset)]);
    const faults = checkQuery(query, { name: facts.name, columns });
    if (faults.length === 0) setQuery(inputs, fitDates(query, columns));
    return faults.map(({ path, reason }) => ({ property: path, reason }));
  } catch (error) {
    if (!(error instanceof DomoExportError)) throw error;
    if (goOn && isUnreachable(error)) return unchecked(host, error.message);
    return [
      {
        property: error instanceof DomoStatusError && error.status === 401 ? "domo:developerToken" : "dataset",
        reason: error.message,
      },
    ];
  }
}

let warned = false;

/** Says once per process that columns were not checked. */
function unchecked(host: Host, why: string): CheckFailure[] {
  if (!warned) {
    createReporter(host).warn(
      `columns and types of the queries are not checked: ${why}; pulumi up will check them (domo:offlinePreview: fail makes this an error)`,
    );
  }
  warned = true;
  return [];
}
