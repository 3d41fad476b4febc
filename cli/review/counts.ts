import { countQuery } from "../../provider/delivery/count-query";
import { DomoExportError, PreflightError } from "../../provider/errors";
import { hasUnknown } from "../../provider/host/unknown";
import { rowsLine } from "../../provider/preview";
import { checkQuery } from "../../provider/query/check/columns";
import { fitDates } from "../../provider/query/check/value-type";
import { servicesFor, type Services } from "../../provider/services";
import type { ReviewedExport } from "./describe-export";
import { domoSettings } from "./names";
import type { StackConfig } from "./stack-config";

/** Asks Domo how many rows each export would have now, where the program says all of its query. */
export async function withCounts(exports: readonly ReviewedExport[], config: StackConfig): Promise<ReviewedExport[]> {
  const services = await servicesFor(domoSettings(config));
  return Promise.all(
    exports.map(async (item) => {
      const counted = await countOf(services, item);
      return counted ? { ...item, counted } : item;
    }),
  );
}

async function countOf(services: Services, item: ReviewedExport): Promise<ReviewedExport["counted"]> {
  const { dataset: declared, query, secretsInQuery, domo } = item;
  // A secret is a placeholder here, and the token is for the stack's own instance.
  if (!("value" in declared) || !query || hasUnknown(query) || secretsInQuery || domo) return undefined;
  const dataset = declared.value;
  try {
    const [{ name }, columns] = await Promise.all([services.read.dataset(dataset), services.read.columns(dataset)]);
    const [fault] = checkQuery(query, { name, columns });
    if (fault) return { text: `not counted: ${fault.path} ${fault.reason}` };
    const { count, facts } = await countQuery(services, { dataset, query: fitDates(query, columns) });
    if (count.rows === undefined) return { text: `not counted: ${count.reason}` };
    return { rows: count.rows, text: rowsLine(count.rows, query, facts) };
  } catch (error) {
    if (!(error instanceof DomoExportError) || error instanceof PreflightError) throw error;
    return { text: `not counted: ${error.message}` };
  }
}
