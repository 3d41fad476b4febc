import { signedQuery } from "../../emulator/file-url";
import { gone, incomplete, succeeds } from "./expect";
import type { Row, Strike } from "./row";
import { together, unrecorded, withoutObjects } from "./strike";
import { brief, entry, foreign, forever, option, startsExport } from "./strike-exports";

const noList = { notApplicable: "asks S3 only, where no export is listed" };
const missing = [succeeds("lasting", { drift: "object-missing" })];
const HOUR = 3_600_000;

/** What other tools and years have left: none of it says anything of ours. */
const oddEntries: readonly unknown[] = [
  { exportId: "odd-1", exportStatus: "success", urlRowCountMap: { "s3://x/y": -1 } },
  { exportId: "odd-2", exportStatus: null, urlRowCountMap: [] },
  { exportId: "odd-3", exportStatus: "success", started: "yesterday", finished: {}, bucket: 7 },
  { exportStatus: "exporting" },
  null,
  7,
  [[]],
  `https://x.s3.amazonaws.com/y?${signedQuery("odd")}`,
];

/** An entry whose export ended long ago, if it ever ran; Domo's slot is free. */
const stuck: Record<string, object> = {
  "of years ago": { started: "2020-02-02T02:02:02Z" },
  "of an hour ago": { started: new Date(Date.now() - HOUR).toISOString() },
  "without a time": {},
};

/** Lists that hold more, less or other things than exports. */
export const listRows: readonly Row[] = [
  {
    fault: "odd entries",
    strike: (phase): Record<string, Strike> => {
      const at = (oddEntriesAt: "before" | "after"): Strike => ({
        options: { oddEntries, oddEntriesAt },
        begin: { preflight: unrecorded, read: withoutObjects }[phase as string],
      });
      return { "before ours": at("before"), "after ours": at("after") };
    },
    cells: {
      preflight: [succeeds("lasting")],
      POST: [succeeds("lasting")],
      poll: { shownBy: "POST" },
      verify: noList,
      read: missing,
      delete: noList,
    },
  },
  {
    fault: "an entry that never ends",
    strike: (phase): Record<string, Strike> =>
      Object.fromEntries(
        Object.entries(stuck).map(([name, times]) => {
          const running = entry({ exportId: "stuck", exportStatus: "exporting", bucket: "theirs", ...times });
          const begin = phase === "read" ? together(withoutObjects, running) : running;
          return [name, { args: { timeoutSeconds: 400 }, begin }];
        }),
      ),
    cells: {
      preflight: [succeeds("lasting")],
      POST: { notApplicable: "what was there before is waited for before the POST" },
      poll: { notApplicable: "only the entry of the own export is waited for" },
      verify: noList,
      read: missing,
      delete: noList,
    },
  },
  {
    fault: "an own entry that never ends",
    strike: (): Record<string, Strike> => {
      // Domo has lost the export and still lists it; the slot is free. The next up is told nothing else.
      const lost: Strike["begin"] = ({ emulator: { control } }) =>
        Promise.resolve(async () => {
          await control.setOptions({ exportSeconds: 0.1 });
          for (const { exportId } of await control.exports({})) {
            await control.finishExport({ exportId, endWord: "CANCELLED" });
            await control.editAnswer({
              exportId,
              fields: { exportStatus: "exporting", started: null, finished: null },
            });
          }
        });
      // The export that takes its place has as long again.
      const args = { timeoutSeconds: 200 };
      return { "without a time": { options: { exportSeconds: forever }, args, keepsArgs: true, begin: lost } };
    },
    cells: {
      preflight: { shownBy: "poll" },
      POST: { notApplicable: "what was there before is waited for before the POST" },
      poll: [incomplete("lasting", "exporting", "raise timeoutSeconds if it always takes this long", { nextUp: 2 })],
      verify: noList,
      read: { notApplicable: "an export that has not ended is not looked at" },
      delete: noList,
    },
  },
  {
    fault: "a list without ours",
    strike: (phase): Record<string, Strike> => {
      const forget: Strike["begin"] = async ({ emulator: { control } }) => {
        for (const { exportId } of await control.exports({})) await control.forgetExport(exportId);
        return () => undefined;
      };
      switch (phase) {
        case "preflight":
          return { "an unrecorded one": { begin: together(unrecorded, forget) } };
        case "read":
          return {
            "all objects there": { begin: forget },
            "no object left": { options: { reuse: "never" }, begin: together(withoutObjects, forget) },
          };
        default: {
          // The list shows the newest one: somebody else's, that runs next to ours.
          const short = option({ listLimit: 1, busy: "starts-second" }, { listLimit: 0 });
          return {
            "pushed out": {
              ...short,
              args: brief,
              begin: together(short.begin, (cell) => {
                const once = { times: 1, match: startsExport };
                const started = cell.domo.add({
                  ...once,
                  edit: async (answer) => {
                    await foreign(cell, 0.001);
                    return answer;
                  },
                });
                return Promise.resolve(started);
              }),
            },
          };
        }
      }
    },
    cells: {
      preflight: [succeeds("lasting", { exports: 2 })],
      POST: { shownBy: "poll" },
      poll: [incomplete("lasting", "exporting", "raise timeoutSeconds if it always takes this long")],
      verify: noList,
      read: [succeeds("lasting"), gone("lasting", { at: "no object left", nextUp: 2 })],
      delete: noList,
    },
  },
];

/** Lists that take all of a machine: they run alone. */
export const longListRows: readonly Row[] = [
  {
    fault: "a list of 40 MB",
    strike: (phase): Record<string, Strike> => ({
      "all lists": {
        options: { padListBytes: 40e6 },
        settings: { "domo:requestTimeoutSeconds": "30" },
        begin: { preflight: unrecorded, read: withoutObjects }[phase as string],
      },
    }),
    cells: {
      preflight: [succeeds("lasting")],
      POST: [succeeds("lasting")],
      poll: { shownBy: "POST" },
      verify: noList,
      read: missing,
      delete: noList,
    },
  },
];
