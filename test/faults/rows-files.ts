import type { RuntimeOptions } from "../../emulator/options";
import { incomplete, succeeds } from "./expect";
import type { Row, Strike } from "./row";
import { unrecorded } from "./strike";
import { editOnceStarted, edit, foreign, noObjectAnd, unrecordedWith } from "./strike-exports";

const shown = { shownBy: "verify" } as const;
const asRecorded = { notApplicable: "compares with what was recorded, and that was verified" };
const missing = [succeeds("lasting", { drift: "object-missing" })];
const newerVersion = "look for a newer version of pulumi-domo-s3-export";

/** Files that are not what Domo says. They stay so: only an export of newer data brings others. */
function damaged(fault: string, options: Partial<RuntimeOptions>, says: string): Row {
  const sound = Object.fromEntries(Object.keys(options).map((name) => [name, 0])) as Partial<RuntimeOptions>;
  return {
    fault,
    strike: (phase): Record<string, Strike> => {
      const end = ({ emulator }: { emulator: { control: { setOptions(to: object): Promise<unknown> } } }) =>
        emulator.control.setOptions(sound);
      if (phase === "preflight") {
        const begin: Strike["begin"] = async (cell) => {
          await unrecorded(cell);
          await end(cell);
          return () => undefined;
        };
        return { "an unrecorded export": { options: { ...options, reuse: "never" }, begin } };
      }
      if (phase === "delete") return { "of what was not verified": { options } };
      const begin: Strike["begin"] = (cell) =>
        Promise.resolve(async () => {
          await end(cell);
          await cell.emulator.control.advanceData({ dataset: cell.dataset });
        });
      return { "all files": { options, begin } };
    },
    cells: {
      preflight: [succeeds("lasting", { exports: 2 })],
      POST: shown,
      poll: shown,
      verify: [incomplete("lasting", "unverified", says, { nextUp: 2 })],
      read: asRecorded,
      delete: [succeeds("lasting")],
    },
  };
}

/** Names of files that can't be used. */
const nameless: Record<string, Record<string, unknown>> = {
  "no URLs": { urlRowCountMap: {} },
  "URLs that are null": { urlRowCountMap: null },
  "URLs in a list": { urlRowCountMap: ["s3://x/y"] },
  "URLs of an unknown form": { urlRowCountMap: { "vault://cold/17": 2 } },
};

function unnamed(fault: string, fields: Record<string, unknown>): Row {
  return {
    fault,
    strike: (phase): Record<string, Strike> => {
      switch (phase) {
        case "preflight":
          return {
            "an unrecorded one": unrecordedWith(fields),
            "somebody else's": {
              options: { reuse: "never" },
              begin: async (cell) => {
                await foreign(cell, 0.001);
                await cell.emulator.control.settle();
                return edit(cell, fields);
              },
            },
          };
        case "read":
          return { "no object left": noObjectAnd(fields) };
        case "delete":
          return { "of what was not verified": { options: { urlsLaterSeconds: 3600, urlMapLess: "null" } } };
        default:
          return { list: { begin: (cell) => editOnceStarted(cell, fields) } };
      }
    },
    cells: {
      preflight: [succeeds("lasting"), succeeds("lasting", { at: "an unrecorded one", exports: 2 })],
      POST: shown,
      poll: shown,
      verify: [incomplete("lasting", "unverified", newerVersion)],
      read: missing,
      delete: [succeeds("lasting")],
    },
  };
}

const complete = "run pulumi up again once the data has changed";

/** Files that are there and not named, named and not there, or not whole. */
export const fileRows: readonly Row[] = [
  damaged("a file that no URL names", { partRows: 1, unnamedFiles: 1 }, complete),
  damaged("a file that is not there", { partRows: 1, missingFiles: 1 }, "check who deletes objects there"),
  damaged("a gzip that breaks off", { truncatedBytes: 10 }, complete),
  damaged("a row that is missing", { missingRows: 1 }, complete),
  damaged("a count above the truth", { wordRows: 1 }, complete),
  damaged("a count below zero", { wordRows: -100 }, newerVersion),
  ...Object.entries(nameless).map(([fault, fields]) => unnamed(fault, fields)),
];
