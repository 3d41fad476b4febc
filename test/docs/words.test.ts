import ts from "typescript";
import { expect, test } from "vitest";
import { pages, read, sources } from "./texts";

/**
 * Words that a reader whose first language is another stumbles over, or that name a thing that has a name, and what is
 * written instead.
 */
const AVOIDED: readonly (readonly [RegExp, string])[] = [
  [/\bhand(?:s|ed|ing)?(?: \w+)? back\b/i, "returns; an earlier export returned"],
  [/\bhand(?:s|ed|ing)\b(?! over)/i, "passes, gives"],
  [/\b(?:lent|lends?|lending)\b/i, "temporary credentials; passes a session"],
  [/\bmend(?:s|ed|ing)?\b/i, "fix"],
  [/\bwhoever\b/i, "anyone who"],
  [/\bvery same\b/i, "the same"],
  [/\bby (?:itself|themselves)\b/i, "automatically, alone"],
  [/\bof (?:its|their) own\b/i, "separate, its own …"],
  [/\b(?:bears?|borne)\b.{0,20}\bout\b/i, "confirms"],
  [/\bbelieved?\b/i, "is final"],
  [/\b(?:tells|told)\b/i, "shows, is identified by, differs from, is said"],
  [/\bbesides?\b/i, "next to, in addition"],
  [
    /\b(?:\d+|a|each|first|last|few|the|close|an?other) looks?\b|\blooks (?:at|until|after|around|of)\b/i,
    "poll, check",
  ],
  [/\bway(?:s)? out\b/i, "what to do"],
  [/\b(?:takes?|taken) back\b/i, "undo, recall"],
  [/\bsettle[sd]?\b/i, "verify, decide"],
  [/\bguests?\b/i, "principal"],
  [/\bopenings?\b/i, "exposure"],
  [/\ba (?:twelfth|sixth|fortieth|twentieth|twenty-fourth)\b/i, "a number"],
];

/** Where such a word is right, with the reason. */
const ALLOWED: readonly (readonly [file: RegExp, text: RegExp, reason: string])[] = [
  [/^docs\/faults\.md$/, /.*/, "written by test/faults"],
  [/^SECURITY\.md$/, /`: "/, "names of tests"],
];

interface Passage {
  file: string;
  line: number;
  text: string;
}

function avoidedIn(passages: readonly Passage[]): string[] {
  return passages.flatMap(({ file, line, text }) =>
    AVOIDED.flatMap(([pattern, better]) => {
      const found = pattern.exec(text);
      const isAllowed = ALLOWED.some(([path, where]) => path.test(file) && where.test(text));
      return found && !isAllowed ? [`${file}:${line}: "${found[0]}" → ${better}: ${text.trim().slice(0, 100)}`] : [];
    }),
  );
}

test("pages are written in the project's words", () => {
  const passages = pages.flatMap((file) =>
    read(file)
      .split("\n")
      .map((text, index) => ({ file, line: index + 1, text })),
  );
  expect(avoidedIn(passages)).toEqual([]);
});

test("messages are written in the project's words", () => {
  const passages = sources(["provider", "cli", "policy", "plugin"]).flatMap(messagesOf);
  expect(passages.length).toBeGreaterThan(1000);
  expect(avoidedIn(passages)).toEqual([]);
});

test("comments of what is shipped are written in the project's words", () => {
  const passages = sources(["provider", "cli", "policy", "plugin"]).flatMap(commentsOf);
  expect(passages.length).toBeGreaterThan(1000);
  expect(avoidedIn(passages)).toEqual([]);
});

/** The texts in a source: its string literals and the parts of its templates. */
function messagesOf(file: string): Passage[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found: Passage[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (!ts.isImportDeclaration(node.parent)) found.push({ file, line: line + 1, text: node.text });
    }
    node.forEachChild(visit);
  };
  source.forEachChild(visit);
  return found;
}

function commentsOf(file: string): Passage[] {
  const text = read(file);
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*$/gm)].map(({ index, 0: comment }) => ({
    file,
    line: text.slice(0, index).split("\n").length,
    text: comment.replace(/\s*\n\s*\*? ?/g, " "),
  }));
}
