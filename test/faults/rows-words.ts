import type { RuntimeOptions } from "../../emulator/options";
import { incomplete, refuses, succeeds } from "./expect";
import type { Row, Strike } from "./row";
import {
  answeredAtTheEnd,
  brief,
  edit,
  finishAll,
  foreign,
  foreignRuns,
  forever,
  noObjectAnd,
  option,
  unrecordedWith,
} from "./strike-exports";
import { answer, inject } from "./strike-request";

const onlyPost = { notApplicable: "only a POST is answered like this" };
const noList = { notApplicable: "asks S3 only, where no export is listed" };
const fix = "fix this, then run pulumi up again";
const later = "run again later, or raise timeoutSeconds";
const takesLong = "raise timeoutSeconds if it always takes this long";
const diskFull = { errorCode: "DISK_FULL", message: "no space left" };
const missing = [succeeds("lasting", { drift: "object-missing" })];

/** An answer that only a POST can have. */
function postOnly(fault: string, strikes: Record<string, Strike>): Row {
  return {
    fault,
    strike: () => strikes,
    cells: {
      preflight: onlyPost,
      POST: [succeeds("lasting")],
      poll: onlyPost,
      verify: onlyPost,
      read: onlyPost,
      delete: onlyPost,
    },
  };
}

/** A word of the status that is none of Domo's, with or without a time of the end. */
const paused: Partial<RuntimeOptions> = { statusWords: { none: "PAUSED", exporting: "PAUSED" } };

/** Words and ends that Domo reports of exports. */
export const wordRows: readonly Row[] = [
  {
    fault: "200 with error status",
    strike: (phase): Record<string, Strike> => {
      const failed = { exportId: "failed-at-once", exportStatus: "error", ...diskFull };
      if (phase === "preflight")
        return {
          "somebody else's": { begin: (cell) => foreign(cell, forever, "OLD_FAILURE") },
          "an unrecorded one": unrecordedWith({ exportStatus: "error" }),
        };
      if (phase === "POST")
        return {
          POST: { begin: (cell) => inject(cell, [{ method: "POST", path: "v1/export", fault: answer(200, failed) }]) },
        };
      if (phase === "poll") return { list: option({ failWith: diskFull }, { failWith: null }) };
      return { "no object left": noObjectAnd({ exportStatus: "error" }) };
    },
    cells: {
      preflight: [succeeds("lasting"), succeeds("lasting", { at: "an unrecorded one", exports: 2 })],
      POST: [incomplete("lasting", "error", fix, { exports: 0 })],
      poll: [incomplete("lasting", "error", fix, { nextUp: 2 })],
      verify: noList,
      read: missing,
      delete: noList,
    },
  },
  postOnly("201", {
    "answered at once": { options: { createdStatus: 201 } },
    "answered at the end": { options: { createdStatus: 201 }, begin: answeredAtTheEnd },
  }),
  postOnly("200 without a body", { POST: { options: { postAnswer: "empty-200" } } }),
  postOnly("another export in the answer", { POST: { options: { postAnswer: "foreign" } } }),
  {
    fault: "unknown status",
    strike: (phase, when): Record<string, Strike> => {
      if (phase === "preflight") return { "somebody else's": foreignRuns(when === "once" ? 0.3 : forever, paused) };
      if (phase === "read") return { "no object left": noObjectAnd({ exportStatus: "PAUSED", finished: null }) };
      if (when === "once") return { "until the end": option(paused) };
      const archived = { statusWords: { success: "ARCHIVED" }, finishedTimes: "null" } as const;
      return { "at the end": { ...option(archived, { statusWords: {}, finishedTimes: "present" }), args: brief } };
    },
    cells: {
      preflight: [succeeds("once"), refuses("lasting", later)],
      POST: { shownBy: "poll" },
      poll: [succeeds("once"), incomplete("lasting", "exporting", takesLong)],
      verify: noList,
      read: missing,
      delete: noList,
    },
  },
  {
    fault: "unknown status of an ended export",
    strike: (phase): Record<string, Strike> => {
      const cancelled = { statusWords: { error: "CANCELLED" } };
      if (phase === "preflight")
        return {
          "somebody else's": { options: cancelled, begin: (cell) => foreign(cell, forever, "CANCELLED") },
          "a word that came later": unrecordedWith({ exportStatus: "EXPIRED" }),
        };
      if (phase === "read")
        return {
          "all objects there": { begin: (cell) => edit(cell, { exportStatus: "EXPIRED" }) },
          "no object left": noObjectAnd({ exportStatus: "EXPIRED" }),
        };
      const expired = option({ laterWord: { afterSeconds: 0, word: "EXPIRED" } }, { laterWord: null });
      const undone = option({ endWord: "CANCELLED" }, { endWord: null });
      if (phase === "poll") return { "a word that came later": expired, "nothing written": undone };
      return {
        "answered at the end": {
          ...expired,
          begin: async (cell) => {
            const undo = await answeredAtTheEnd(cell);
            return async () => {
              undo();
              await cell.emulator.control.setOptions({ laterWord: null });
            };
          },
        },
      };
    },
    cells: {
      preflight: [succeeds("lasting"), succeeds("lasting", { at: "a word that came later", exports: 2 })],
      POST: [incomplete("lasting", "error", fix)],
      poll: [
        incomplete("lasting", "error", fix),
        incomplete("lasting", "error", fix, { at: "nothing written", nextUp: 2 }),
      ],
      verify: noList,
      read: [succeeds("lasting"), succeeds("lasting", { at: "no object left", drift: "object-missing" })],
      delete: noList,
    },
  },
  {
    fault: "status stuck",
    strike: (phase, when): Record<string, Strike> => {
      if (phase === "preflight") return { "somebody else's": foreignRuns(when === "once" ? 0.3 : forever) };
      if (phase === "read") return { "no object left": noObjectAnd({ exportStatus: "exporting", finished: null }) };
      const begin: Strike["begin"] = (cell) => Promise.resolve(() => finishAll(cell));
      return { list: { options: { exportSeconds: forever }, args: brief, begin } };
    },
    cells: {
      preflight: [succeeds("once"), refuses("lasting", later)],
      POST: { notApplicable: "the answer to a POST is looked at once" },
      poll: [incomplete("lasting", "exporting", takesLong)],
      verify: noList,
      read: missing,
      delete: noList,
    },
  },
];
