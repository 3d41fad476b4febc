import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { signatureMark } from "../../emulator/file-url";
import { ordersDataset } from "../../emulator/make-orders";
import { runSql } from "../support/oracle";
import { type Emulator, startEmulator } from "../../emulator/server";
import { domo, type ExportAnswer, finished } from "./domo-call";
import { type LocalS3, startLocalS3 } from "./local-s3";
import { column, exportBody, options, reader, sales, text } from "./small-dataset";

let s3: LocalS3;
let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket("exports");
  const orders = ordersDataset();
  emulator = await startEmulator({
    ...options,
    datasets: [...options.datasets, orders],
    users: [{ ...reader, datasets: { sales: "READ", orders: "READ" } }],
    s3Endpoint: s3.endpoint,
  });
}, 120_000);
beforeEach(() => emulator.control.reset());
afterAll(async () => {
  await emulator.close();
  await s3.stop();
});

async function post(body: object, path = exportPath): Promise<ExportAnswer> {
  return (await domo(emulator.url, path, { body })).body as ExportAnswer;
}

async function run(body: object, dataset = "sales"): Promise<ExportAnswer> {
  return finished(emulator.url, (await post(body, `/api/query/v1/export/${dataset}`)).exportId, dataset);
}

test("an export writes a gzip CSV under path and id", async () => {
  const all = { columns: sales.columns.map(({ name }) => column(name)) };
  const answer = await run(exportBody({}, all));
  const key = `team/sales/${answer.exportId}/export/data.csv.gz`;
  expect(answer).toMatchObject({ exportStatus: "success", urlRowCountMap: { [`s3://exports/${key}`]: 4 } });
  expect(await s3.text("exports", key)).toBe(
    'Order ID,Région,"The ""Note""",Sales,Day,At,Rate\n' +
      '1,West,"",10.50,2024-01-01,2024-01-01 08:00:00,0.1\n' +
      "2,East,,0.10,2024-01-02,2024-01-02 09:30:00,1.5\n" +
      '3,West,"a ""b"", c\nd",100.00,2024-01-03,,\n' +
      "4,Île,x'; --,,,2024-01-04 00:00:00,2\n",
  );
});

test("the exported bytes are DuckDB's answer to the SQL on the CSV", async () => {
  const query = {
    columns: ["Order ID", "Customer Name", "Sales", "Order Date", "Ship Date", "Notes"].map(column),
    where: { exprType: "EQUALS", leftExpr: column("Region"), rightExpr: text("Île-de-France") },
  };
  const answer = await run(exportBody({}, query), "orders");
  const sql = `SELECT "Order ID", "Customer Name", Sales, "Order Date", "Ship Date", Notes FROM dataset WHERE Region = 'Île-de-France'`;
  const oracle = await runSql(ordersDataset(), sql);
  expect(oracle.rows.length).toBeGreaterThan(1000);
  expect(await s3.text("exports", `team/sales/${answer.exportId}/export/data.csv.gz`)).toBe(oracle.csv);
});

test("status goes from none over exporting to success, and nothing that Domo keeps to itself is told", async () => {
  await emulator.control.setOptions({ exportSeconds: 0.5 });
  const first = await post(exportBody());
  expect(first).toMatchObject({ exportStatus: "none", finished: null, errorCode: null, bucket: "exports" });
  await new Promise((resolve) => setTimeout(resolve, 150));
  const { body } = await domo(emulator.url, exportPath);
  expect(body).toMatchObject([{ exportId: first.exportId, exportStatus: "exporting" }]);
  const last = await finished(emulator.url, first.exportId);
  expect(last).toMatchObject({ exportStatus: "success", exportFormat: "csv", compression: "gzip" });
  const fields = [
    "bucket",
    "compression",
    "errorCode",
    "exportFormat",
    "exportId",
    "exportStatus",
    "finished",
    "message",
  ];
  expect(Object.keys(last).sort()).toEqual([...fields, "started", "tempUrlRowCountMap", "urlRowCountMap"]);
  expect(JSON.stringify(last)).toContain(signatureMark);
  expect(JSON.stringify(last)).not.toContain("SECRETKEY");
});

