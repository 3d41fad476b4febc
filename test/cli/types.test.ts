import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/server";
import { projectRoot } from "../../local/paths";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({
    datasets: [
      {
        id: "odd",
        name: 'Größen "A" 2024',
        columns: [
          { name: "Order ID", type: "STRING" },
          { name: 'He said "no"', type: "DECIMAL" },
          { name: "Größe", type: "LONG" },
          { name: "日付", type: "DATE" },
        ],
        rows: [],
      },
    ],
    users: [{ token: "cli-token", id: 1, displayName: "Reader", datasets: { odd: "READ" } }],
    s3Endpoint: "http://127.0.0.1:9",
  });
});
afterAll(() => emulator.close());

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

function run(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Run> {
  const env = { ...process.env, DOMO_BASE_URL: emulator.url, DOMO_DEVELOPER_TOKEN: "cli-token", ...more };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(projectRoot, "dist/cli/main.js"), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

test("types writes a row type that a program can use", async () => {
  const { code, stdout, stderr } = await run(["types", "odd"]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const folder = mkdtempSync(join(tmpdir(), "domo-row-type-"));
  writeFileSync(join(folder, "row.ts"), stdout);
  for (const column of ['"Order ID": string;', '"He said \\"no\\"": number;', '"Größe": number;', '"日付": Date;']) {
    expect(stdout).toContain(column);
  }
  const tsc = join(projectRoot, "node_modules/typescript/bin/tsc");
  const checked = await new Promise<number>((resolve) =>
    execFile(process.execPath, [tsc, "--noEmit", "--strict", "row.ts"], { cwd: folder }, (error) =>
      resolve(Number(error?.code ?? 0)),
    ),
  );
  expect(checked).toBe(0);
});

test("types and init name what the environment lacks, and not the stack's configuration", async () => {
  const none = { DOMO_BASE_URL: "", DOMO_INSTANCE: "", DOMO_DEVELOPER_TOKEN: "" };
  const said = (unset: string, orElse = "") => ({
    code: 1,
    stdout: "",
    stderr: `asking Domo for the columns: the environment lacks ${unset} — export what is missing${orElse}; this command reads no stack's configuration\n`,
  });
  const folder = join(mkdtempSync(join(tmpdir(), "domo-types-")), "new");
  const init = ["init", folder, "--dataset", "odd"];
  const both = "DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN";
  expect(await run(["types", "odd"], none)).toMatchObject(said(both));
  expect(await run(init, none)).toMatchObject(said(both, ", or leave --dataset out"));
  expect(await run(init, { DOMO_DEVELOPER_TOKEN: "" })).toMatchObject(
    said("DOMO_DEVELOPER_TOKEN", ", or leave --dataset out"),
  );
  expect(existsSync(folder)).toBe(false);
  expect((await run(["types", "odd"], { DOMO_DEVELOPER_TOKEN: "a b" })).stderr).toMatch(/^domo:developerToken: /);
});

test("types says what to do about a wrong token, a missing dataset and a wrong option", async () => {
  const wrongToken = await run(["types", "odd"], { DOMO_DEVELOPER_TOKEN: "nobody" });
  expect(wrongToken.code).toBe(1);
  expect(wrongToken.stderr).toContain("set a new one in DOMO_DEVELOPER_TOKEN");
  const missing = await run(["types", "none"]);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain("there is no such dataset in this instance");
  const unknown = await run(["typs", "odd"]);
  expect(unknown.code).toBe(64);
  expect(unknown.stderr).toContain("Did you mean types?");
});
