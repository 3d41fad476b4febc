import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { salesDataset } from "../../local/cloud";
import { projectRoot } from "../../local/paths";
import { command } from "../support/review";

let emulator: Emulator;
beforeAll(async () => {
  const columns = [{ name: "Order ID", type: "STRING" as const }];
  emulator = await startEmulator({
    datasets: [{ id: salesDataset, name: "Orders of <b>2024</b>", columns, rows: [] }],
    users: [{ token: "names", id: 1, displayName: "Reader", datasets: { [salesDataset]: "READ" } }],
    s3Endpoint: "http://127.0.0.1:9",
  });
});
afterAll(() => emulator.close());

const domo = (token: string) => ({ DOMO_BASE_URL: emulator.url, DOMO_DEVELOPER_TOKEN: token });

test("--names shows what Domo calls the datasets; without it Domo is not asked, whatever the environment holds", async () => {
  const args = ["review", "--stack", "dev", "--format", "json"];
  const named = await command(projectRoot, [...args, "--names"], domo("names"));
  expect({ code: named.code, stderr: named.stderr }).toEqual({ code: 0, stderr: "" });
  expect(named.stdout).toContain("Orders of <b>2024</b>");
  expect(await emulator.control.countRequests()).toBe(1);
  const plain = await command(projectRoot, args, domo("names"));
  expect(plain.stdout).not.toContain("2024");
  expect(await emulator.control.countRequests()).toBe(1);
});

test("--names with a token that Domo refuses is an error that says so and holds no token", async () => {
  const { code, stdout, stderr } = await command(
    projectRoot,
    ["review", "--stack", "dev", "--names"],
    domo("wrong-token"),
  );
  expect(code).toBe(1);
  for (const text of [stdout, stderr]) {
    expect(text).toContain("the developer token is invalid or expired");
    expect(text).not.toContain("wrong-token");
  }
});

test("--counts shows how many rows each export would have now, or why that is not known", async () => {
  const markdown = async () => {
    const args = ["review", "--stack", "dev", "--format", "markdown", "--counts"];
    const { code, stdout, stderr } = await command(projectRoot, args, domo("names"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return /^- Would export now: .*$/m.exec(stdout)?.[0];
  };
  expect(await markdown()).toContain(`not counted: query.columns\\[1\\] the dataset`);
  const columns = ["Order ID", "Order Date", "Customer Name", "Region", "Sales"].map((name) => ({
    name,
    type: "STRING" as const,
  }));
  const rows = ["West", "East", "West"].map((region, index) => [`A-${index}`, "2024-01-31", "Jo", region, "1"]);
  await emulator.control.putDataset({ id: salesDataset, name: "Orders", columns, rows });
  await emulator.control.clearRequests();
  expect(await markdown()).toMatch(/^- Would export now: 2 of 3 rows, 5 columns, data of [-\d]+ [\d:]+ UTC$/);
  expect(await emulator.control.countRequests({ path: "v1/execute" })).toBe(1);
});
