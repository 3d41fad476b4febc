import type { ExportInputs } from "./args/schema";
import { takesOver } from "./delivery/adopt";
import { countIsNeeded, countQuery } from "./delivery/count-query";
import { numberText, outOfBounds, rowsText } from "./delivery/row-bounds";
import type { DomoDataset } from "./domo/answers";
import { DomoExportError, type CheckFailure } from "./errors";
import { createReporter } from "./host/reporter";
import { readSettings, type Host } from "./host/settings";
import { hasUnknown, UNKNOWN } from "./host/unknown";
import type { SelectNode } from "./query/ast";
import { servicesFor } from "./services";
import type { ExportState } from "./state/export-state";

/** Inputs of a preview, in which some are not known yet. */
type PreviewInputs = { [Name in keyof ExportInputs]: ExportInputs[Name] | typeof UNKNOWN };

/**
 * In a preview: where an export would run, asks Domo how many rows it would have, and shows that on the resource's row. Where
 * none would run, nobody is asked.
 *
 * @param update for a resource that is there: its state, and whether an export would run
 * @returns what is wrong with `expectRows`, if anything.
 */
export async function previewRows(
  host: Host,
  inputs: PreviewInputs,
  update?: { previous: ExportState; runs: boolean },
): Promise<CheckFailure[]> {
  const known = inputs as ExportInputs;
  const previous = update?.previous;
  if (previous && !update.runs) return failures(recordedFault(previous, known));
  const settings = readSettings(host);
  if (!settings.ok || inputs.countRows === "off" || takesOver(known, previous)) return [];
  if (hasUnknown([inputs.dataset, inputs.query])) return [];
  const report = createReporter(host);
  const uncounted = (reason: string): CheckFailure[] => {
    const why = countIsNeeded(known);
    if (why === undefined) report.info(`the query's rows are not counted: ${reason}`);
    else report.warn(`${why} is not checked in this preview: ${reason}; pulumi up will check it`);
    return [];
  };
  try {
    const { count, facts } = await countQuery(await servicesFor(settings.settings, host.signal), known);
    if (count.rows === undefined) return uncounted(count.reason);
    report.info(`would export ${rowsLine(count.rows, known.query, facts)}`);
    const fault = inputs.expectRows === UNKNOWN ? undefined : outOfBounds(count.rows, known.expectRows);
    return failures(fault && `the query has ${fault.fact} — ${fault.advice}`);
  } catch (error) {
    if (!(error instanceof DomoExportError)) throw error;
    return uncounted(error.message);
  }
}

/** What is wrong with `expectRows` of an export that is recorded and would not run again. */
export function recordedFault({ exportId, rowCount }: ExportState, { expectRows }: ExportInputs): string | undefined {
  if (rowCount === undefined || hasUnknown(expectRows)) return undefined;
  const fault = outOfBounds(rowCount, expectRows);
  return (
    fault &&
    `the recorded export ${exportId} has ${fault.fact} — ${fault.advice}; to export again with the new bounds, change triggers too`
  );
}

/** How many rows and columns an export would have, of which data. */
export function rowsLine(rows: number, query: SelectNode, { rowCount, dataUpdated }: DomoDataset): string {
  const isGrouped = query.groupBy !== undefined || query.columns.some(({ kind }) => kind === "count");
  const count = isGrouped ? `${rowsText(rows)} made from` : `${numberText(rows)} of`;
  const all = typeof rowCount === "number" ? `${count} ${rowsText(rowCount)}` : rowsText(rows);
  const columns = `${query.columns.length} ${query.columns.length === 1 ? "column" : "columns"}`;
  const data = dataUpdated === undefined ? "" : `, data of ${dataUpdated.slice(0, 16).replace("T", " ")} UTC`;
  return `${all}, ${columns}${data}`;
}

function failures(reason: string | undefined): CheckFailure[] {
  return reason === undefined ? [] : [{ property: "expectRows", reason }];
}
