import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import ts from "typescript";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { sourcesBelow } from "../../mutation/import-graph";
import { mutate } from "../../mutation/mutants";
import { SWITCH } from "../../mutation/switch";

const mutantsOf = (code: string) =>
  mutate("some.ts", code).mutants.map(({ original, mutant }) => `${original} → ${mutant}`);

test.each([
  { code: "if (a) b();", mutants: ["a → true", "a → false", "b(); → "] },
  { code: "while (a) b();", mutants: ["a → false", "b(); → "] },
  { code: "x = a && b;", mutants: ["x = a && b; → ", "a && b → (a) || (b)", "a && b → a", "a && b → b"] },
  { code: "x = a ?? b;", mutants: ["x = a ?? b; → ", "a ?? b → a", "a ?? b → b"] },
  { code: "const x = a < b;", mutants: ["a < b → a <= b", "a < b → a >= b"] },
  { code: "const x = a === b;", mutants: ["a === b → a !== b"] },
  { code: "const x = a instanceof B;", mutants: ["a instanceof B → !(a instanceof B)"] },
  { code: "const x = !a;", mutants: ["!a → a"] },
  { code: "const x = a + b;", mutants: ["a + b → a - b"] },
  { code: 'const x = "a" + b;', mutants: ['"a" → ""'] },
  { code: "const x = [a, b];", mutants: ["[a, b] → [b]", "[a, b] → [a]"] },
  { code: "const x = { a, ...b };", mutants: ["{ a, ...b } → { ...b }", "{ a, ...b } → { a }"] },
  { code: "const x = 1_000;", mutants: ["1_000 → 1001"] },
  { code: "const x = true;", mutants: ["true → false"] },
  { code: "const x = `a${b}`;", mutants: ['`a${b}` → ""'] },
  { code: "const x = /^a$/i;", mutants: ["/^a$/i → /a$/i", "/^a$/i → /^a/i", "/^a$/i → /^a$/"] },
  { code: "const x = a.some(b);", mutants: ["a.some(b) → a.every(b)"] },
  { code: "const x = a.filter(b);", mutants: ["a.filter(b) → a"] },
  { code: "const x = a?.b.c;", mutants: ["a?.b.c → a.b.c"] },
  { code: "function f() { throw a; }", mutants: ["throw a; → "] },
])("mistakes in $code", ({ code, mutants }) => {
  expect(mutantsOf(code)).toEqual(mutants);
});

test.each([
  'import { a } from "b";',
  'export * from "b";',
  'const x = import("b");',
  'type A = "b" | 1;',
  'interface A { "b": true }',
  '"use strict";',
  "const f = () => void ([a, b] = c);",
  'const { "a": b } = c;',
  "class A extends B { constructor() { super(a); } }",
])("there is nothing to mistake in %s", (code) => {
  expect(mutantsOf(code)).toEqual([]);
});

test("a mutant names its function and its place", () => {
  const [mutant] = mutate("some.ts", "function f() {\n  return true;\n}").mutants;
  expect(mutant).toMatchObject({ within: "f", line: 2, column: 10, operator: "literal" });
});

/** The value of an expression whose mutant `active` is awake. */
function valueOf(code: string, active: number): unknown {
  const { text } = mutate("some.ts", `result = ${code};`);
  // The statement itself is mutant 0.
  return runInNewContext(`let result; ${text}; result`, { [SWITCH]: (number: number) => number === active });
}

test("mutated code is what it was while all its mutants sleep, and one mistake when one is awake", () => {
  const code = "[1, 2, 3].filter((n) => n > 1 && n < 3).length";
  const { mutants } = mutate("some.ts", `result = ${code};`);
  expect(valueOf(code, -1)).toBe(1);
  const values = mutants.map(({ mutant }, number) => [mutant, valueOf(code, number)]);
  expect(Object.fromEntries(values)).toMatchObject({
    "": undefined,
    "[1, 2, 3]": 3,
    "n > 1": 2,
    "n < 3": 2,
    "n <= 3": 2,
  });
});

test("a statement that may be left out keeps the else where it was", () => {
  const { text } = mutate("some.ts", "if (a) b(); else c();");
  const calls = (a: boolean, active: number) => {
    const seen: string[] = [];
    const said = { a, b: () => seen.push("b"), c: () => seen.push("c") };
    runInNewContext(text, { ...said, [SWITCH]: (number: number) => number === active });
    return seen;
  };
  expect([calls(true, -1), calls(false, -1), calls(true, 2), calls(false, 2)]).toEqual([["b"], ["c"], [], ["c"]]);
});

interface Parsed {
  readonly parseDiagnostics: readonly ts.Diagnostic[];
}

test("all sources still parse with all their mutants in them", () => {
  for (const file of [...sourcesBelow("provider"), ...sourcesBelow("policy")]) {
    const { text } = mutate(file, readFileSync(join(projectRoot, file), "utf8"));
    const { parseDiagnostics } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest) as unknown as Parsed;
    const faults = parseDiagnostics.map(({ messageText }) => messageText);
    expect(faults, file).toEqual([]);
  }
});