test("parts, byte order mark, no compression, bare keys and epoch times when asked for", async () => {
  const changes = { partRows: 3, compression: "none", urlForm: "key", timeFormat: "epoch" } as const;
  await emulator.control.setOptions(changes);
  const queryRequest = { includeBOM: true, query: { columns: [column("Order ID")] } };
  const answer = await run(exportBody({ queryRequest }));
  const folder = `team/sales/${answer.exportId}/export`;
  expect(answer.urlRowCountMap).toEqual({ [`${folder}/data.csv`]: 3, [`${folder}/data-1.csv`]: 1 });
  expect(answer.started).toBeTypeOf("number");
  expect(await s3.text("exports", `${folder}/data.csv`)).toBe("\uFEFFOrder ID\n1\n2\n3\n");
  expect(await s3.text("exports", `${folder}/data-1.csv`)).toBe("\uFEFFOrder ID\n4\n");
});

test("an empty result is a file with a header", async () => {
  const where = { exprType: "EQUALS", leftExpr: column("Région"), rightExpr: text("nowhere") };
  const answer = await run(exportBody({}, { columns: [column("Day")], where }));
  expect(Object.values(answer.urlRowCountMap)).toEqual([0]);
  expect(await s3.text("exports", `team/sales/${answer.exportId}/export/data.csv.gz`)).toBe("Day\n");
});

test("a file above one part is uploaded whole, with the KMS key of the request", async () => {
  const long = "x".repeat(1_000_000);
  const rows = Array.from({ length: 10 }, (_, index) => [`${index}${long}`]);
  await emulator.control.putDataset({ id: "sales", name: "Large", columns: [{ name: "Text", type: "STRING" }], rows });
  await emulator.control.setOptions({ compression: "none" });
  const answer = await run(exportBody({ awsKmsKey: "key-1" }, { columns: [column("Text")] }));
  const Key = `team/sales/${answer.exportId}/export/data.csv`;
  const head = await s3.client.send(new HeadObjectCommand({ Bucket: "exports", Key }));
  const facts = { ContentLength: 10 * 1_000_002 + 5, ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key-1" };
  expect(head).toMatchObject(facts);
});

test("the rows that PDP lets the token's user see are exported", async () => {
  const member = { filterGroupId: 1, name: "West only", type: "user", groupIds: [70] } as const;
  const policies = [{ ...member, parameters: [{ name: "Région", values: ["West"] }] }];
  await emulator.control.setPdp({ dataset: "sales", pdp: { enabled: true, policies } });
  const answer = await run(exportBody());
  expect(await s3.text("exports", `team/sales/${answer.exportId}/export/data.csv.gz`)).toBe("Order ID\n1\n3\n");
});

test("rows that get lost are missing from the file only", async () => {
  await emulator.control.setOptions({ missingRows: 1 });
  const answer = await run(exportBody());
  expect(Object.values(answer.urlRowCountMap)).toEqual([4]);
  expect(await s3.text("exports", `team/sales/${answer.exportId}/export/data.csv.gz`)).toBe("Order ID\n2\n3\n4\n");
});

test("a wrong region and a missing bucket end in error", async () => {
  await emulator.control.setOptions({ reuse: "never" });
  expect(await run(exportBody({ region: "us-east-1" }))).toMatchObject({
    exportStatus: "error",
    errorCode: "PermanentRedirect",
    message: 'Bucket "exports" is in region eu-west-3, not us-east-1',
    urlRowCountMap: {},
  });
  expect(await run(exportBody({ bucket: "missing" }))).toMatchObject({
    exportStatus: "error",
    errorCode: "NoSuchBucket",
  });
});
