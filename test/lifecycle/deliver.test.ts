import { afterAll, beforeAll, expect, test } from "vitest";
import { eq, select } from "../../provider/query";
import { type Lab, REGION, startLab } from "../support/lab";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const west = () => JSON.parse(JSON.stringify(select("Order ID", "Sales").where(eq("Region", "West")))) as unknown;
const args = (path: string) => ({ dataset: lab.dataset, query: west(), bucket: lab.bucket, path, roleArn: lab.roleArn });

test("create exports, and records what S3 holds", async () => {
  const provider = await lab.process();
  const { id, outs } = await provider.create(args("exports/one"));
  expect(id).toBe(`${lab.dataset}@s3://${lab.bucket}/exports/one`);
  expect(outs).toMatchObject({ exportStatus: "success", origin: "created", rowCount: 2, region: REGION, drift: [] });
  expect(await lab.keys()).toEqual(outs.files.map(({ key }) => key));
  expect(await lab.emulator.control.exports({})).toHaveLength(1);
  expect(outs.sql).toBe('SELECT\n  "Order ID",\n  "Sales"\nFROM dataset\nWHERE "Region" = \'West\'');
});
