import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server.js";
import { domo, type ExportAnswer, finished } from "./domo-call.js";
import { type LocalS3, startLocalS3 } from "./local-s3.js";
import { column, exportBody, options, sales } from "./small-dataset.js";

let s3: LocalS3;
let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket("exports");
  emulator = await startEmulator({ ...options, s3Endpoint: s3.endpoint });
}, 120_000);
beforeEach(() => emulator.control.reset());
afterAll(async () => {
  await emulator.close();
  await s3.stop();
});

async function run(body: object): Promise<ExportAnswer> {
  const { body: answer } = await domo(emulator.url, exportPath, { body });
  return finished(emulator.url, (answer as ExportAnswer).exportId);
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
