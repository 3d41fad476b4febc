import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { argumentFacts, argumentNames, argumentSchema, type ArgumentName } from "../../provider/args/arguments";

const CONSEQUENCES = {
  replace: "A change *replaces* the resource.",
  export: "A change exports again *in place*.",
  record: "A change is recorded *in place*.",
} as const;

/** The doc comment that an argument has to have, by its one declaration. */
function docOf(name: ArgumentName): string {
  const { description, onChange, otherwise } = argumentFacts(name);
  const { success, data } = argumentSchema.shape[name].safeParse(undefined);
  const standard = success && data !== undefined ? JSON.stringify(data) : otherwise;
  return `${description} ${CONSEQUENCES[onChange]}${standard === undefined ? "" : ` @default ${standard}`}`;
}

/** The doc comments of `DomoS3ExportArgs`, by argument, each on one line. */
function writtenDocs(): Record<string, string> {
  const file = "provider/domo-s3-export.ts";
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Record<string, string> = {};
  source.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== "DomoS3ExportArgs") return;
    for (const member of node.members) {
      const [comment = ""] = (ts.getLeadingCommentRanges(source.text, member.getFullStart()) ?? []).map(
        ({ pos, end }) => source.text.slice(pos, end),
      );
      const text = comment.replace(/^\/\*\*|\*\/$/g, "").replace(/^\s*\* ?/gm, "");
      found[member.name?.getText() ?? ""] = text.replace(/\s+/g, " ").trim();
    }
  });
  return found;
}

test("each argument is documented by its one declaration", () => {
  expect(writtenDocs()).toEqual(Object.fromEntries(argumentNames.map((name) => [name, docOf(name)])));
});

test("each argument has its facts", () => {
  for (const name of argumentNames) expect(argumentFacts(name).description, name).toMatch(/[.)]$/);
});
