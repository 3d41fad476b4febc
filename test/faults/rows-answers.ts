import { expect } from "vitest";
import type { Fault } from "../../emulator/faults";
import { TOKEN } from "../support/lab";
import { TIME_SCALE, type Cell } from "./cell";
import { gone, incomplete, keeps, refuses, reports, succeeds } from "./expect";
import type { Expectation, Row, Strike, When } from "./row";
import { racedSlot } from "./strike-exports";
import { connectionRefused } from "./strike-port";
import { answer, refusal, struckBy } from "./strike-request";

const pollAgain = "run pulumi up again: it looks for it before it starts another";
const noList = "the list, no object left";
const html = { "Content-Type": "text/html" };
const RETRY_AFTER_SECONDS = 20;

/** The POST has no usable answer: Domo's list decides, not a second POST. */
const lostPost: Expectation = [
  incomplete("not run", "unknown", pollAgain, { exports: 0 }),
  succeeds("run"),
  incomplete("run, then silence", "unknown", pollAgain),
];
/** The same where the POST always has its effect. */
const lostAnswer: Expectation = lostPost.filter(({ when }) => when !== "not run");

/** An answer that asking again won't change. Nothing but the token's owner or Domo can fix it. */
function final(fault: string, make: Fault, says: string, more: Partial<Row["cells"]> = {}): Row {
  return {
    fault,
    strike: struckBy(() => make),
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
function passing(
  fault: string,
  make: Fault | ((when: When) => Fault),
  says: string,
  { POST, ...more }: { POST: Expectation } & Pick<Strike, "after" | "settings">,
): Row {
  return {
    fault,
    strike: struckBy(typeof make === "function" ? make : () => make, more),
    cells: {
      preflight: [succeeds("once"), refuses("lasting", says)],
      POST,
      poll: [succeeds("once"), incomplete("lasting", "exporting", says)],
      verify: [succeeds("lasting")],
      read: [succeeds("once"), succeeds("once", { at: noList, drift: "object-missing" }), keeps("lasting", says)],
      delete: [succeeds("lasting")],
    },
  };
}

/** Who asked too much waits as long as it is told. */
async function waitedAsTold({ emulator: { control } }: Cell): Promise<void> {
  const requests = await control.requests({});
  const refused = requests.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const { id, at, method, path } of refused) {
    const next = requests.find((later) => later.id > id && later.method === method && later.path === path);
    expect((next?.at ?? 0) - at).toBeGreaterThan((RETRY_AFTER_SECONDS * 1000) / TIME_SCALE - 50);
  }
}

const forbidden = "the token needs READ on this dataset";
const unknownId = "check the id and the instance";
const rateLimit = "run again later or lower domo:maxRequestsPerSecond";
const limited: Expectation = [succeeds("once"), refuses("lasting", rateLimit)];
const network = "check the network and DOMO_INSTANCE, then run again";
const impatient = { "domo:requestTimeoutSeconds": "1" };
const slow = "run again, or raise domo:requestTimeoutSeconds";

/** Answers that Domo, or something before it, gives in place of the right one. */
export const answerRows: readonly Row[] = [
  final("400", refusal(400, "query.columns: no such column"), "correct what Domo names"),
  final("401", refusal(401, `The token ${TOKEN} has expired`), "set a new one in DOMO_DEVELOPER_TOKEN"),
  final("403", refusal(403, "Forbidden"), forbidden, {
    // Row policies are not shown to everybody, so that they are hidden is no fault.
    preflight: [refuses("lasting", forbidden), succeeds("lasting", { at: "policies" })],
    read: [keeps("lasting", forbidden), succeeds("lasting", { at: "policies" })],
  }),
  final("404", refusal(404, "Not found"), unknownId, {
    preflight: [refuses("lasting", unknownId), succeeds("lasting", { at: "policies" })],
    read: [
      reports("lasting", "dataset-gone"),
      succeeds("lasting", { at: "policies" }),
      gone("lasting", { at: noList }),
    ],
  }),
  {
    ...final("409", refusal(409, "An export is running"), "run again when it has ended", {
      POST: [
        succeeds("once"),
        refuses("lasting", "run pulumi up again when the other exports of this dataset are done"),
      ],
    }),
    strike: (phase, when) =>
      phase === "POST" && when === "once"
        ? { "a taken slot": racedSlot }
        : struckBy(() => refusal(409, "An export is running"))(phase, when),
  },
  passing("429", refusal(429, "Slow down"), rateLimit, { POST: limited }),
  passing(
    "429 with Retry-After",
    (when) => answer(429, "", { "Retry-After": String(when === "once" ? RETRY_AFTER_SECONDS : 3600) }),
    rateLimit,
    { POST: limited, after: waitedAsTold },
  ),
  passing("500", refusal(500, "An unexpected error occurred"), "Domo failed; run again", { POST: lostPost }),
  passing("502 with HTML", answer(502, "<html><body>Bad Gateway</body></html>", html), "Domo failed; run again", {
    POST: lostPost,
  }),
  final("200 with HTML", answer(200, "<!doctype html><title>Domo</title>", html), "check the instance's address", {
    POST: lostPost,
  }),
  passing("truncated JSON", { kind: "truncate" }, "run again", { POST: lostAnswer }),
  passing("answer cut off", { kind: "truncate", abrupt: true }, "run again", { POST: lostAnswer }),
  final("wrong shape", answer(200, { exports: "none" }), "look for a newer version of pulumi-domo-s3-export", {
    POST: lostPost,
  }),
  {
    ...passing("connection refused", { kind: "reset" }, network, {
      POST: [succeeds("once"), refuses("lasting", network)],
    }),
    strike: connectionRefused,
  },
  passing("connection reset", { kind: "reset" }, "run again", { POST: lostPost }),
  passing("hang", { kind: "hang" }, slow, { POST: lostPost, settings: impatient }),
  passing("body that stalls", { kind: "stall" }, slow, { POST: lostAnswer, settings: impatient }),
  passing("body that trickles", { kind: "trickle", bytes: 1, everyMs: 1500 }, slow, {
    POST: lostAnswer,
    settings: impatient,
  }),
];
