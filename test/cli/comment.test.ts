import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import { renderBounded } from "../../cli/review/bounded";
import { renderMarkdown } from "../../cli/review/markdown";
import type { Finding, Report } from "../../cli/review/report";
import { command } from "../support/review";
import { reportedChange, reportedExport, reportOf } from "../support/reports";

const LIMIT = 65_536;
const link = "https://github.com/acme/exports/actions/runs/1";
const markdown = new MarkdownIt({ html: true, linkify: true });
const fences = (text: string) =>
  markdown
    .parse(text, {})
    .filter(({ type }) => type === "fence")
    .map(({ content }) => content);

const column = (subject: string): Finding => ({
  mark: "new-column",
  subject,
  text: "was not exported here before",
  rules: ["new-columns"],
});
const other: Finding = { mark: "other", subject: "useCache", text: "default → true", rules: [] };
const difference = (name: string, value: string) => ({
  exports: [name],
  what: "Rows",
  values: [{ stacks: ["dev"], value }],
});
const wide = (name: string) =>
  reportedChange(
    name,
    [other],
    Array.from({ length: 400 }, (_, i) => `+  "Column ${i} of a wide dataset of orders",`),
  );

/** Two hundred changes of little weight, and one of another kind whose name is the last. */
const many = () =>
  reportOf({
    exports: Array.from({ length: 200 }, (_, i) => reportedExport(`orders-${String(i).padStart(3, "0")}`)),
    comparison: {
      findings: [],
      changes: [
        ...Array.from({ length: 200 }, (_, i) => wide(`orders-${String(i).padStart(3, "0")}`)),
        reportedChange("zz-staff", [column('"SSN"')], ['+  "SSN"']),
      ],
      unchanged: 0,
    },
  });

test("a comment stays below the host's limit: link first, then in bold what is cut, the worst change before the rest", () => {
  const report = many();
  expect(renderMarkdown(report).length).toBeGreaterThan(10 * LIMIT);
  const comment = renderBounded(report, { limit: 65_000, link });
  expect(comment.length).toBeLessThanOrEqual(65_000);
  const [first, second, title] = comment.split("\n\n");
  expect(first).toBe(`[The whole report](${link})`);
  expect(second).toMatch(
    /^\*\*This report is cut, as it is too long for a comment\. Shortened or left out: \d+ changes and \d+ tables and exports\. Read the whole report before you approve\.\*\*$/,
  );
  expect(title).toBe("## Domo exports of shop, stack dev");
  expect(comment.indexOf('`"SSN"`')).toBeGreaterThan(0);
  expect(comment.indexOf('`"SSN"`')).toBeLessThan(comment.indexOf("orders-000"));
});

test("a thousand differences between the stacks leave the change that matters in a comment", () => {
  const differences = Array.from({ length: 1000 }, (_, index) => difference(`orders-${index}`, "x".repeat(150)));
  const changed = (stack: string) => ({
    stack,
    comparison: { findings: [], changes: [reportedChange("staff", [column('"SSN"')], ['+  "SSN"'])], unchanged: 0 },
  });
  const comment = renderBounded({ ...reportOf(changed("dev"), changed("prod")), differences }, { limit: 65_000, link });
  expect(comment.length).toBeLessThanOrEqual(65_000);
  expect(comment).toContain('- **NEW COLUMN** `"SSN"`');
  expect(comment).toMatch(/Shortened or left out: \d+ differences between stacks\. /);
  // The order is that of the whole report.
  expect(comment.indexOf("### Differences")).toBeLessThan(comment.indexOf("### Changes"));
});

test("a report that fits is whole, with nothing said of a cut", () => {
  const report = reportOf({ exports: [reportedExport("orders")] });
  expect(renderBounded(report, { limit: 65_000 })).toBe(renderMarkdown(report));
  expect(renderBounded(report, { limit: 65_000, link })).toBe(
    `[The whole report](${link})\n\n${renderMarkdown(report)}`,
  );
});

