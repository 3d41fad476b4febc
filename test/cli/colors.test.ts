import { expect, test } from "vitest";
import { hasColors, paintWith } from "../../cli/colors";

test.each([
  ["a terminal", true, {}, true],
  ["a pipe", false, {}, false],
  ["a dumb terminal", true, { TERM: "dumb" }, false],
  ["a CI system, which has no terminal", false, { CI: "true" }, false],
  ["NO_COLOR on a terminal", true, { NO_COLOR: "1" }, false],
  ["an empty NO_COLOR", true, { NO_COLOR: "" }, true],
  ["FORCE_COLOR through a pipe", false, { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR in CI", false, { CI: "true", FORCE_COLOR: "" }, true],
  ["FORCE_COLOR=0 on a terminal", true, { FORCE_COLOR: "0" }, false],
  ["FORCE_COLOR=false on a terminal", true, { FORCE_COLOR: "false" }, false],
  ["FORCE_COLOR on a dumb terminal", true, { FORCE_COLOR: "1", TERM: "dumb" }, true],
  ["NO_COLOR and FORCE_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
])("%s", (_, terminal, env, expected) => {
  expect(hasColors({ terminal, env })).toBe(expected);
});

test("paint puts a style around a text, or leaves it as it is", () => {
  expect(paintWith(true).bold("x")).toBe("\u001b[1mx\u001b[22m");
  expect(paintWith(true).bold("")).toBe("");
  expect(paintWith(false).bold("x")).toBe("x");
});
