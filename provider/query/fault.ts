/** A fault in a query: where (`query.where.left`), what is wrong and what to do. */
export interface QueryFault {
  path: string;
  reason: string;
}

/** Notes a fault; returns undefined so that a reader can `return report(…)`. */
export type Report = (path: string, reason: string) => undefined;

/** A list of faults with the function that fills it. */
export function collectFaults(): { faults: QueryFault[]; report: Report } {
  const faults: QueryFault[] = [];
  return {
    faults,
    report: (path, reason) => {
      faults.push({ path, reason });
      return undefined;
    },
  };
}
