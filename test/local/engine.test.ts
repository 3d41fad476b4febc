import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { findEngine } from "../../local/engine";
import { cacheDir } from "../../local/paths";

const path = process.env.PATH ?? "";

afterEach(() => {
  process.env.PATH = path;
});

function bundle(version: string, files = ["pulumi", "pulumi-language-nodejs"]): string {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  for (const file of files) {
    writeFileSync(join(folder, file), `#!/bin/sh\necho v${version}\n`);
    chmodSync(join(folder, file), 0o755);
  }
  return folder;
}

function putOnPath(folder: string): void {
  process.env.PATH = `${folder}${delimiter}${path}`;
}

test("an official bundle on PATH comes before the cache", async () => {
  const folder = bundle("3.210.0");
  putOnPath(folder);
  expect(await findEngine()).toEqual({ folder, version: "3.210.0", origin: `"${folder}/pulumi" on PATH` });
});

test("a bundle older than 3.200 is passed over", async () => {
  const folder = bundle("3.199.0");
  putOnPath(folder);
  expect((await findEngine()).folder).not.toBe(folder);
});

test("a pulumi without its language host is passed over", async () => {
  const folder = bundle("3.210.0", ["pulumi"]);
  putOnPath(folder);
  expect((await findEngine()).folder).not.toBe(folder);
});

test("the cache on PATH does not count as the user's own bundle", async () => {
  const first = await findEngine();
  putOnPath(first.folder);
  expect(await findEngine()).toEqual(first);
  expect(first.folder.startsWith(cacheDir) || path.includes(first.folder)).toBe(true);
});

test("the built engine names its version, as tools that ask it expect", async () => {
  const { folder, version } = await findEngine();
  const { stdout } = await promisify(execFile)(join(folder, "pulumi"), ["version"]);
  expect(stdout.trim()).toBe(`v${version}`);
  expect(version).toMatch(/^3\.\d+\.\d+$/);
});
