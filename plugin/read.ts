import type { ExportState } from "../provider/state/export-state";
import type { Host } from "./host";
import { importExport } from "./import";
import * as verbs from "./verbs";
import type { Properties } from "./wire/properties";

/** What was read: `undefined` = nothing is left. */
export interface ReadResult {
  state: object;
  inputs: object;
}

/** Reads the export that state holds; without state, imports the one that the id names. */
export async function readExport(
  host: Host,
  id: string,
  { state, inputs }: { state: Properties; inputs: Properties },
): Promise<ReadResult | undefined> {
  if (Object.keys(state.values).length === 0) return importExport(host, id);
  // What the dynamic shell has left is dropped at the first refresh after the move to this one.
  const { __provider: _, ...recorded } = state.values;
  const found = await verbs.read(host, recorded as unknown as ExportState);
  const { __provider: _old, ...declared } = inputs.values;
  return found && { state: found, inputs: declared };
}
