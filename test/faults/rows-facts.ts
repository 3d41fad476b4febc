import type { PdpPolicy } from "../../emulator/options";
import type { RuntimeOptions } from "../../emulator/options";
import { deployer } from "../support/lab";
import type { Cell } from "./cell";
import { incomplete, keeps, refuses, reports, succeeds } from "./expect";
import type { Row, Strike } from "./row";
import { foreign, forever, onceStarted, option, startsExport } from "./strike-exports";

const noList = { notApplicable: "asks S3 only, where no export is listed" };
const readByDomo = { notApplicable: "the rows are what Domo wrote" };

/** Policies by which the token's user sees the rows of one region, which are all that the query asks for. */
const west: PdpPolicy = {
  filterGroupId: 1,
  name: "West only",
  type: "user",
  userIds: [deployer("").id],
  parameters: [{ name: "Region", values: ["West"] }],
};

async function restrict({ emulator: { control }, dataset }: Cell): Promise<() => Promise<void>> {
  const set = (enabled: boolean): Promise<void> =>
    control.setPdp({ dataset, pdp: { enabled, policies: enabled ? [west] : [] } });
  await set(true);
  return () => set(false);
}

/** Row policies that change while something else goes on. */
const policies: Row = {
  fault: "row policies that change",
  strike: (phase): Record<string, Strike> => {
    const options = { reuse: "same-request" } as const;
    let fix: () => unknown = () => undefined;
    const change = async (cell: Cell): Promise<void> => void (fix = await restrict(cell));
    const undo = async (): Promise<void> => void (await fix());
    switch (phase) {
      case "preflight":
        return {
          "while the slot is waited for": {
            options,
            async begin(cell) {
              await foreign(cell, 1.5);
              // Longer than an answer is shared: 30 s of the provider's clock.
              setTimeout(() => void change(cell), 200);
              return undo;
            },
          },
        };
      case "poll":
        return {
          "while it runs": {
            options: { ...options, exportSeconds: 2 },
            begin: (cell) => Promise.resolve(onceStarted(cell, () => change(cell))),
          },
        };
      default:
        return { "since then": { begin: restrict } };
    }
  },
  cells: {
    preflight: [succeeds("lasting")],
    POST: { shownBy: "poll" },
    poll: [succeeds("lasting", { drift: "policies-changed", nextUp: 2 })],
    verify: readByDomo,
    read: [succeeds("lasting", { drift: "policies-changed" })],
    delete: noList,
  },
};

/** A bucket that is opened while something else goes on. */
const opened: Row = {
  fault: "a bucket that is opened meanwhile",
  strike: (phase): Record<string, Strike> => {
    let close: () => unknown = () => undefined;
    const open = async (cell: Cell): Promise<void> => void (close = await cell.openBucket());
    switch (phase) {
      case "preflight":
        return {
          "while the slot is waited for": {
            options: { reuse: "same-request" },
            async begin(cell) {
              const end = await foreign(cell, forever);
              let polls = 0;
              const undo = cell.domo.add({
                match: ({ method, url }) => method === "GET" && url.includes("/v1/export/") && polls++ > 0,
                times: 1,
                before: async () => {
                  await open(cell);
                  await end();
                },
              });
              return async () => {
                undo();
                await close();
              };
            },
          },
        };
      case "poll":
        return {
          "while it runs": {
            begin(cell) {
              const undo = onceStarted(cell, () => open(cell));
              return Promise.resolve(async () => {
                undo();
                await close();
              });
            },
          },
        };
      default:
        return { "since then": { begin: (cell) => cell.openBucket() } };
    }
  },
  cells: {
    preflight: [refuses("lasting", "is open to everyone")],
    POST: { notApplicable: "the bucket is looked at right before the POST, and after the export" },
    poll: [reports("lasting", "bucket-exposed")],
    verify: { shownBy: "poll" },
    read: [reports("lasting", "bucket-exposed")],
    delete: { notApplicable: "what is removed is read by nobody" },
  },
};

const forms: Record<string, Partial<RuntimeOptions>> = {
  "secrets quoted": { quoteForm: "raw" },
  "secrets quoted with escapes": { quoteForm: "escaped" },
  "secrets quoted with escapes of escapes": { quoteForm: "double-escaped" },
  "secrets quoted percent-encoded": { quoteForm: "percent" },
};
const forbidden = "the token needs READ on this dataset";

/** Domo quotes what it was sent, or a presigned URL, in the message of a refusal or of an entry. */
function quoting(fault: string, form: Partial<RuntimeOptions>): Row {
  const quoted = { ...form, quoteSecrets: true, quoteSignedUrl: true };
  return {
    fault,
    strike: (phase): Record<string, Strike> => {
      if (phase === "poll") {
        const failWith = { errorCode: "DENIED", message: "refused" };
        return { list: option({ ...quoted, failWith }, { failWith: null }) };
      }
      const options = quoted;
      if (phase === "POST") return { POST: { options, begin: (cell) => Promise.resolve(refusedFromPost(cell)) } };
      return { "all of Domo": { options, begin: refused } };
    },
    cells: {
      preflight: [refuses("lasting", forbidden)],
      POST: [refuses("lasting", forbidden)],
      poll: [incomplete("lasting", "error", "fix this, then run pulumi up again", { nextUp: 2 })],
      verify: { notApplicable: "asks S3 only" },
      read: [keeps("lasting", forbidden)],
      delete: noList,
    },
  };
}

/** The token's user loses the dataset. */
async function refused({ emulator: { control }, dataset }: Cell): Promise<() => Promise<void>> {
  await control.putUser({ ...deployer(dataset), datasets: {} });
  return () => control.putUser(deployer(dataset));
}

function refusedFromPost(cell: Cell): () => Promise<void> {
  let fix = (): Promise<void> => Promise.resolve();
  const undo = cell.domo.add({
    match: startsExport,
    times: 1,
    before: async () => (fix = await refused(cell)),
  });
  return async () => {
    undo();
    await fix();
  };
}

/** What Domo says of the dataset and its users, and what it quotes. */
export const factRows: readonly Row[] = [
  policies,
  opened,
  ...Object.entries(forms).map(([fault, form]) => quoting(fault, form)),
];
