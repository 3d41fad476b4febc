import type { DomoExport } from "../domo/answers";
import type { WaitOptions } from "../domo/wait-for-end";
import type { Order } from "./order";

/** One wait for the end of an export of the order's dataset. */
export interface Wait {
  entry: DomoExport;
  /** The list as it was read just now. */
  listed: DomoExport[];
  /** Milliseconds of the clock at which the wait is given up. */
  deadline: number;
  datasetRows?: number;
}

/** What the waiter has to know of a wait, but for what it says. */
export function waiting(
  { services, inputs, signal }: Order,
  { entry, listed, deadline, datasetRows }: Wait,
): Omit<WaitOptions, "wayOut"> {
  return {
    clock: services.clock,
    look: async () => (await services.domo.listExports(inputs.dataset, signal)).value,
    exportId: entry.exportId,
    deadline,
    listed,
    usual: (known) => services.lengths.usual(inputs.dataset, datasetRows, known),
    signal,
  };
}
