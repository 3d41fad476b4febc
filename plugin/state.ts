import { open } from "../provider/host/envelope";
import type { ExportState } from "../provider/state/export-state";
import type { Properties } from "./wire/properties";

/** The state that properties hold. What the dynamic shell has left in it goes with the move to this one. */
export function stateOf({ values }: Properties): ExportState {
  return open({}, values).content as unknown as ExportState;
}
