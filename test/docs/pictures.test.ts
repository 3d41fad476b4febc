import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import type { DriftReport } from "../../cli/drift/report";
import { renderMarkdown } from "../../cli/drift/markdown";
import { pagePicture } from "./page-picture";
import { terminalPicture } from "./picture";

const linesOf = (golden: string, tier = "cli"): string[] =>
  readFileSync(join(projectRoot, "test", tier, "golden", golden), "utf8")
    .trimEnd()
    .split("\n");

test.each([
  ["up.svg", "The rows of an up that exports", linesOf("up.txt", "engine")],
  ["review.svg", "What a change of the program sends out of Domo", linesOf("compared.txt").slice(0, 25)],
  ["list.svg", "The exports of a stack, with the next step of each", linesOf("list-120.txt")],
])("docs/pictures/%s is drawn from a real report (npm run docs:pictures draws it)", async (file, title, lines) => {
  await expect(terminalPicture(title, lines)).toMatchFileSnapshot(`../../docs/pictures/${file}`);
});

/** What a drift gate finds in a stack with two exports. */
const drifted: DriftReport = {
  version: 1,
  stacks: [
    {
      stack: "prod",
      exports: [
        {
          name: "sales",
          urn: "urn:pulumi:prod::finance::domo:index:S3Export::sales",
          onNewData: "report",
          drift: [
            {
              kind: "object-missing",
              subject: "domo/prod/sales/…/part-1.csv.gz",
              expected: "142,118 bytes",
              actual: "no such object",
            },
            {
              kind: "new-data",
              subject: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
              expected: "data of 2026-11-20 06:00 UTC",
              actual: "data of 2026-11-24 06:00 UTC",
              since: "2026-11-24T06:00:00.000Z",
            },
          ],
        },
        {
          name: "salaries",
          urn: "urn:pulumi:prod::finance::domo:index:S3Export::salaries",
          onNewData: "ignore",
          drift: [
            {
              kind: "bucket-exposed",
              subject: "acme-exports",
              expected: "closed",
              actual: "statement AuditorsRead lets 999999999999 read",
            },
          ],
        },
      ],
    },
  ],
};

test.each([
  ["comment.svg", "The comment on a pull request", linesOf("compared.md").join("\n").split("### All exports")[0] ?? ""],
  ["drift.svg", "The report of a drift gate", renderMarkdown(drifted)],
])("docs/pictures/%s is the page of a real report", async (file, title, markdown) => {
  await expect(pagePicture(title, markdown)).toMatchFileSnapshot(`../../docs/pictures/${file}`);
});
