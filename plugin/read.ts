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
  const found = await verbs.read(host, ofThisShell(state.values) as ExportState);
  return found && { state: found, inputs: ofThisShell(inputs.values) };
}

/** What the dynamic shell has left goes at the first refresh after the move to this one. */
function ofThisShell({ ...values }: Record<string, unknown>): object {
  delete values.__provider;
  return values;
}
