import { basename, join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { read } from "./texts";

const SKILL = "skills/domo-s3-export/SKILL.md";
const PAGES = [SKILL, "README.md", "docs/first-project.md"];
/** README leaves the imports out. */
const IMPORTS = 'import { and, DomoS3Export, eq, gte, select, sql } from "pulumi-domo-s3-export";\n';
const programsOf = (page: string) =>
  [...read(page).matchAll(/```ts\n(.*?)```/gs)]
    .map(([, program = ""]) => (program.includes("import ") ? program : IMPORTS + program))
    .map((program, index) => [`${basename(page, ".md")}-${index + 1}.ts`, program] as const);
const programs = new Map(PAGES.flatMap(programsOf));
/** What `types` writes. */
const ORDERS = `export interface Orders { "Order ID": string | null; Region: string | null }`;
const WRONG = `import { DomoS3Export, select } from "pulumi-domo-s3-export";
  new DomoS3Export("x", { dataset: "d", query: select("A"), bucket: "b", path: "p", rolARN: "r" });`;

let faults: string[];
beforeAll(() => {
  faults = faultsOf(new Map([...programs, ["orders.ts", ORDERS], ["wrong.ts", WRONG]]));
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

test("every program of README, the first project and the skill compiles, and a wrong argument would be found", () => {
  for (const page of PAGES) expect(programsOf(page).length, page).toBeGreaterThan(0);
  expect(faults).toEqual([expect.stringMatching(/^wrong\.ts: .*rolARN/s)]);
});

test("the skill has the name of its folder, and says when to use it", () => {
  const [, head = ""] = read(SKILL).split("---\n");
  expect(head).toMatch(/^name: domo-s3-export\ndescription: .{80,1024}\n$/);
});
