import { incomplete, keeps, refuses, succeeds } from "./expect";
import type { Cell, Row } from "./matrix";

const lookAgain = "run pulumi up again: it looks for it before it starts another";
const onlyPost = { notApplicable: "only a POST is answered like this" };
const noList = { notApplicable: "asks S3 only, where no export is listed" };

/** The POST has no usable answer: Domo's list decides, not a second POST. */
const lostPost: Cell = [
  incomplete("not run", "unknown", lookAgain, { exports: 0 }),
  succeeds("run"),
  incomplete("run, then silence", "unknown", lookAgain),
];

/** An answer that asking again won't change. Nothing but the token's owner or Domo can mend it. */
function final(fault: string, says: string, more: Partial<Row["cells"]> = {}): Row {
  return {
    fault,
    cells: {
      preflight: [refuses("lasting", says)],
      POST: [refuses("lasting", says)],
      poll: [incomplete("lasting", "exporting", says)],
      verify: [succeeds("lasting")],
      read: [keeps("lasting", says)],
      delete: [succeeds("lasting")],
      ...more,
    },
  };
}

/** A fault that may pass: reads are tried again for a while. */
function passing(fault: string, says: string, POST: Cell): Row {
  return {
    fault,
    cells: {
      preflight: [succeeds("once"), refuses("lasting", says)],
      POST,
      poll: [succeeds("once"), incomplete("lasting", "exporting", says)],
      verify: [succeeds("lasting")],
      read: [succeeds("once"), keeps("lasting", says)],
      delete: [succeeds("lasting")],
    },
  };
}

/** No fault at all, but a spelling that has to be read. Before the preflight, an export is there that no state has recorded. */
function spelling(fault: string, more: Partial<Row["cells"]> = {}): Row {
  return {
    fault,
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

const rateLimit = "run again later or lower domo:maxRequestsPerSecond";
const otherExports = "run again when the other exports of this dataset are done";
const newerVersion = "look for a newer version of pulumi-domo-s3-export";

/** Faults of Domo. */
export const domoRows: readonly Row[] = [
  spelling("200", { delete: [succeeds("lasting")] }),
  {
    fault: "200 with error status",
    cells: {
      preflight: [succeeds("lasting")],
      POST: [incomplete("lasting", "error", "mend that and run pulumi up again", { exports: 0 })],
      poll: [incomplete("lasting", "error", "mend that and run pulumi up again", { nextUp: 2 })],
      verify: noList,
      read: [succeeds("lasting")],
      delete: noList,
    },
  },
  {
    fault: "201",
    cells: {
      preflight: onlyPost,
      POST: [succeeds("lasting")],
      poll: onlyPost,
      verify: onlyPost,
      read: onlyPost,
      delete: onlyPost,
    },
  },
  final("400", "correct what Domo names"),
  final("401", "set a new one in DOMO_DEVELOPER_TOKEN"),
  final("403", "the token needs READ on this dataset"),
  final("404", "check the id and the instance"),
  final("409", "run again when it has ended", { POST: [succeeds("once"), refuses("lasting", otherExports)] }),
  passing("429", rateLimit, [succeeds("once"), refuses("lasting", rateLimit)]),
  passing("429 with Retry-After", rateLimit, [succeeds("once"), refuses("lasting", rateLimit)]),
  passing("500", "Domo failed; run again", lostPost),
  passing("502 with HTML", "Domo failed; run again", lostPost),
  final("200 with HTML", "check the instance's address", { POST: lostPost }),
  passing("truncated JSON", "run again", [succeeds("run"), incomplete("run, then silence", "unknown", lookAgain)]),
  passing("answer cut off", "run again", [succeeds("run"), incomplete("run, then silence", "unknown", lookAgain)]),
  final("wrong shape", newerVersion, { POST: lostPost }),
  passing("connection refused", "check the network and DOMO_INSTANCE, then run again", [
    succeeds("once"),
    refuses("lasting", "check the network and DOMO_INSTANCE, then run again"),
  ]),
  passing("connection reset", "run again", lostPost),
  passing("hang", "run again, or raise domo:requestTimeoutSeconds", lostPost),
  {
    fault: "unknown status",
    cells: {
      preflight: [succeeds("once"), refuses("lasting", "run again later or raise timeoutSeconds")],
      POST: { shownBy: "poll" },
      poll: [succeeds("once"), incomplete("lasting", "exporting", "raise timeoutSeconds if it always takes this long")],
      verify: noList,
      read: [succeeds("lasting")],
      delete: noList,
    },
  },
  {
    fault: "unknown status of an ended export",
    cells: {
      preflight: [succeeds("lasting")],
      POST: { notApplicable: "a word that does not say success is looked up in the list" },
      poll: { notApplicable: "ours is waited for as in the row above" },
      verify: noList,
      read: [succeeds("lasting")],
      delete: noList,
    },
  },
  {
    fault: "status stuck",
    cells: {
      preflight: [succeeds("once"), refuses("lasting", "run again later or raise timeoutSeconds")],
      POST: { notApplicable: "the answer to a POST is looked at once" },
      poll: [incomplete("lasting", "exporting", "raise timeoutSeconds if it always takes this long")],
      verify: noList,
      read: [succeeds("lasting")],
      delete: noList,
    },
  },
  spelling("Domo's clock an hour ahead"),
  spelling("Domo's clock an hour behind"),
  spelling("epoch times"),
  spelling("epoch times as text"),
  spelling("ISO times"),
  spelling("s3:// URLs"),
  spelling("virtual-host URLs"),
  spelling("path-style URLs"),
  spelling("bare keys"),
  {
    fault: "URLs of an unknown form",
    cells: {
      preflight: [succeeds("lasting")],
      POST: { shownBy: "verify" },
      poll: { shownBy: "verify" },
      verify: [incomplete("lasting", "unverified", newerVersion)],
      read: [succeeds("lasting")],
      delete: noList,
    },
  },
];
