import type { RuntimeOptions } from "../../emulator/options";
import { TOKEN } from "../support/lab";
import type { Cell } from "./cell";
import type { Phase, When } from "./matrix";
import { answerStrikes } from "./strike-answers";
import { awsStrikes } from "./strike-aws";
import { connectionRefused } from "./strike-port";
import { racedSlot, statusStrikes } from "./strike-status";

/** A fault in a cell. */
export interface Strike {
  /** Options that the cell's Domo has from the start. */
  options?: Partial<RuntimeOptions>;
  /** Arguments of the resource that the fault needs. */
  args?: Record<string, unknown>;
  /** Makes the fault strike, and returns what mends it. */
  begin?: (cell: Cell) => Promise<() => unknown>;
  /** Another fact that has to hold after the run. */
  after?: (cell: Cell) => Promise<void>;
}

/** Makes the strikes of a fault in a phase, by the place they hit: each has a run of its own. */
export type StrikeMaker = (phase: Phase, when: When) => Record<string, Strike>;

/** The ways in which a fault strikes a phase. */
export function strikes(fault: string, phase: Phase, when: When): Record<string, Strike> {
  const make = makers[fault];
  if (!make) throw new TypeError(`No way to make "${fault}" happen`);
  return make(phase, when);
}

/**
 * A spelling of Domo's, from the start. Before the preflight, an export is there that no state has recorded; the POST is
 * answered as early as can be, and as late.
 */
function spelled(options: Partial<RuntimeOptions>): StrikeMaker {
  return (phase): Record<string, Strike> => {
    if (phase === "preflight") return { "an unrecorded export": { options, begin: unrecorded } };
    if (phase !== "POST") return { "all answers": { options } };
    return { "answered at once": { options }, "answered at the end": { options, begin: answeredAtTheEnd } };
  };
}

/** Domo answers the POST when the export has ended. */
function answeredAtTheEnd({ domo, emulator, dataset }: Cell): Promise<() => void> {
  const undo = domo.add({
    match: ({ method }) => method === "POST",
    edit: async (answer) => {
      await emulator.control.settle();
      const headers = { "X-DOMO-Developer-Token": TOKEN };
      const list = await fetch(`${emulator.url}/api/query/v1/export/${dataset}`, { headers });
      const [ended] = (await list.json()) as object[];
      return { ...answer, body: JSON.stringify(ended) };
    },
  });
  return Promise.resolve(undo);
}

/** Runs the export once and forgets it, as a provider that was killed does. */
async function unrecorded(cell: Cell): Promise<() => void> {
  await (await cell.process()).create(cell.args());
  return () => undefined;
}

const makers: Record<string, StrikeMaker> = {
  ...answerStrikes,
  ...statusStrikes,
  ...awsStrikes,
  "409": (phase, when) =>
    phase === "POST" && when === "once" ? { "a taken slot": racedSlot } : (answerStrikes["409"]?.(phase, when) ?? {}),
  "connection refused": connectionRefused,
  "200": spelled({ createdStatus: 200 }),
  "201": spelled({ createdStatus: 201 }),
  "Domo's clock an hour ahead": spelled({ clockSkewMs: 3_600_000 }),
  "Domo's clock an hour behind": spelled({ clockSkewMs: -3_600_000 }),
  "epoch times": spelled({ timeFormat: "epoch" }),
  "epoch times as text": spelled({ timeFormat: "epoch-text" }),
  "ISO times": spelled({ timeFormat: "iso" }),
  "s3:// URLs": spelled({ urlForm: "s3" }),
  "virtual-host URLs": spelled({ urlForm: "virtual" }),
  "path-style URLs": spelled({ urlForm: "path" }),
  "bare keys": spelled({ urlForm: "key" }),
};
