import { afterAll, beforeAll, expect, test } from "vitest";
import { rolePolicyDocument, roleTrustDocument } from "../../provider/export-role";
import { select } from "../../provider/query/build/builder";
import { secret } from "../support/declared";
import { deployer, type Lab, orders, startLab } from "../support/lab";
import { type PluginProcess, startPlugin } from "./plugin-process";

const DATASET = "0a1b2c3d-aaaa-bbbb-cccc-000000000001";
let lab: Lab;
let plugin: PluginProcess;
beforeAll(async () => {
  lab = await startLab({ datasets: [orders(DATASET)], users: [deployer(DATASET)] });
  plugin = await startPlugin();
}, 300_000);
afterAll(async () => {
  await plugin.stop();
  await lab.stop();
});

const invoke = (name: string, args: Record<string, unknown>) => plugin.invoke(name, args);
const started = async () => (await lab.emulator.control.exports()).length;

test("getDataset answers with the facts and columns of a dataset", async () => {
  const { values } = await invoke("getDataset", { id: DATASET });
  const columns = orders(DATASET).columns.map(({ name, type }) => ({ name, type }));
  expect(values).toMatchObject({ id: DATASET, name: "Orders", rowCount: 4, columns });
  expect(values?.lastUpdated).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test("countRows answers with Domo's count of SQL text and of a builder's query, and exports nothing", async () => {
  const before = await started();
  const sql = `SELECT "Order ID" FROM dataset WHERE "Region" = 'West'`;
  expect((await invoke("countRows", { dataset: DATASET, sql })).values).toEqual({ rows: 2 });
  const query = JSON.parse(JSON.stringify(select("Order ID").limit(3))) as unknown;
  expect((await invoke("countRows", { dataset: DATASET, query })).values).toEqual({ rows: 3 });
  expect(await started()).toBe(before);
});

test("a fault in the arguments of a function names its place", async () => {
  expect((await invoke("getDataset", { id: "a/b" })).failures).toEqual([
    { property: "id", reason: "is not a dataset id; take the UUID from the dataset's address in Domo" },
  ]);
  const { failures } = await invoke("countRows", { dataset: DATASET, sql: `SELECT "Regoin" FROM dataset` });
  expect(failures).toMatchObject([
    { property: "sql.columns[0]", reason: expect.stringContaining(`did you mean "Region"?`) as string },
  ]);
  const hidden = secret(`SELECT "Regoin" FROM dataset`);
  expect((await invoke("countRows", { dataset: DATASET, sql: hidden })).failures).toEqual([
    { property: "sql.columns[0]", reason: expect.not.stringContaining("Regoin") as string },
  ]);
  expect((await invoke("countRows", { dataset: DATASET })).failures).toMatchObject([{ property: "query" }]);
  expect((await invoke("exportRolePolicy", { bucket: "b" })).failures).toMatchObject([{ property: "path" }]);
});

test("a count that Domo refuses fails with its reason, without the token", async () => {
  await lab.emulator.control.setOptions({ executeStatus: 403 });
  const error = await invoke("countRows", { dataset: DATASET, sql: `SELECT "Sales" FROM dataset` }).catch(
    (e: unknown) => e,
  );
  await lab.emulator.control.setOptions({ executeStatus: null });
  expect(String(error)).toContain(`counting rows of dataset ${DATASET}`);
  expect(String(error)).toContain("403");
});

test("the role's policies are those of the package", async () => {
  const uploads = { bucket: "acme-exports", path: "domo/prod", bucketOwner: "123456789012" };
  expect((await invoke("exportRolePolicy", uploads)).values).toEqual({ json: rolePolicyDocument(uploads) });
  const trust = { callerArn: "arn:aws:iam::123456789012:role/deploy", externalId: "acme-1" };
  expect((await invoke("exportRoleTrust", trust)).values).toEqual({ json: roleTrustDocument(trust) });
});

test("a result is a secret when an argument is", async () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "acme-1" };
  const trust = { callerArn: "arn:aws:iam::123456789012:role/deploy", externalId: secret };
  expect((await invoke("exportRoleTrust", trust)).values?.json).toMatchObject({
    value: expect.stringContaining("acme-1") as string,
  });
});

test("a function that does not exist is named", async () => {
  await expect(invoke("getDatasets", {})).rejects.toThrow(`the plugin "domo" has no function "domo:index:getDatasets"`);
});
