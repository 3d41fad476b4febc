import ts from "typescript";
import { expect, test } from "vitest";
import { pages, read, sources, workflows } from "./texts";

type Word = readonly [RegExp, string];

/**
 * Words that a reader whose first language is another stumbles over, or that name a thing that has a name, and what is
 * written instead.
 */
const AVOIDED: readonly Word[] = [
  [/\bhand(?:s|ed|ing)?(?: \w+)? back\b/i, "returns; an earlier export returned"],
  [/\b(?:lent|lends?|lending)\b/i, "temporary credentials; passes a session"],
  [/\bmend(?:s|ed|ing)?\b/i, "fix"],
  [/\bwhoever\b/i, "anyone who"],
  [/\bvery same\b/i, "the same"],
  [/\bby (?:itself|themselves)\b/i, "automatically, alone"],
  [/\b(?:bears?|borne)\b.{0,20}\bout\b/i, "confirms"],
  [/\bbelieved\b/i, "is final"],
  [/\btold by\b/i, "identified by"],
  [/\bbesides?\b/i, "next to, in addition"],
  [/\b\d+ looks?\b|\blooks (?:at a running|of the waiter)\b/i, "poll"],
  [/\bsettle[sd]?\b/i, "verify, decide"],
  [/\bguests?\b/i, "principal"],
  [/\bopenings?\b/i, "exposure"],
];

/** What comments may have, but pages and messages do not. */
const AVOIDED_IN_TEXTS: readonly Word[] = [
  ...AVOIDED,
  [/\b(?:tells|told)\b/i, "shows, differs from, is said"],
  [/\bof (?:its|their) own\b/i, "separate, its own …"],
  [/\bways? out\b/i, "what to do"],
  [/\b(?:takes?|taken) back\b/i, "undo, recall"],
  [/\ba (?:twelfth|sixth|fortieth|twentieth)\b/i, "a number in a table"],
];

/** Where such a word is right. */
const ALLOWED: readonly (readonly [file: RegExp, text: RegExp])[] = [
  [/^SECURITY\.md$/, /\.test\.ts`: "/], // names of tests
];

interface Passage {
  file: string;
  line: number;
  text: string;
}

function avoidedIn(passages: readonly Passage[], words: readonly Word[]): string[] {
  return passages.flatMap(({ file, line, text }) =>
    words.flatMap(([pattern, better]) => {
      const found = pattern.exec(text);
      const isAllowed = ALLOWED.some(([path, where]) => path.test(file) && where.test(text));
      return found && !isAllowed ? [`${file}:${line}: "${found[0]}" → ${better}: ${text.trim().slice(0, 100)}`] : [];
    }),
  );
}

test("pages, workflows and forms are written in the project's words", () => {
  const passages = [...pages, ...workflows].flatMap((file) =>
    read(file)
      .split("\n")
      .map((text, index) => ({ file, line: index + 1, text })),
  );
  expect(avoidedIn(passages, AVOIDED_IN_TEXTS)).toEqual([]);
});

test("messages are written in the project's words", () => {
  const passages = sources(["provider", "cli", "policy", "plugin"]).flatMap(messagesOf);
  expect(passages.length).toBeGreaterThan(1000);
  expect(avoidedIn(passages, AVOIDED_IN_TEXTS)).toEqual([]);
});

test("comments in what is shipped are written in the project's words", () => {
  const passages = sources(["provider", "cli", "policy", "plugin", "examples"]).flatMap(commentsOf);
  expect(passages.length).toBeGreaterThan(1000);
  expect(avoidedIn(passages, AVOIDED)).toEqual([]);
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
