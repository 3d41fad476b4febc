import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { countRecords } from "../../local/bucket-view";
import { shellExports } from "../../local/shell-exports";

test("exports bring the environment about in a shell, whatever the values hold", () => {
  const script = shellExports({ PLAIN: "http://127.0.0.1:1/x", ODD: `it's "$HOME" \\ and\nmore`, GONE: undefined });
  const shown = execFileSync("sh", ["-c", `${script}printf '%s|%s|%s' "$PLAIN" "$ODD" "\${GONE-unset}"`], {
    env: { ...process.env, GONE: "here" },
    encoding: "utf8",
  });
  expect(shown).toBe(`http://127.0.0.1:1/x|it's "$HOME" \\ and\nmore|unset`);
});

test("records are counted by CSV's rules", () => {
  expect(countRecords("")).toBe(0);
  expect(countRecords("a,b\n1,2\n")).toBe(2);
  expect(countRecords("a,b\n1,2")).toBe(2);
  expect(countRecords('a,b\n"one\ntwo","say ""hi""\n"\n3,4\n')).toBe(3);
});
