import type { ExportInputs } from "../args/schema";
import type { DomoDataset } from "../domo/answers";
import type { Count } from "../domo/count";
import { PreflightError } from "../errors";
import { compile } from "../query/compile";
import type { Services } from "../services";
import type { CountBefore, Order, Plan } from "./order";
import { outOfBounds } from "./row-bounds";

/** Facts of a dataset that are older say little of the data that is counted now. */
const FACTS_MS = 30_000;

/** Asks Domo to count a query's rows. The dataset's facts are read before, so that data which changes after it shows. */
export async function countQuery(
  { domo, read }: Pick<Services, "domo" | "read">,
  { dataset, query }: Pick<ExportInputs, "dataset" | "query">,
): Promise<{ facts: DomoDataset; count: Count }> {
  const facts = await read.dataset.within(FACTS_MS, dataset);
  return { facts, count: await domo.count(dataset, compile(query)) };
}

/**
 * Counts what is about to be exported, once the slot is free, and refuses what is outside of `expectRows`. The count of an
 * earlier round will do while data and row policies are the same. `undefined` with `countRows: "off"`.
 */
export async function countBefore(
  { services, report, inputs }: Order,
  { pdp }: Plan,
  earlier: CountBefore | undefined,
): Promise<CountBefore | undefined> {
  if (inputs.countRows === "off") return undefined;
  if (earlier) {
    services.read.dataset.forget(inputs.dataset);
    const { dataUpdated } = await services.read.dataset(inputs.dataset);
    const isSame = dataUpdated !== undefined && earlier.facts.dataUpdated === dataUpdated;
    if (isSame && earlier.policies === pdp?.digest) return earlier;
  }
  const { facts, count } = await countQuery(services, inputs);
  if (count.rows === undefined) {
    const why = countIsNeeded(inputs);
    if (why !== undefined) throw new PreflightError(`${why} needs a count of the query's rows: ${count.reason}`);
    report.info(`the query's rows are not counted: ${count.reason}`);
  } else {
    const fault = outOfBounds(count.rows, inputs.expectRows);
    if (fault) throw new PreflightError(`expectRows: the query has ${fault.fact}`, fault);
  }
  return { facts, count, policies: pdp?.digest };
}

/** The argument for which an export must not run uncounted, if any. */
export function countIsNeeded({ countRows, expectRows }: Pick<ExportInputs, "countRows" | "expectRows">) {
  if (countRows === "require") return 'countRows: "require"';
  return expectRows === undefined ? undefined : "expectRows";
}
