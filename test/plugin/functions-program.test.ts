import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersDataset } from "../../emulator/make-orders";
import { localToken, salesDataset } from "../../local/cloud";
import { installLanguages } from "../../local/languages-install";
import { createWorkspace } from "../../local/workspace";
import { filesBelow, findSecrets } from "../support/secrets";
import { PLUGIN_PROJECT, startTestCloud, type TestCloud } from "../support/stack";

/* The functions as programs call them, through the engine. What else they do, functions.test.ts has over gRPC. */

let cloud: TestCloud;
beforeAll(async () => {
  const [started, languages] = await Promise.all([startTestCloud(), installLanguages()]);
  cloud = started;
  cloud.env.PATH += delimiter + languages.folder;
}, 900_000);
afterAll(() => cloud.stop());

const orders = ordersDataset({ id: salesDataset });
const SQL = `SELECT "Order ID" FROM dataset WHERE "Region" = 'West'`;

const yaml = (sql = SQL) => `name: program
runtime: yaml
packages:
  domo: ./node_modules/pulumi-domo-s3-export/plugin
variables:
  orders:
    fn::invoke:
      function: domo:getDataset
      arguments: { id: ${salesDataset} }
  west:
    fn::invoke:
      function: domo:countRows
      arguments: { dataset: ${salesDataset}, sql: ${JSON.stringify(sql)} }
  hidden:
    fn::invoke:
      function: domo:countRows
      arguments:
        dataset: ${salesDataset}
        sql:
          fn::secret: ${JSON.stringify(sql)}
outputs:
  name: \${orders.name}
  columns: \${orders.columns}
  rowCount: \${orders.rowCount}
  west: \${west.rows}
  hidden: \${hidden.rows}
`;

const typescript = (sql = SQL) => `import * as pulumi from "@pulumi/pulumi";
import { eq, select } from "pulumi-domo-s3-export";
import { countRows, getDataset } from "pulumi-domo-s3-export/plugin";

const dataset = "${salesDataset}";
export const { name, columns, rowCount } = getDataset({ id: dataset });
export const west = countRows({ dataset, sql: ${JSON.stringify(sql)} }).rows;
export const built = countRows({ dataset, query: select("Order ID").where(eq("Region", pulumi.output("West"))) }).rows;
export const hidden = countRows({ dataset, sql: pulumi.secret(${JSON.stringify(sql)}) }).rows;
`;

const programs = [
  { language: "YAML", files: (sql?: string) => ({ "Pulumi.yaml": yaml(sql) }) },
  {
    language: "TypeScript",
    files: (sql?: string) => ({
      "Pulumi.yaml": PLUGIN_PROJECT.replace("typescript: false", "typescript: true"),
      "index.ts": typescript(sql),
      "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, target: "es2022", module: "nodenext" } }),
    }),
  },
];

test.each(programs)(
  "a program in $language calls getDataset and countRows: nothing is exported, and the token lies nowhere",
  async ({ language, files }) => {
    const workspace = await createWorkspace({ env: cloud.env, files: files() });
    const run = async (...args: string[]) => {
      const env = { ...cloud.env, ...workspace.env, DOMO_DEVELOPER_TOKEN: "" };
      const { code, stdout, stderr } = await workspace.run(args, { env });
      return { code, said: stdout + stderr };
    };
    expect(await run("config", "set", "--secret", "domo:developerToken", localToken)).toMatchObject({ code: 0 });
    const up = await run("up", "--yes", "--skip-preview");
    expect(up.code, up.said).toBe(0);

    const { stdout } = await workspace.run(["stack", "output", "--json"]);
    const lines = readFileSync(orders.csv, "utf8").split("\n"); // notes of some rows have several
    const west = lines.filter((line) => line.includes(",West,")).length;
    expect(JSON.parse(stdout)).toEqual({
      name: "Orders",
      columns: orders.columns.map(({ name, type }) => ({ name, type })),
      rowCount: 12_000,
      west,
      ...(language === "TypeScript" && { built: west }),
      hidden: "[secret]",
    });
    const places = new Map([...filesBelow(workspace.folder), ["output", up.said]]);
    expect(findSecrets(new Map([["token", localToken]]), places)).toEqual([]);
    expect(await cloud.emulator.control.exports()).toEqual([]);

    workspace.write(files(SQL.replace("Order ID", "Ordr ID")));
    const { code, said } = await run("preview");
    expect(code).not.toBe(0);
    expect(said).toMatch(
      /domo:index:countRows'?( invoke)? failed: the dataset "Orders" has no column "Ordr ID"; did you mean "Order ID"\? \(sql\.columns\[0\]\)/,
    );
  },
  120_000,
);
