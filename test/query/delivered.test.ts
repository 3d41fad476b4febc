import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { csvLine } from "../../emulator/csv-text";
import { openOracle } from "../support/oracle";
import { type Emulator, startEmulator } from "../../emulator/server";
import { compile } from "../../provider/query/compile";
import { render } from "../../provider/query/render";
import { domo, type ExportAnswer, finished } from "../emulator/domo-call";
import { type LocalS3, startLocalS3 } from "../emulator/local-s3";
import { exportBody, options, reader } from "../emulator/small-dataset";
import { columns, rows, selectTree } from "./trees";

const SEED = 20_240_131;

let s3: LocalS3;
let emulator: Emulator;
const [data] = fc.sample(rows, { seed: SEED, numRuns: 20 }).sort((a, b) => b.length - a.length);
const dataset = { id: "wild", name: "Wild", columns, rows: data! };

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket("exports");
  emulator = await startEmulator({
    ...options,
    datasets: [dataset],
    users: [{ ...reader, datasets: { wild: "READ" } }],
    s3Endpoint: s3.endpoint,
    exportSeconds: 0.01,
  });
}, 120_000);
afterAll(async () => {
  await emulator.close();
  await s3.stop();
});

test("files that come by the whole way hold DuckDB's answer to the SQL, for 40 queries", async () => {
  const oracle = await openOracle(dataset);
  const queries = fc.sample(
    selectTree.filter((query) => query.orderBy !== undefined),
    { seed: SEED, numRuns: 40 },
  );
  for (const query of queries) {
    await emulator.control.advanceData({ dataset: "wild" });
    const { body } = await domo(emulator.url, "/api/query/v1/export/wild", { body: exportBody({}, compile(query)) });
    const { exportId, exportStatus } = await finished(emulator.url, (body as ExportAnswer).exportId, "wild");
    expect(exportStatus).toBe("success");
    const answer = await oracle.run(render(query));
    const lines = answer.csv.slice(csvLine(answer.columns).length);
    const file = await s3.text("exports", `team/sales/${exportId}/export/data.csv.gz`);
    expect(file.endsWith(`\n${lines}`), `${render(query)}\n\n${file}\n\n${lines}`).toBe(true);
    expect(
      file
        .slice(0, file.length - lines.length)
        .trimEnd()
        .split("\n").length,
    ).toBeLessThanOrEqual(query.columns.length + 1);
  }
  oracle.close();
}, 90_000);
