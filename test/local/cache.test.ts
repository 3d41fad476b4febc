import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installOnce, writeScript } from "../../local/cache";

const emptyFolder = () => mkdtempSync(join(tmpdir(), "cache-"));

function writeFile(text: string) {
  return (folder: string) => {
    mkdirSync(folder);
    writeFileSync(join(folder, "file"), text);
    return Promise.resolve();
  };
}

test("installs once", async () => {
  const target = join(emptyFolder(), "tool");
  await installOnce(target, writeFile("first"));
  await installOnce(target, writeFile("second"));
  expect(readFileSync(join(target, "file"), "utf8")).toBe("first");
});

test("a failed install leaves nothing behind and is tried again", async () => {
  const parent = emptyFolder();
  const broken = installOnce(join(parent, "tool"), async (folder) => {
    await writeFile("half")(folder);
    throw new Error("no network");
  });
  await expect(broken).rejects.toThrow("no network");
  expect(readdirSync(parent)).toEqual([]);
  await installOnce(join(parent, "tool"), writeFile("whole"));
  expect(readFileSync(join(parent, "tool/file"), "utf8")).toBe("whole");
});

test("another process that finishes first wins, and the loser's work is dropped", async () => {
  const parent = emptyFolder();
  const target = join(parent, "tool");
  await installOnce(target, async (folder) => {
    await writeFile("slow")(folder);
    await writeFile("fast")(target);
  });
  expect(readFileSync(join(target, "file"), "utf8")).toBe("fast");
  expect(readdirSync(parent)).toEqual(["tool"]);
});

test("what a process that has ended left half done is removed; a living one's work is not", async () => {
  const parent = emptyFolder();
  const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);
  mkdirSync(join(parent, `tool.${ended}.tmp`));
  mkdirSync(join(parent, `tool.${process.ppid}.tmp`));
  await installOnce(join(parent, "tool"), writeFile("whole"));
  expect(readdirSync(parent).sort()).toEqual(["tool", `tool.${process.ppid}.tmp`]);
});

test("a script is written executable, and rewritten only when its text differs", async () => {
  const path = join(emptyFolder(), "bin/run");
  await writeScript(path, "#!/bin/sh\n");
  expect(statSync(path).mode & 0o111).toBe(0o111);
  const { ino } = statSync(path);
  await writeScript(path, "#!/bin/sh\n");
  expect(statSync(path).ino).toBe(ino);
  await writeScript(path, "#!/bin/sh\necho\n");
  expect(readFileSync(path, "utf8")).toBe("#!/bin/sh\necho\n");
  expect(existsSync(`${path}.${process.pid}.tmp`)).toBe(false);
});
