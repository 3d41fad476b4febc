import ts from "typescript";
import { SWITCH } from "./switch";
import { isDroppable, isUntouched, operators } from "./operators";

/** One small mistake that could be made in a source file. */
export interface Mutant {
  readonly operator: string;
  readonly line: number;
  readonly column: number;
  /** Name of the function around it; empty at the top of a file. */
  readonly within: string;
  /** What stands there, and what takes its place: empty for a statement that is left out. */
  readonly original: string;
  readonly mutant: string;
  readonly start: number;
  readonly end: number;
}

/** A file's mutants, and its text with all of them in it, each asleep until its number is asked for. */
export interface MutatedFile {
  readonly mutants: readonly Mutant[];
  readonly text: string;
}

/** Finds the mutants of a TypeScript file. Numbers start at `firstNumber`. */
export function mutate(file: string, sourceText: string, firstNumber = 0): MutatedFile {
  const source = ts.createSourceFile(file, sourceText, ts.ScriptTarget.Latest, true);
  const text = (node: ts.Node): string => sourceText.slice(node.getStart(source), node.end);
  const mutants: Mutant[] = [];

  const add = (node: ts.Node, operator: string, mutant: string): number => {
    const start = node.getStart(source);
    const { line, character } = source.getLineAndCharacterOfPosition(start);
    const place = { line: line + 1, column: character + 1, start, end: node.end };
    return (
      firstNumber + mutants.push({ operator, ...place, within: nameAround(node), original: text(node), mutant }) - 1
    );
  };

  /** The text of a node in which every node below it that has mutants is a choice between them and itself. */
  const write = (node: ts.Node): string => {
    if (isUntouched(node)) return text(node);
    if (isDroppable(node)) {
      const number = add(node, "statement", "");
      return `{ if (!${SWITCH}(${number})) { ${inside(node)} } }`;
    }
    const found = new Set<string>();
    const choices: string[] = [];
    for (const [operator, replacements] of Object.entries(operators)) {
      for (const replacement of replacements(node, text)) {
        if (replacement === text(node) || found.has(replacement)) continue;
        found.add(replacement);
        choices.push(`${SWITCH}(${add(node, operator, replacement)}) ? (${replacement}) : `);
      }
    }
    return choices.length > 0 ? `(${choices.join("")}(${inside(node)}))` : inside(node);
  };

  const inside = (node: ts.Node): string => {
    let written = "";
    let at = node === source ? 0 : node.getStart(source);
    ts.forEachChild(node, (child) => {
      written += sourceText.slice(at, child.getStart(source)) + write(child);
      at = child.end;
    });
    return written + sourceText.slice(at, node.end);
  };

  return { mutants, text: inside(source) };
}

function nameAround(node: ts.Node): string {
  for (let around = node.parent; !ts.isSourceFile(around); around = around.parent) {
    if ((ts.isFunctionDeclaration(around) || ts.isMethodDeclaration(around)) && around.name)
      return around.name.getText();
    if (ts.isVariableDeclaration(around) || ts.isPropertyAssignment(around))
      if (around.initializer && ts.isArrowFunction(around.initializer)) return around.name.getText();
    if (ts.isClassDeclaration(around) && around.name) return around.name.text;
  }
  return "";
}
