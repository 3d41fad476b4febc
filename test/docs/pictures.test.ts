import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { terminalPicture } from "./picture";

const linesOf = (golden: string): string[] =>
  readFileSync(join(projectRoot, "test/cli/golden", golden), "utf8")
    .trimEnd()
    .split("\n");

test.each([
  ["review.svg", "What a change of the program sends out of Domo", linesOf("compared.txt").slice(0, 25)],
  ["list.svg", "The exports of a stack, with the next step of each", linesOf("list-120.txt")],
])("docs/pictures/%s is drawn from a real report (npm run docs:pictures draws it)", async (file, title, lines) => {
  await expect(terminalPicture(title, lines)).toMatchFileSnapshot(`../../docs/pictures/${file}`);
});
