import type { DomoExport } from "../../provider/domo/answers";

/** An export as Domo lists it, running unless told otherwise. */
export function listedExport(more: Partial<DomoExport>): DomoExport {
  return { exportId: "e", status: "exporting", urlRowCountMap: {}, ...more } as DomoExport;
}
