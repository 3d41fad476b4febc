import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { driftKinds } from "../../provider/state/export-state";
import { pages, read, sources } from "./texts";

test("README is short enough to be read", () => {
  expect(read("README.md").split("\n").length).toBeLessThanOrEqual(221);
});

test("README has its parts in the order of a first reader", () => {
  const headings = [...read("README.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([
    "Install",
    "What `pulumi up` does",
    "The one catch",
    "Queries",
    "Arguments that people set",
    "After the first `up`",
    "Limits",
    "Try it locally",
    "Docs",
  ]);
});

test("every link between the pages leads to a page and to a heading of it", () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#?\))([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : relative(projectRoot, join(projectRoot, dirname(page), path));
      if (!existsSync(join(projectRoot, target))) return [`${page}: ${link}`];
      return anchor === undefined || anchorsOf(read(target)).includes(anchor) ? [] : [`${page}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
});

test("every page is named in README", () => {
  const named = read("README.md");
  const unnamed = pages.filter((page) => page.startsWith("docs/") && !named.includes(page));
  const decisions = readdirSync(join(projectRoot, "docs/design")).map((name) => `design/${name}`);
  expect(unnamed.filter((page) => !page.startsWith("docs/design/"))).toEqual([]);
  expect(decisions.filter((name) => !read("docs/architecture.md").includes(name))).toEqual([]);
});

test("the verdicts in the guarantees are those of provenance", () => {
  const rows = (text: string) =>
    [...text.matchAll(/^(?: \*)? *\| (.*?) +\| (foreign|failed|unreadable|stale|ours) +\|$/gm)].map(
      ([, entry, verdict]) => `${entry}: ${verdict}`,
    );
  const judged = rows(read("provider/delivery/provenance.ts"));
  expect(judged.length).toBeGreaterThan(5);
  expect(rows(read("docs/guarantees.md"))).toEqual(judged);
});

test("the page about drift has every kind, and no other", () => {
  const [, table = ""] = read("docs/drift.md").split("## What it shows");
  const kinds = [...(table.split("##")[0] ?? "").matchAll(/^\| `([a-z]+-?[a-z]*)` +\|.*\|.*\|.*\|$/gm)].map(
    ([, kind]) => kind,
  );
  expect(kinds.sort()).toEqual([...driftKinds, "gone", "not-delivered"].sort());
});

test("every message that troubleshooting quotes can be said", () => {
  /** Put together at run time, or said by Pulumi. */
  const composed = [
    'has no column "',
    '"; did you mean "',
    "[STS AssumeRole]",
    "[S3 CreateMultipartUpload]",
    ": AccessDenied",
    "The Pulumi CLI does not support transforms",
    'invalid enforcement level ""',
  ];
  const [messages = ""] = read("docs/troubleshooting.md").split("## Situations");
  const quoted = [...messages.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text = ""]) => text.split("…")),
  );
  const said = sources(["provider", "cli"])
    .map((file) => read(file).replaceAll('\\"', '"'))
    .join("\n")
    .replace(/["`] \+\s*["`]/g, "");
  const unsaid = quoted.map((text) => text.trim()).filter((text) => text.length > 6 && !said.includes(text));
  expect([...new Set(unsaid)].sort()).toEqual(composed.sort());
});

test("every test that SECURITY names is there", () => {
  const named = [...read("SECURITY.md").matchAll(/`((?:test\/[\w-]+\/)?[\w-]+\.test\.ts)`: ((?:"[^"]*",? ?)+)/g)];
  expect(named.length).toBeGreaterThan(20);
  const missing = named.flatMap(([, file = "", names = ""]) => {
    const path = file.includes("/") ? file : `test/security/${file}`;
    if (!existsSync(join(projectRoot, path))) return [path];
    const source = read(path).replace(/\$\{[^}]*\}/g, "…");
    const parts = [...names.matchAll(/"([^"]*)"/g)].flatMap(([, name = ""]) => name.split("…"));
    return parts
      .map((part) => part.replace(/^,|,$/g, "").trim())
      .filter((part) => part.length > 8 && !source.includes(part))
      .map((part) => `${path}: ${part}`);
  });
  expect(missing).toEqual([]);
});

/** Anchors as GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
