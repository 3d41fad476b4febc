import { expect, test } from "vitest";
import { pages, read } from "./texts";

/** A block of output, after the comment that names where it comes from: `<!-- from <file>: "<begin>", … -->`. */
const BLOCK = /(?:<!-- from (\S+?)(?:: ([^\n]+))? -->\n\n)?```(text|console|json|xml)\n(.*?)```\n/gs;
const shown = pages.filter((page) => page !== "CONTRIBUTING.md");

/** A file that a test has written, whole or the paragraphs and table rows that begin as named. */
function outputOf(file: string, begins?: string): string {
  const text = read(file);
  if (begins === undefined) return text;
  const parts = text.trimEnd().split(/\n\n|\n├.*\n/);
  const picked = [...begins.matchAll(/"(.+?)"(?:,|$)/g)].map(([, begin = ""]) => {
    const found = parts.filter((part) => part.startsWith(begin));
    expect(found, `${file} has one part that begins with ${begin}`).toHaveLength(1);
    return found[0];
  });
  return `${picked.join("\n\n")}\n`;
}

test.each(shown.filter((page) => read(page).includes("<!-- from ")))(
  "the outputs on %s are of a real run (npx vitest run test/docs/outputs.test.ts -u pastes them)",
  async (page) => {
    const pasted = read(page).replace(BLOCK, (block, file?: string, begins?: string, language = "", old = "") =>
      file === undefined ? block : block.replace(`${language}\n${old}`, () => `${language}\n${outputOf(file, begins)}`),
    );
    await expect(pasted).toMatchFileSnapshot(`../../${page}`);
  },
);

test("every block of output says which run it is of", () => {
  const blocks = shown.flatMap((page) => [...read(page).matchAll(BLOCK)].map((match) => ({ page, match })));
  const outputs = blocks.filter(({ match: [, , , language] }) => language === "text" || language === "console");
  expect(outputs.length).toBeGreaterThan(6);
  expect(outputs.filter(({ match: [, file] }) => file === undefined).map(({ page }) => page)).toEqual([]);
});
