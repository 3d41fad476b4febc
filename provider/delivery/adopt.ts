import type { ExportInputs } from "../args/schema";
import { PreflightError } from "../errors";
import { deliveredRows } from "./compare-counts";
import type { Delivery, Order } from "./order";
import { preflight } from "./preflight";
import { judge } from "./provenance";
import { verifyExport } from "./verify";

/** Whether an operation takes an export over instead of running one. */
export function takesOver(inputs: Pick<ExportInputs, "adopt">, previous?: Pick<ExportInputs, "adopt">): boolean {
  return inputs.adopt !== undefined && inputs.adopt !== previous?.adopt;
}

/**
 * Takes an export into state that was run elsewhere, verified like any other. Nothing is started. Which query it ran
 * is not in Domo's answer: with `adopt`, the program vouches for it, and `origin` says so.
 */
export async function adopt(order: Order, exportId: string): Promise<Delivery> {
  const { services, inputs, signal } = order;
  const { bucket, path } = inputs;
  const plan = await preflight(order);
  const list = await services.domo.listExports(inputs.dataset, signal);
  const entry = list.value.find((candidate) => candidate.exportId === exportId);
  if (!entry) {
    const latest = list.value.map((candidate) => candidate.exportId).slice(-5);
    throw new PreflightError(
      `adopt: dataset ${inputs.dataset} has no export "${exportId}"; ` +
        (latest.length > 0 ? `the latest that Domo lists are ${latest.join(", ")}` : "Domo lists none"),
      { advice: "correct adopt, or leave it out to run an export" },
    );
  }
  const verdict = judge(entry, { bucket, keyPrefix: path, anywhereBelow: true });
  switch (verdict.kind) {
    case "failed":
      throw new PreflightError(
        `adopt: export "${exportId}" has the status "${entry.status}"; only a successful one can be adopted`,
      );
    case "foreign":
    case "unreadable":
      throw new PreflightError(`adopt: export "${exportId}" can't be taken over: ${verdict.why}`, {
        advice: "set bucket and path to where it lies",
      });
    case "ours":
    case "stale":
  }
  const { objects } = verdict;
  const adopted = await verifyExport(order, plan, {
    entry,
    objects,
    origin: "adopted",
    written: { beforeEndOf: list },
  });
  const reason = "the export was taken over by adopt: Domo does not say whose row policies applied to it";
  const counts = { ...deliveredRows(order, adopted), comparable: false, reason };
  return { kind: "delivered", export: { ...adopted, counts, keyPrefix: path } };
}
