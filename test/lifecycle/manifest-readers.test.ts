import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { Ajv2020 } from "ajv/dist/2020";
import { format, resolveConfig } from "prettier";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { s3Of } from "../../local/aws-fixtures";
import { projectRoot } from "../../local/paths";
import { manifestShape, type Manifest } from "../../provider/manifest/shape";
import { deployer, type Lab, startLab } from "../support/lab";
import { openOracle } from "../support/oracle";
import { readByRecipe, snippetOf } from "../support/manifest-reader";
import { manifestLab } from "./manifest-lab";
import { readersDataset } from "./readers-dataset";

const schemaPath = join(projectRoot, "docs/manifest.schema.json");
const definition = readersDataset("0a1b2c3d-aaaa-bbbb-cccc-000000000001");
const everything = `SELECT ${definition.columns.map(({ name }) => `"${name}"`).join(", ")} FROM dataset`;
const query = (sql: string) => ({ kind: "sql", text: sql });

let lab: Lab;
let count = 0;
beforeAll(async () => {
  lab = await startLab({ datasets: [definition], users: [deployer(definition.id)], reuse: "never", partRows: 7 });
}, 180_000);
afterAll(() => lab.stop());

async function exported(sql: string, more: Record<string, unknown> = {}) {
  const at = manifestLab(lab, `exports/readers-${++count}`);
  const outs = await at.create({ query: query(sql), ...more });
  return { outs, manifest: await at.manifestAt() };
}

/** The shape of `UNLOAD … MANIFEST VERBOSE` as AWS's documentation of UNLOAD and COPY has it; more members are allowed. */
const redshiftShape = {
  type: "object",
  required: ["entries", "schema", "meta", "author"],
  properties: {
    entries: {
      type: "array",
      items: {
        type: "object",
        required: ["url", "meta"],
        properties: {
          url: { type: "string", pattern: "^s3://[^/]+/.+[^/]$" },
          mandatory: { type: "boolean" },
          meta: { $ref: "#/$defs/meta" },
        },
      },
    },
    schema: {
      type: "object",
      required: ["elements"],
      properties: {
        elements: {
          type: "array",
          items: {
            type: "object",
            required: ["name", "type"],
            properties: {
              name: { type: "string" },
              type: {
                type: "object",
                required: ["base"],
                properties: {
                  base: {
                    enum: [
                      ...["smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean"],
                      ...["character", "character varying", "date", "timestamp without time zone"],
                    ],
                  },
                },
              },
            },
          },
        },
      },
    },
    meta: { $ref: "#/$defs/meta" },
    author: {
      type: "object",
      required: ["name", "version"],
      properties: { name: { type: "string" }, version: { type: "string" } },
    },
  },
  $defs: {
    meta: {
      type: "object",
      required: ["content_length", "record_count"],
      properties: { content_length: { type: "integer", minimum: 1 }, record_count: { type: "integer", minimum: 0 } },
    },
  },
};

test("the published schema is that of the manifest", async () => {
  const text = JSON.stringify(z.toJSONSchema(manifestShape, { io: "input" }));
  await expect(await format(text, { ...(await resolveConfig(schemaPath)), parser: "json" })).toMatchFileSnapshot(
    schemaPath,
  );
});

test.each([
  ["all columns", everything, {}],
  ["no rows", `${everything} WHERE "Order ID" = 'nothing'`, {}],
  ["rows that were read", everything, { verify: "rows" }],
  ["counts and groups", 'SELECT "Region", COUNT("Order ID") FROM dataset GROUP BY "Region"', {}],
  ["a secret query", everything, { sql: "" }],
])("the manifest of an export with %s fits the published schema, and Redshift's", async (_what, sql, more) => {
  const { manifest } = await exported(sql, more);
  expect(manifestShape.parse(manifest), "no member that the schema does not know").toEqual(manifest);
  const ajv = new Ajv2020({ strict: true });
  for (const schema of [JSON.parse(readFileSync(schemaPath, "utf8")) as object, redshiftShape]) {
    const fits = ajv.compile(schema);
    expect(fits(manifest), JSON.stringify(fits.errors)).toBe(true);
    expect(fits({ ...manifest, entries: [{ url: "s3://bucket" }] })).toBe(false);
  }
});

test.each([
  everything,
  `SELECT "Order ID", "Note", "Amount" FROM dataset WHERE "Region" = 'West'`,
  `${everything} WHERE "Order ID" = 'nothing'`,
])("DuckDB reads the manifest by the page's recipe and gives its own answer on the dataset: %s", async (sql) => {
  const made = await exported(sql);
  expect(made.outs.files).toHaveLength(Math.ceil((made.outs.rowCount ?? 0) / 7) || 1);
  const { rows: read, types } = await readByRecipe(s3Of(lab.moto), { ...made, bucket: lab.bucket });
  const oracle = await openOracle(definition);
  const own = (await oracle.run(sql)).rows;
  oracle.close();
  const text = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();
  const plain = (value: unknown) => (typeof value === "string" || value === null ? value : JSON.stringify(value));
  expect(text(read.map((row) => row.map(plain)))).toEqual(text(own.map((row) => row.map(comparable(types)))));
});

/** A value of a CSV file as DuckDB writes it, once it has the column's type. */
function comparable(types: readonly (readonly unknown[])[]) {
  return (value: string | null, index: number): string | null => {
    const type = String(types[index]?.[1]);
    if (value === null) return null;
    if (type === "DOUBLE") return String(Number(value));
    if (type.startsWith("DECIMAL")) return Number(value).toFixed(9);
    return type === "TIMESTAMP" ? value.replace("T", " ").replace(/(\.0+)?Z?$/, "") : value;
  };
}

test("Athena's statements are made of the manifest's columns by the page's recipe", async () => {
  const { manifest } = await exported(everything);
  const make = runInNewContext(`${snippetOf("js")}; athenaStatements`) as (
    name: string,
    manifest: Manifest,
  ) => string[];
  const [table, view] = make("orders", manifest);
  const folder = manifest.entries[0]?.url.replace(/[^/]*$/, "");
  expect(table).toBe(
    "CREATE EXTERNAL TABLE orders_text (c1 string, c2 string, c3 string, c4 string, c5 string, c6 string, c7 string)\n" +
      "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'\n" +
      `LOCATION '${folder}'\nTBLPROPERTIES ('skip.header.line.count' = '1')`,
  );
  expect(view).toBe(
    'CREATE OR REPLACE VIEW orders AS SELECT c1 AS "Order ID", c2 AS "Region", CAST(NULLIF(c3, \'\') AS double) AS "Sales", ' +
      "CAST(NULLIF(c4, '') AS decimal(38, 9)) AS \"Amount\", CAST(NULLIF(c5, '') AS bigint) AS \"Pieces\", " +
      'CAST(NULLIF(c6, \'\') AS date) AS "Day", c7 AS "Note"\nFROM orders_text',
  );
});
