import { hasEnded, type DomoExport } from "../domo/answers";
import { waitForEnd } from "../domo/wait-for-end";
import { CancelledError, ExportTimeoutError, UnwatchedExportError } from "../errors";
import { adviceOnOwn, type Order } from "./order";
import { exportingRow } from "./row";

/** Waits for the end of an export that runs for this resource. Whatever ends the wait says that the export goes on. */
export async function awaitEnd(order: Order, entry: DomoExport, deadline: number): Promise<DomoExport> {
  const { services, report, inputs, signal, limitedBy = "timeoutSeconds" } = order;
  const { exportId } = entry;
  if (hasEnded(entry)) return entry;
  try {
    return await waitForEnd({
      clock: services.clock,
      poll: async () => (await services.domo.pollExports(inputs.dataset, signal)).value,
      exportId,
      deadline,
      listed: (await services.domo.listExports(inputs.dataset, signal)).value,
      onPoll: (seen) => report.progress(exportingRow(seen)),
      advice: adviceOnOwn(limitedBy),
      signal,
    });
  } catch (error) {
    if (error instanceof ExportTimeoutError || error instanceof CancelledError) throw error;
    const { message } = error as Error;
    throw new UnwatchedExportError(`Export ${exportId} is running at Domo, and asking for it failed: ${message}`, {
      advice: "fix this, then run pulumi up again: it takes the export over",
      cause: error,
    });
  }
}
