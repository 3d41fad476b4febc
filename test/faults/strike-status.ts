import type { RuntimeOptions } from "../../emulator/options";
import type { Cell } from "./cell";
import type { When } from "./matrix";
import type { Strike, StrikeMaker } from "./strike";
import { answer, inject } from "./strike-answers";

/** Too short for anything that is stuck. */
const brief = { timeoutSeconds: 40 };
const forever = 3600;
const elsewhere = { path: "elsewhere", bucket: "somebody-elses" };
const diskFull = { errorCode: "DISK_FULL", message: "no space left" };

/** Words, ends and files that Domo tells of exports. */
export const statusStrikes: Record<string, StrikeMaker> = {
  "200 with error status": (phase): Record<string, Strike> => {
    if (phase === "preflight") return { "somebody else's": { begin: (cell) => foreign(cell, forever, "OLD_FAILURE") } };
    if (phase === "read") return { list: { begin: (cell) => edit(cell, { exportStatus: "error" }) } };
    if (phase === "poll") return { list: option({ failWith: diskFull }, { failWith: null }) };
    const failed = { exportId: "failed-at-once", exportStatus: "error", ...diskFull };
    return { POST: { begin: (cell) => inject(cell, [{ method: "POST", fault: answer(200, failed) }]) } };
  },
  "unknown status": (phase, when): Record<string, Strike> => {
    if (phase === "preflight") return { "somebody else's": foreignRuns(when, { none: "PAUSED", exporting: "PAUSED" }) };
    if (phase === "read") return { list: { begin: (cell) => edit(cell, { exportStatus: "PAUSED", finished: null }) } };
    return {
      "all answers":
        when === "once"
          ? option({ statusWords: { none: "QUEUED", exporting: "PAUSED" } }, {})
          : { ...option({ statusWords: { success: "ARCHIVED" } }, { statusWords: {} }), args: brief },
    };
  },
  "unknown status of an ended export": (phase): Record<string, Strike> =>
    phase === "preflight"
      ? {
          "somebody else's": {
            options: { statusWords: { error: "CANCELLED" } },
            begin: (cell) => foreign(cell, forever, "CANCELLED"),
          },
        }
      : { list: { begin: (cell) => edit(cell, { exportStatus: "ARCHIVED" }) } },
  "status stuck": (phase, when): Record<string, Strike> => {
    if (phase === "preflight") return { "somebody else's": foreignRuns(when, {}) };
    if (phase === "read")
      return { list: { begin: (cell) => edit(cell, { exportStatus: "exporting", finished: null }) } };
    const begin = (cell: Cell) => Promise.resolve(() => finishAll(cell));
    return { list: { options: { exportSeconds: forever }, args: brief, begin } };
  },
  "URLs of an unknown form": (phase): Record<string, Strike> => {
    const fields = { urlRowCountMap: { "vault://cold/17": 2 } };
    if (phase === "read") return { list: { begin: (cell) => edit(cell, fields) } };
    if (phase === "verify") return { list: { begin: (cell) => editOnceStarted(cell, fields) } };
    const begin = async (cell: Cell) => {
      await foreign(cell, 0.001);
      await cell.emulator.control.settle();
      return edit(cell, fields);
    };
    return { "somebody else's": { options: { reuse: "never" }, begin } };
  },
};

/** Somebody else's export takes the slot between our list and our POST. */
export const racedSlot: Strike = {
  options: { reuse: "same-request", busy: "409" },
  begin: (cell) =>
    Promise.resolve(
      cell.aws.add({
        match: ({ method, url }) => method === "DELETE" && url.startsWith(`/${cell.bucket}/`),
        times: 1,
        before: () => foreign(cell, 0.3),
      }),
    ),
};

function option(options: Partial<RuntimeOptions>, mended: Partial<RuntimeOptions>): Strike {
  return { options, begin: ({ emulator }) => Promise.resolve(() => emulator.control.setOptions(mended)) };
}

function foreignRuns(when: When, statusWords: RuntimeOptions["statusWords"]): Strike {
  return {
    options: { reuse: "same-request", statusWords },
    args: when === "once" ? {} : brief,
    begin: (cell) => foreign(cell, when === "once" ? 0.3 : forever),
  };
}

/** An export of somebody else; with a code, it has ended in that error. */
async function foreign(cell: Cell, seconds: number, errorCode?: string): Promise<() => Promise<void>> {
  const { control } = cell.emulator;
  const { exportId } = await control.startForeignExport({ dataset: cell.dataset, seconds, ...elsewhere });
  if (errorCode !== undefined) await control.finishExport({ exportId, errorCode });
  return () => finishAll(cell);
}

async function finishAll({ emulator: { control } }: Cell): Promise<void> {
  for (const { exportId, finishedAt } of await control.exports({}))
    if (finishedAt === null) await control.finishExport({ exportId });
}

/** Changes what Domo tells of all exports that there are. */
async function edit({ emulator: { control } }: Cell, fields: Record<string, unknown>): Promise<() => Promise<void>> {
  const exports = await control.exports({});
  const change = async (to: Record<string, unknown>): Promise<void> => {
    for (const { exportId } of exports) await control.editAnswer({ exportId, fields: to });
  };
  await change(fields);
  return () => change({});
}

/** The same from the first look after the POST. */
function editOnceStarted(cell: Cell, fields: Record<string, unknown>): Promise<() => Promise<void>> {
  let mend = (): Promise<void> => Promise.resolve();
  let looks = 0;
  const undo = cell.domo.add({
    match: ({ method, url }) => method === "GET" && url.includes("/v1/export/") && looks++ > 0,
    times: 1,
    before: async () => (mend = await edit(cell, fields)),
  });
  return Promise.resolve(async () => {
    undo();
    await mend();
  });
}
