import { expect, test } from "vitest";
import { exposureId } from "../../provider/audience/acceptance";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { lookAfter } from "../../provider/delivery/after-export";
import type { Order, Plan } from "../../provider/delivery/order";
import { AwsCallError, DomoConnectionError } from "../../provider/errors";
import { inputs } from "../support/export-state";

const everyone = { grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" };
const closed = { grants: [], website: false, unreadable: [] };
const hidden = new DomoConnectionError("Domo does not answer", false);
const plan = {
  place: { bucket: "bucket", region: "eu-west-3" },
  acceptedExposures: undefined,
  pdp: { enabled: true, policies: ["West"], digest: "as it was" },
} as unknown as Plan;

/** What is found after an export, what was said, and what was forgotten before. */
async function found({
  settings = closed,
  dataset = { dataUpdated: "2026-01-01T00:00:00.000Z" },
  ...planned
}: { settings?: unknown; dataset?: unknown } & Partial<Plan> = {}) {
  const said: string[] = [];
  const forgotten: string[] = [];
  const answer = (value: unknown) => () => (value instanceof Error ? Promise.reject(value) : Promise.resolve(value));
  const services = {
    read: {
      policies: Object.assign(answer([]), { forget: (id: string) => void forgotten.push(id) }),
      dataset: answer({ name: "Orders" }),
      user: answer({ id: "7" }),
      bucketSettings: answer(settings),
    },
    fresh: { dataset: answer(dataset) },
  };
  const report = { warn: (text: string) => void said.push(text) };
  const look = lookAfter({ services, report, inputs } as unknown as Order, { ...plan, ...planned });
  const result = await look.catch((error: unknown) => error as Error);
  return { result, said, forgotten };
}

const meanwhile = "something changed meanwhile that would have kept the export from starting:";
const unasked = "Domo can't be asked whether the data or the row policies have changed: Domo does not answer";

test("where nothing has changed, data and policies of now are found, and nothing is said", async () => {
  const { result: first } = await found();
  const { policies } = (first as { moment: { policies: string } }).moment;
  const { result, said, forgotten } = await found({ pdp: { enabled: false, policies: [], digest: policies } });
  expect(result).toEqual({ moment: { data: "2026-01-01T00:00:00.000Z", policies }, drift: [] });
  expect(policies).toMatch(/^[0-9a-f]{32}/);
  expect({ said, forgotten }).toEqual({ said: [], forgotten: ["dataset"] });
});

test("other row policies are a drift, and said", async () => {
  const { result, said } = await found();
  expect(result).toMatchObject({ drift: [{ kind: "policies-changed", subject: "dataset" }] });
  expect(said).toEqual([`${meanwhile} policies-changed "dataset": other row policies apply to the token's user`]);
});

test("a bucket that was opened is a drift, and said", async () => {
  const { result, said } = await found({ settings: { ...closed, grants: [everyone] }, pdp: undefined });
  expect(result).toMatchObject({ drift: [{ kind: "bucket-exposed", subject: "bucket" }] });
  expect(said).toEqual([expect.stringContaining(`${meanwhile} bucket-exposed "bucket": `)]);
});

test("an opening that was accepted is no drift", async () => {
  const settings = { ...closed, grants: [everyone] };
  const exposures = bucketExposures(settings, { bucket: "bucket", ownAccounts: [], prefix: "exports" });
  const acceptedExposures = exposures.map(exposureId);
  expect(await found({ settings, pdp: undefined, acceptedExposures })).toMatchObject({
    result: { drift: [] },
    said: [],
  });
});

test("a bucket that can't be looked at is said, and no drift", async () => {
  const settings = new AwsCallError("S3 does not answer", { code: "Down", advice: "try again", cause: undefined });
  const { result, said } = await found({ settings, pdp: undefined });
  expect(result).toMatchObject({ drift: [] });
  expect(said).toEqual([
    "whether the bucket was opened while the export ran is not known: S3 does not answer — try again",
  ]);
});

test("a Domo that can't be asked is said, and no drift", async () => {
  const { result, said } = await found({ dataset: hidden });
  expect(result).toEqual({ moment: unasked, drift: [] });
  expect(said).toEqual([unasked]);
});

test("a fault of another kind is no answer of Domo's", async () => {
  const fault = new TypeError("not a function");
  expect((await found({ dataset: fault })).result).toBe(fault);
});
