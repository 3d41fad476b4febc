import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ordersCsv, ordersDataset } from "../../emulator/make-orders";
import { runSql } from "../support/oracle";

test("the orders are the same bytes everywhere", () => {
  const bytes = readFileSync(ordersDataset().csv);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(
    "48bdf46ae35bd00198cf334e16d5a57b4b9c69d306d36e3adb855c359ffa9874",
  );
  expect(ordersCsv(10, 1)).toBe(bytes.toString("utf8").slice(0, ordersCsv(10, 1).length));
  expect(ordersCsv(10, 2)).not.toBe(ordersCsv(10, 1));
});

test("the orders hold every kind of value that is easy to get wrong, and come back unchanged", async () => {
  const dataset = ordersDataset();
  const facts = `SELECT count(*), count(DISTINCT "Order ID"), count(*) FILTER (Notes = ''), count(*) FILTER (Notes IS NULL),
    count(*) FILTER (contains(Notes, chr(10))), count(*) FILTER (contains(Notes, '"')), count(*) FILTER (Sales IS NULL) FROM dataset`;
  const { rows } = await runSql(dataset, facts);
  const [all, ids, ...kinds] = rows[0]?.map(Number) ?? [];
  expect([all, ids]).toEqual([12_000, 12_000]);
  for (const count of kinds) expect(count).toBeGreaterThan(50);
  const text = readFileSync(dataset.csv, "utf8");
  expect((await runSql(dataset, "SELECT * FROM dataset")).csv).toBe(text);
});