test("whatever the report and the limit: never longer, no block of code cut open, the link a link", () => {
  const words = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."`~|\\*_<>&@#[]() \nax") }),
    fc.string({ unit: "binary" }),
    fc.constantFrom("x".repeat(3000), "```", "日".repeat(500)),
  );
  const finding = fc.record({
    mark: fc.constantFrom("new-column", "new-destination", "other"),
    subject: words,
    text: words,
    rules: fc.constant([]),
  }) as fc.Arbitrary<Finding>;
  const change = fc.record({
    name: words,
    findings: fc.array(finding, { maxLength: 40 }),
    diff: fc.array(words, { maxLength: 30 }),
  });
  const item = fc.record({ name: words, sql: words, note: words });
  const stack = fc.record({
    stack: words,
    changes: fc.array(change, { maxLength: 8 }),
    items: fc.array(item, { maxLength: 8 }),
  });
  fc.assert(
    fc.property(
      fc.array(stack, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(words, words), { maxLength: 30 }),
      fc.integer({ min: 2000, max: 20_000 }),
      (stacks, differing, limit) => {
        const differences = differing.map(([name, value]) => difference(name, value));
        const stacked = reportOf(
          ...stacks.map(({ stack, changes, items }) => ({
            stack,
            notes: items.map(({ note }) => note),
            exports: items.map(({ name, sql }) => reportedExport(name, { sql })),
            comparison: {
              findings: [],
              changes: changes.map(({ name, findings, diff }) => reportedChange(name, findings, diff)),
              unchanged: 0,
            },
          })),
        );
        const report = { ...stacked, differences };
        const comment = renderBounded(report, { limit, link });
        expect(comment.length).toBeLessThanOrEqual(limit);
        const whole = new Set(fences(renderMarkdown(report)));
        for (const fence of fences(comment)) expect(whole).toContain(fence);
        expect(markdown.parse(comment, {})[1]?.children?.[0]?.type).toBe("link_open");
        if (comment.length < renderMarkdown(report).length) expect(comment).toContain("**This report is cut");
      },
    ),
    { numRuns: 300 },
  );
});

async function comment(report: unknown, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "domo-comment-"));
  writeFileSync(join(folder, "review.json"), typeof report === "string" ? report : JSON.stringify(report));
  return command(folder, ["comment", "review.json", ...args]);
}

test("a report that a fork made is escaped again: no mention, no link, no HTML and no marker of its own", async () => {
  const evil =
    "</summary><img src=x> @acme/admins ![x](https://evil.example/x) [approve](https://evil.example) ```\n<!-- marker --> |";
  const report = reportOf({
    stack: evil,
    notes: [evil],
    exports: [
      reportedExport(evil, { marks: ["raw"], sql: evil, rowFilter: [evil], columns: [evil], datasetName: evil }),
    ],
    comparison: {
      findings: [],
      changes: [reportedChange(evil, [{ ...column(evil), text: evil }], [`+${evil}`])],
      unchanged: 0,
    },
  });
  const { code, stdout, stderr } = await comment(
    report,
    "--fork",
    "evil/exports @all",
    "--marker",
    "domo review -->x",
    "--link",
    link,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n")[0]).toBe("<!-- domo review --x -->");
  expect(stdout).toContain(
    "> Made by the code of the fork evil/exports `@`all: read its changes before you trust this report.",
  );
  const tokens = markdown.parse(stdout, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  expect(tokens.filter(({ type }) => type === "link_open").map((token) => token.attrGet("href"))).toEqual([link]);
  expect(tokens.filter(({ type }) => type === "image")).toEqual([]);
  const tags = tokens
    .filter(({ type }) => type.startsWith("html"))
    .flatMap(({ content }) => content.match(/<[^>]*>/g) ?? []);
  expect(new Set(tags)).toEqual(
    new Set([
      "<!-- domo review --x -->",
      "<code>",
      "</code>",
      "<details>",
      "<summary>",
      "<b>",
      "</b>",
      "</summary>",
      "</details>",
    ]),
  );
  // Hosts look for mentions in all that is not code.
  for (const { type, content } of tokens) {
    if (["text", "text_special"].includes(type)) expect(content).not.toMatch(/[@#]/);
    if (type.startsWith("html")) expect(content.replaceAll("<code>@</code>", "")).not.toMatch(/[@#]/);
  }
});

test.each([
  ["no JSON", "{"],
  ["another form", { version: 1, stacks: [] }],
  ["an unknown member", { ...reportOf({}), extra: "<b>" } as Report],
])("%s is no report", async (_, report) => {
  const { code, stdout, stderr } = await comment(report);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    'reading the report "review.json": it has not the form of a report — give a file that "review --format json" has written, by the same version of this package\n',
  );
});

test.each([
  [["--limit", "100"], "It is a whole number from 2000."],
  [["--link", "javascript:alert(1)"], "is not an address of the web"],
])("wrong options %j are refused", async (args, message) => {
  const { code, stderr } = await comment(reportOf({}), ...args);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(message);
});
