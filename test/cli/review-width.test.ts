import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { paintWith } from "../../cli/colors";
import { TABLE_WIDTH, widthOf } from "../../cli/columns";
import { type Report, reportSchema } from "../../cli/review/report";
import { renderTerminal } from "../../cli/review/terminal";
import { projectRoot } from "../../local/paths";

const golden = (name: string) => join(projectRoot, "test/cli/golden", name);
const reportIn = (name: string): Report => reportSchema.parse(JSON.parse(readFileSync(golden(name), "utf8")));
const rendered = (report: Report, width: number, colors: boolean) =>
  renderTerminal(report, { width, paint: paintWith(colors) });

describe.each(["many.json", "compared.json"])("%s", (name) => {
  const report = reportIn(name);

  test.each([60, 80, 99, 100, 120])("at %i columns no line is wider, and colours change nothing else", (width) => {
    const plain = rendered(report, width, false);
    const colored = rendered(report, width, true);
    expect(stripVTControlCharacters(colored)).toBe(plain);
    expect(colored).not.toBe(plain);
    const wider = plain.split("\n").filter((line) => widthOf(line) > width);
    expect(wider).toEqual([]);
    expect(plain.includes("┌")).toBe(width >= TABLE_WIDTH);
  });
});

test.each([60, 80])("a terminal of %i columns has one block for each export", async (width) => {
  await expect(rendered(reportIn("many.json"), width, false)).toMatchFileSnapshot(golden(`many-${width}.txt`));
});
