import { expect, test } from "vitest";
import { definitionOf } from "../../provider/args/identity";
import { preflight } from "../../provider/delivery/preflight";
import type { Order } from "../../provider/delivery/order";
import type { ExportInputs } from "../../provider/args/schema";
import { PreflightError } from "../../provider/errors";
import type { ExportState } from "../../provider/state/export-state";
import { inputs, state } from "../support/export-state";

const everyone = { grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" };

/** The plan for these arguments; `listed`: the places that were listed. */
async function planned(args: Partial<ExportInputs> = {}, previous?: Partial<ExportState>, grants: object[] = []) {
  const listed: string[] = [];
  const read = {
    user: () => Promise.resolve({ id: "7" }),
    bucketRegion: () => Promise.resolve("eu-west-3"),
    policies: () => Promise.resolve([]),
    dataset: () => Promise.resolve({ name: "Orders" }),
    bucketSettings: () => Promise.resolve({ grants, website: false, unreadable: [] }),
  };
  const aws = { list: (_: unknown, folder: string) => Promise.resolve(listed.push(folder)) };
  const report = { warn: () => undefined };
  const order = { services: { read, aws }, report, inputs: { ...inputs, ...args }, previous } as unknown as Order;
  return { plan: await preflight(order), listed };
}

test("the plan says where the export goes, and that place has been listed", async () => {
  const { plan, listed } = await planned();
  const context = { userId: "7", policies: plan.pdp?.digest, bucketRegion: "eu-west-3" };
  expect(plan).toMatchObject({
    place: { bucket: "bucket", region: "eu-west-3" },
    definition: definitionOf(inputs, context),
    pdp: { enabled: false },
    acceptedExposures: [],
  });
  expect(listed).toEqual([`${plan.definition.keyPrefix}/`]);
});

test("a bucket in another region is refused", async () => {
  const run = planned({ region: "us-east-1" });
  await expect(run).rejects.toThrow(PreflightError);
  await expect(run).rejects.toThrow(/^region: bucket "bucket" is in "eu-west-3", not in "us-east-1"/);
});

test("an acceptance stays bound to what state holds", async () => {
  await planned({}, undefined, [everyone]);
  await expect(planned({}, { ...state, acceptedExposures: [] }, [everyone])).rejects.toThrow(PreflightError);
});
