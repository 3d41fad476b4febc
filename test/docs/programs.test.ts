import { basename, join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { read } from "./texts";

const SKILL = "skills/domo-s3-export/SKILL.md";
const programs = new Map(
  [...read(SKILL).matchAll(/```ts\n(.*?)```/gs)].map(([, program = ""], index) => [`program-${index + 1}.ts`, program]),
);
const WRONG = `import { DomoS3Export, select } from "pulumi-domo-s3-export";
  new DomoS3Export("x", { dataset: "d", query: select("A"), bucket: "b", path: "p", rolARN: "r" });`;

let faults: string[];
beforeAll(() => {
  faults = faultsOf(new Map([...programs, ["wrong.ts", WRONG]]));
});

/** What the compiler says of programs that stand on a page, as if a user had written them. */
function faultsOf(texts: ReadonlyMap<string, string>): string[] {
  const files = new Map([...texts].map(([name, text]) => [join(projectRoot, "test/docs", name), text]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { "pulumi-domo-s3-export": [join(projectRoot, "provider/index.ts")] },
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = files.get(path);
      return text === undefined ? disk.getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
    },
  };
  const compiled = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((path) =>
    [
      ...compiled.getSyntacticDiagnostics(compiled.getSourceFile(path)),
      ...compiled.getSemanticDiagnostics(compiled.getSourceFile(path)),
    ].map(({ messageText }) => `${basename(path)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
  );
}

test("every program of the skill compiles, and a wrong argument would be found", () => {
  expect(programs.size).toBeGreaterThanOrEqual(3);
  expect(faults).toEqual([expect.stringMatching(/^wrong\.ts: .*rolARN/s)]);
});

test("the skill has the name of its folder, and says when to use it", () => {
  const [, head = ""] = read(SKILL).split("---\n");
  expect(head).toMatch(/^name: domo-s3-export\ndescription: .{80,1024}\n$/);
});
