import type { RuntimeOptions } from "../../emulator/options";
import { TOKEN } from "../support/lab";
import type { Cell } from "./cell";
import type { Strike } from "./row";
import { together, unrecorded, withoutObjects } from "./strike";

/** Too short for anything that is stuck. */
export const brief = { timeoutSeconds: 40 };
/** Longer than any run. */
export const forever = 3600;
const elsewhere = { path: "elsewhere", bucket: "somebody-elses" };

/** Options that last until the run has ended. */
export function option(options: Partial<RuntimeOptions>, fixed: Partial<RuntimeOptions> = {}): Strike {
  return { options, begin: ({ emulator }) => Promise.resolve(() => emulator.control.setOptions(fixed)) };
}

/** An export of somebody else that is running. */
export function foreignRuns(seconds: number, options: Partial<RuntimeOptions> = {}): Strike {
  return {
    options: { reuse: "same-request", ...options },
    args: seconds === forever ? brief : {},
    begin: (cell) => foreign(cell, seconds),
  };
}

/** An export of somebody else; with a code, it has ended in that error. */
export async function foreign(cell: Cell, seconds: number, errorCode?: string): Promise<() => Promise<void>> {
  const { control } = cell.emulator;
  const { exportId } = await control.startForeignExport({ dataset: cell.dataset, seconds, ...elsewhere });
  if (errorCode !== undefined) await control.finishExport({ exportId, errorCode });
  return () => finishAll(cell);
}

/** Somebody else's export takes the slot between our list and our POST. */
export const racedSlot: Strike = {
  options: { reuse: "same-request", busy: "409" },
  begin: (cell) => rightBeforePost(cell, () => foreign(cell, 0.3)),
};

/** Does something when all checks are made: the probe of the write is taken back last. */
function rightBeforePost(cell: Cell, act: () => Promise<unknown>): Promise<() => void> {
  return Promise.resolve(
    cell.aws.add({
      match: ({ method, url }) => method === "DELETE" && url.startsWith(`/${cell.bucket}/`),
      times: 1,
      before: act,
    }),
  );
}

/** Lets everything that runs end. */
export async function finishAll({ emulator: { control } }: Cell): Promise<void> {
  for (const { exportId, finishedAt } of await control.exports({}))
    if (finishedAt === null) await control.finishExport({ exportId });
}

/** Changes what Domo says of all exports that there are. */
export async function edit(
  { emulator: { control } }: Cell,
  fields: Record<string, unknown>,
): Promise<() => Promise<void>> {
  const exports = await control.exports({});
  const change = async (to: Record<string, unknown>): Promise<void> => {
    for (const { exportId } of exports) await control.editAnswer({ exportId, fields: to });
  };
  await change(fields);
  return () => change({});
}

/** The same from the first poll after the POST. */
export function editOnceStarted(cell: Cell, fields: Record<string, unknown>): Promise<() => Promise<void>> {
  let fix = (): Promise<void> => Promise.resolve();
  let polls = 0;
  const undo = cell.domo.add({
    match: ({ method, url }) => method === "GET" && url.includes("/v1/export/") && polls++ > 0,
    times: 1,
    before: async () => (fix = await edit(cell, fields)),
  });
  return Promise.resolve(async () => {
    undo();
    await fix();
  });
}

/** An export of ours that no state has recorded, of which Domo says this. It is not used, and Domo does not return it. */
export function unrecordedWith(fields: Record<string, unknown>): Strike {
  return { options: { reuse: "never" }, begin: together(unrecorded, (cell) => edit(cell, fields)) };
}

/** Of a list that is read because no object is left, Domo says this of ours. */
export function noObjectAnd(fields: Record<string, unknown>): Strike {
  return { begin: together(withoutObjects, (cell) => edit(cell, fields)) };
}

/** An entry that nobody's export stands behind. */
export function entry(entry: unknown): Strike["begin"] {
  return async ({ emulator: { control }, dataset }) => {
    const number = await control.addEntry({ dataset, entry });
    return () => control.removeEntry(number);
  };
}

/** The request that starts an export. */
export function startsExport({ method, url }: { method: string; url: string }): boolean {
  return method === "POST" && url.includes("/export/");
}

/** Does something when Domo has answered the next POST, before the answer arrives. */
export function onceStarted({ domo }: Cell, run: () => Promise<void>): () => void {
  return domo.add({
    match: startsExport,
    times: 1,
    edit: async (answer) => {
      await run();
      return answer;
    },
  });
}

/** Domo answers the POST when the export has ended. */
export function answeredAtTheEnd({ domo, emulator, dataset }: Cell): Promise<() => void> {
  const undo = domo.add({
    match: startsExport,
    edit: async (answer) => {
      await emulator.control.settle();
      const headers = { "X-DOMO-Developer-Token": TOKEN };
      const list = await fetch(`${emulator.url}/api/query/v1/export/${dataset}`, { headers });
      const ours = ((await list.json()) as { exportId: string }[]).at(-1);
      return { ...answer, body: JSON.stringify(ours) };
    },
  });
  return Promise.resolve(undo);
}
