import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { runCommand } from "../../local/process";

const main = join(projectRoot, "dist/cli/main.js");
const run = (...args: string[]) => runCommand(process.execPath, [main, ...args]);
const COMMANDS = ["types", "review", "comment", "drift", "list", "doctor", "init"];
/** Options of the commands, such as `-f, --format <format>`, and the rest of each help. */
const helps: Readonly<Record<string, string>> = Object.fromEntries(
  COMMANDS.map((name) => [name, execFileSync(process.execPath, [main, name, "--help"], { encoding: "utf8" })]),
);

/** The options that a command has, such as `-f, --format <format>`. */
const optionsOf = (name: string) =>
  [...(helps[name] ?? "").matchAll(/^ {2}((?:-\w, )?--[a-z-]+(?: <[\w=-]+>)?)/gm)].map(([, option = ""]) => option);

test("the help names every command", async () => {
  const { stdout } = await run("--help");
  const named = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map(([, name]) => name);
  expect(named.filter((name) => name !== "help")).toEqual(COMMANDS);
});

test("--version writes the version of the package and nothing else", async () => {
  const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string };
  expect(await run("--version")).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("a long option has the same short one, and the same kind of value, in every command", () => {
  const spellings = new Map<string, Set<string>>();
  for (const option of COMMANDS.flatMap(optionsOf)) {
    const [, short = "", long = ""] = /^(?:(-\w), )?(--[a-z-]+)/.exec(option) ?? [];
    spellings.set(long, (spellings.get(long) ?? new Set()).add(`${short} ${option.split("<")[1] ?? ""}`));
  }
  expect([...spellings].filter(([, forms]) => forms.size > 1)).toEqual([]);
});

test("a short option means one thing", () => {
  const meanings = new Map<string, Set<string>>();
  for (const option of COMMANDS.flatMap(optionsOf)) {
    const [, short, long = ""] = /^(-\w), (--[a-z-]+)/.exec(option) ?? [];
    if (short) meanings.set(short, (meanings.get(short) ?? new Set()).add(long));
  }
  expect([...meanings].filter(([, longs]) => longs.size > 1)).toEqual([]);
});

test.each(COMMANDS)("%s says in its help which exit codes it has, and 64 is one", (name) => {
  expect(helps[name]?.replace(/\s+/g, " ")).toMatch(/Exit codes: 0 .+, 1 .+, 64 wrong command line\./);
});

const needed: Readonly<Record<string, string[]>> = { types: ["d"], comment: ["r.json"] };

test.each(["", ...COMMANDS])("%s prints one line for a wrong option, and ends with 64", async (name) => {
  const words = name === "" ? [] : [name];
  const { code, stdout, stderr } = await run(...words, ...(needed[name] ?? []), "--nonsense");
  expect(stderr).toBe(
    `error: unknown option '--nonsense' — see "${["pulumi-domo-s3-export", ...words].join(" ")} --help"\n`,
  );
  expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
});

test.each(COMMANDS.filter((name) => optionsOf(name).includes("-C, --cwd <folder>")))(
  "%s says in one line that a folder is not there, and ends with 64",
  async (name) => {
    const { code, stderr } = await run(name, "-C", "/nowhere");
    expect(stderr).toBe(
      `error: option '-C, --cwd <folder>' argument '/nowhere' is invalid. There is no such folder: give the folder of the Pulumi project. — see "pulumi-domo-s3-export ${name} --help"\n`,
    );
    expect(code).toBe(64);
  },
);

test.each(COMMANDS.filter((name) => optionsOf(name).includes("-f, --format <format>")))(
  "%s names its formats, text, markdown and json among them, when another one is given",
  async (name) => {
    const { code, stderr } = await run(name, "-f", "xml");
    expect(stderr).toMatch(/"xml" is not a format\. Known: "text", "markdown", "json"[^\n]* — see "[^\n]*"\n$/);
    expect(code).toBe(64);
  },
);

test("a report that can't be written is a sentence", async () => {
  const { code, stderr } = await run("comment", "/nowhere/review.json");
  expect(stderr).toBe(
    'reading the report "/nowhere/review.json": there is no such file — give a file that "review --format json" has written, by the same version of this package\n',
  );
  expect(code).toBe(1);
});

test("the page has every command with its formats and exit codes, and every common option with the commands that have it", () => {
  const page = readFileSync(join(projectRoot, "docs/doctor.md"), "utf8");
  const cells = (line: string) => line.split("|").map((cell) => cell.trim());
  for (const name of COMMANDS) {
    const [, , , formats = "", codes = ""] = cells(new RegExp(`^\\| \`${name}\` .*$`, "m").exec(page)?.[0] ?? "");
    const help = (helps[name] ?? "").replace(/\s+/g, " ");
    expect([name, formats]).toEqual([name, /--format <format> one of ([a-z, ]+?) \(/.exec(help)?.[1] ?? ""]);
    const own = (text: string) =>
      [...text.matchAll(/(?:^|, |: )(\d+)/g)].map(([, code]) => Number(code)).sort((a, b) => a - b);
    expect([name, [...own(codes), 64]]).toEqual([name, own(/Exit codes: .*$/.exec(help)?.[0] ?? "")]);
  }
  const rows = [...page.matchAll(/^\| `(-\w)`, `(--[a-z-]+)[^|]*\| ([^|]+)\|/gm)];
  expect(rows.length).toBe(6);
  for (const [, short = "", long = "", where = ""] of rows) {
    const having = COMMANDS.filter((name) => optionsOf(name).some((option) => option.startsWith(`${short}, ${long}`)));
    const named =
      where.trim() === "all but init" ? COMMANDS.filter((name) => name !== "init") : where.trim().split(", ");
    expect([long, [...named].sort()]).toEqual([long, [...having].sort()]);
  }
});
