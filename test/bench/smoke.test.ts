import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Row } from "../../bench/harness/row";
import { projectRoot } from "../../local/paths";
import { runChecked, runCommand } from "../../local/process";

const script = join(projectRoot, "dist/bench/main.js");
const folder = mkdtempSync(join(tmpdir(), "bench-smoke-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface WrittenResults {
  readonly quick: boolean;
  readonly rounds: number;
  readonly machine: Record<string, unknown>;
  readonly rows: readonly (Row & { readonly met: boolean | null })[];
}

test("a quick run measures every figure, and what can be counted meets its target", { timeout: 600_000 }, async () => {
  const env = { ...process.env, BENCH_RESULTS: folder };
  const { stdout } = await runChecked(process.execPath, [script, "--quick", "--before", projectRoot], { env });
  const [file = ""] = readdirSync(folder);
  const { quick, rounds, machine, rows } = JSON.parse(readFileSync(join(folder, file), "utf8")) as WrittenResults;
  expect({ quick, rounds }).toEqual({ quick: true, rounds: 1 });
  expect(Object.keys(machine)).toEqual(["cpu", "cores", "memoryGiB", "system", "node", "pulumi", "commit", "load"]);
  for (const { figure, value } of rows) {
    expect(stdout).toContain(figure);
    expect(Object.values(value).every(Number.isFinite), figure).toBe(true);
  }

  const row = (part: string) => rows.find(({ figure }) => figure.includes(part));
  // Two datasets: one call for both, and columns and policies of each.
  expect(row("calls to Domo")).toMatchObject({ value: { median: 5 } });
  // Eight objects below one prefix: one listing.
  expect(row("S3 calls per export")).toMatchObject({ value: { median: 1 / 8 }, met: true });
  expect(row("__provider")).toMatchObject({ unit: "bytes", met: true });
  expect(row("state per export")).toMatchObject({ unit: "bytes", met: true });
  expect(row("status calls")).toMatchObject({ unit: "calls", met: true });
  const kinds = [
    "create beyond",
    "--parallel 256",
    "default parallelism",
    "preview, wall",
    "no-change up",
    "refresh, wall",
  ];
  for (const part of [
    ...kinds,
    "first answer",
    "waiting at once",
    "review of 5",
    "review of one",
    'verify "rows"',
    "peak memory",
    "pipelined",
    "HTTP/2",
  ])
    expect(row(part), part).toBeDefined();
  for (const part of ["create beyond", "preview, wall", "state per export", "peak memory"])
    expect(row(part)?.before, part).toBeDefined();
});

test.each([
  {
    args: ["--only", "speed"],
    says: `"speed" is none of create, waiting, queue, politeness, many, first-answer, review, rows, transport.`,
  },
  { args: ["--rounds", "0"], says: `"0" is not a whole number from 1 to 100.` },
  { args: ["--quik"], says: "Did you mean --quick?" },
  { args: ["--page", "--quick"], says: "option '--page' cannot be used with option '--quick'" },
])("bad options are a usage error: $args", async ({ args, says }) => {
  const { code, stdout, stderr } = await runCommand(process.execPath, [script, ...args]);
  expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr).toContain('see "bench --help"');
});
