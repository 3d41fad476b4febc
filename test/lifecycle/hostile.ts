import { gunzipSync } from "node:zlib";
import { expect, vi } from "vitest";
import { s3Of } from "../../local/aws-fixtures";
import type { ExportState } from "../../provider/state/export-state";
import type { EngineServer } from "../support/engine-server";
import { deployer, type Lab, type Lifecycle, shell } from "../support/lab";

/** Domo's JSON of a query for the rows of a region, written by hand. */
export function rowsOf(region?: string): Record<string, unknown> {
  const column = (name: string) => ({ exprType: "COLUMN", column: name });
  const where = {
    exprType: "EQUALS",
    leftExpr: column("Region"),
    rightExpr: { exprType: "STRING_VALUE", value: region },
  };
  return {
    columns: [column("Order ID"), column("Sales")],
    groupByColumns: [],
    orderByColumns: [],
    ...(region && { where }),
  };
}

/** What the arguments of all these tests have in common. */
export function argsOf(lab: Lab, path: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { dataset, bucket, roleArn } = lab;
  return { dataset, bucket, roleArn, path, query: rowsOf("West"), ...more };
}

/** The error of a run that must fail. */
export async function failure(
  run: Promise<unknown>,
): Promise<Error & { properties?: ExportState; reasons?: string[] }> {
  return run.then(
    () => expect.fail("it succeeded"),
    (error: Error) => error,
  );
}

/** Ids of the exports that our POSTs have started. */
export async function startedBy(lab: Lab): Promise<string[]> {
  const exports = await lab.emulator.control.exports({});
  return exports.flatMap(({ order, exportId }) => (order.source === "pulumi-domo-s3-export" ? [exportId] : []));
}

/** Waits until our POST has started that many exports. */
export async function untilStarted(lab: Lab, count = 1): Promise<void> {
  await expect.poll(async () => (await startedBy(lab)).length, { timeout: 30_000, interval: 10 }).toBe(count);
}

/** The recorded objects hold what DuckDB gives for this query and the token's user, byte for byte. */
export async function expectContent(
  lab: Lab,
  { bucket, files }: ExportState,
  query: unknown,
  emulator = lab.emulator,
): Promise<void> {
  const { id: userId } = deployer(lab.dataset);
  const { csv } = await emulator.control.evaluate({ dataset: lab.dataset, query, userId });
  const texts = await Promise.all(files.map(async ({ key }) => textOf(await s3Of(lab.moto).get(bucket, key))));
  expect(texts.map((text, part) => (part === 0 ? text : text.slice(text.indexOf("\n") + 1))).join("")).toBe(csv);
}

function textOf(content: Buffer): string {
  return (content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content).toString();
}

/** A fresh provider process whose engine keeps what it is told. The resource needs a URN. */
export async function processTelling(engine: EngineServer): Promise<Lifecycle> {
  vi.resetModules();
  return shell(await import("../../provider/lifecycle.js"), { engine: engine.address });
}
