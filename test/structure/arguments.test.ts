import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import type { Output } from "@pulumi/pulumi";
import { providerArguments } from "../../plugin/config";
import { outputs } from "../../plugin/schema/outputs";
import type { DomoS3Export as PluginExport } from "../../plugin/s3-export";
import { optionalNames } from "../../provider/args/optional-names";
import type { DomoS3Export, DomoS3ExportArgs } from "../../provider/domo-s3-export";
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

/** The doc comments of the members of an interface or a class, each on one line. */
function writtenDocs(file: string, name: string): Record<string, string> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Record<string, string> = {};
  source.forEachChild((node) => {
    if (!(ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) || node.name?.text !== name) return;
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
  const written = writtenDocs("provider/domo-s3-export.ts", "DomoS3ExportArgs");
  expect(written).toEqual(Object.fromEntries(argumentNames.map((name) => [name, docOf(name)])));
});

test("each argument of the plugin's provider is documented by its one declaration", () => {
  const declared = Object.entries(providerArguments).map(([name, { description }]) => [name, description]);
  expect(writtenDocs("plugin/s3-export.ts", "ProviderArgs")).toEqual(Object.fromEntries(declared));
});

test("each output of the plugin's schema is one of the class, with the same words", () => {
  const written = writtenDocs("provider/domo-s3-export.ts", "DomoS3Export");
  const declared = Object.entries(outputs).map(([name, { description }]) => [name, description] as const);
  expect(Object.fromEntries(declared.map(([name]) => [name, written[name]]))).toEqual(Object.fromEntries(declared));
});

test("each argument has its facts", () => {
  for (const name of argumentNames) expect(argumentFacts(name).description, name).toMatch(/[.)]$/);
});

test("each argument that can be left out is named where the resource is declared", () => {
  const optional = argumentNames.filter(
    (name) => name !== "query" && (argumentSchema.shape[name].safeParse(undefined).success || name === "roleArn"),
  );
  expect([...optionalNames]).toEqual(optional);
});

/** Arguments of `Args` that are no outputs of `Resource`. The compiler refuses a name here. */
type Missing<Args, Resource> = { [Name in keyof Args]-?: Name extends keyof Resource ? never : Name }[keyof Args];

test("each argument is an output in the types of both classes", () => {
  type None<Name extends never> = Name;
  const missing: [None<Missing<DomoS3ExportArgs, DomoS3Export>>?, None<Missing<DomoS3ExportArgs, PluginExport>>?] = [];
  const ofClass = (made: DomoS3Export): Output<unknown>[] => argumentNames.map((name) => made[name]);
  expect(missing).toEqual([]);
  expect(ofClass).toBeTypeOf("function");
});
