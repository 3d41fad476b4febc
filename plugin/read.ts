import { open } from "../provider/host/envelope";
import type { Host } from "../provider/host/settings";
import { readExport as readRecorded } from "../provider/read";
import { importExport, type ReadResult } from "./import";
import { stateOf } from "./state";
import type { Properties } from "./wire/properties";

/** Reads the export that state holds; without state, imports the one that the id names. `undefined` = nothing is left. */
export async function readExport(
  host: Host,
  id: string,
  { state, inputs }: { state: Properties; inputs: Properties },
): Promise<ReadResult | undefined> {
  if (Object.keys(state.values).length === 0) return importExport(host, id);
  const found = await readRecorded(host, stateOf(state));
  return found && { state: found, inputs: open({}, inputs.values).content };
}
