import { signedQuery } from "../../emulator/file-url";
import type { RuntimeOptions } from "../../emulator/options";
import { refuses, succeeds } from "./expect";
import type { Row, Strike, StrikeMaker } from "./row";
import { unrecorded } from "./strike";
import { answeredAtTheEnd } from "./strike-exports";

const noList = { notApplicable: "asks S3 only, where no export is listed" };

/**
 * A spelling of Domo's, from the start. Before the preflight, an export is there that no state has recorded; the POST is
 * answered as early as can be, and as late.
 */
function spelled(options: Partial<RuntimeOptions>, args?: Record<string, unknown>): StrikeMaker {
  return (phase): Record<string, Strike> => {
    if (phase === "preflight") return { "an unrecorded export": { options, args, begin: unrecorded } };
    if (phase !== "POST") return { "all answers": { options, args } };
    return {
      "answered at once": { options, args },
      "answered at the end": { options, args, begin: answeredAtTheEnd },
    };
  };
}

/** No fault at all, but a spelling that has to be read. */
function spelling(fault: string, options: Partial<RuntimeOptions>, more: Partial<Row["cells"]> = {}): Row {
  return {
    fault,
    strike: spelled(options),
    cells: {
      preflight: [succeeds("lasting")],
      POST: [succeeds("lasting")],
      poll: { shownBy: "POST" },
      verify: { shownBy: "POST" },
      read: [succeeds("lasting")],
      delete: noList,
      ...more,
    },
  };
}

const urls: Record<string, Partial<RuntimeOptions>> = {
  "s3:// URLs": { urlForm: "s3" },
  "s3:// URLs, percent-encoded": { urlForm: "s3-encoded" },
  "s3:// URLs with a doubled slash": { urlForm: "s3-double-slash" },
  "virtual-host URLs": { urlForm: "virtual" },
  "virtual-host URLs, raw": { urlForm: "virtual", urlEncoding: "raw" },
  "path-style URLs": { urlForm: "path" },
  "path-style URLs with a signature": { urlForm: "path", urlQuery: signedQuery("named") },
  "bucket and key": { urlForm: "bucket-key" },
  "bucket and key, percent-encoded": { urlForm: "bucket-key", urlEncoding: "encoded" },
  "bare keys": { urlForm: "key" },
  "bare keys, percent-encoded, with a query": { urlForm: "key", urlEncoding: "encoded", urlQuery: "versionId=null" },
  "keys relative to the path": { urlForm: "relative" },
  "objects right below the id": { layout: "id" },
  "objects right below the path": { layout: "flat" },
};

/** Spellings of times, and of what is left out. */
const times: Record<string, Partial<RuntimeOptions>> = {
  "Domo's clock an hour ahead": { clockSkewMs: 3_600_000 },
  "Domo's clock an hour behind": { clockSkewMs: -3_600_000 },
  "epoch times": { timeFormat: "epoch" },
  "epoch times as text": { timeFormat: "epoch-text" },
  "ISO times": { timeFormat: "iso" },
  "times without a zone": { timeFormat: "iso-without-zone" },
  "times of another zone": { timeFormat: "iso-offset" },
  "no start times": { startedTimes: "absent" },
  "start times that are null": { startedTimes: "null" },
  "no end times": { finishedTimes: "absent" },
  "no time of the newest data": { lastUpdated: "absent" },
};

/** Spellings. */
export const spellingRows: readonly Row[] = [
  spelling("200", { createdStatus: 200 }, { delete: [succeeds("lasting")] }),
  ...Object.entries(times).map(([fault, options]) => spelling(fault, options)),
  {
    fault: "no end times, rows not counted",
    strike: spelled({ finishedTimes: "null" }, { verify: "objects" }),
    cells: {
      // Whether an object was replaced since can't be told.
      preflight: [refuses("lasting", 'only verify: "rows" would notice', { exports: 1 })],
      POST: [succeeds("lasting")],
      poll: { shownBy: "POST" },
      verify: { shownBy: "POST" },
      read: [succeeds("lasting")],
      delete: noList,
    },
  },
  ...Object.entries(urls).map(([fault, options]) => spelling(fault, options)),
];
