import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import { code, fenced, html, plain, table } from "../../cli/markdown";
import { shown, shownLines } from "../../cli/shown";

// A reader of Markdown that knows tables, HTML and addresses, as the hosts' do.
const markdown = new MarkdownIt({ html: true, linkify: true });
const texts = [
  fc.string({ unit: fc.constantFrom(..."`|\\*_<>&@#[]()!~-=+.:/ \n\taw1") }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "https://evil.example/x",
    "www.evil.example",
    "@all",
    "<b>x</b>",
    "![x](y)",
    "| a |",
    "\\|",
    "\\\\|",
    "&lt;",
  ),
];
const text = fc.oneof(...texts);

/** The types of all tokens, and the text of those that are text or code. */
function read(source: string): { types: string[]; code: string[]; text: string } {
  const tokens = markdown.parse(source, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  return {
    types: tokens.map(({ type }) => type),
    code: tokens.filter(({ type }) => ["code_inline", "fence"].includes(type)).map(({ content }) => content),
    text: tokens
      .filter(({ type }) => ["text", "text_special"].includes(type))
      .map(({ content }) => content)
      .join(""),
  };
}

test("a value as code is read back as that value, and as nothing else", () => {
  fc.assert(
    fc.property(text, (value) => {
      const { types, code: found } = read(`x ${code(value)} y`);
      expect(types.filter((type) => type !== "text")).toEqual([
        "paragraph_open",
        "inline",
        "code_inline",
        "paragraph_close",
      ]);
      expect(found[0]).toBe(shown(value) === "" ? "  " : shown(value));
    }),
    { numRuns: 3000 },
  );
});

test("lines as a block of code are read back as those lines, and as nothing else", () => {
  fc.assert(
    fc.property(text, (value) => {
      const { types, code: found } = read(fenced("sql", value));
      expect(types).toEqual(["fence"]);
      expect(found).toEqual([`${shownLines(value)}\n`]);
    }),
    { numRuns: 3000 },
  );
});

test("plain text is read back as text: no link, no mention, no emphasis, no HTML", () => {
  fc.assert(
    fc.property(text, (value) => {
      const source = `x${plain(value)}y`;
      const { types, text: found } = read(source);
      expect(new Set(types)).toEqual(
        new Set(
          ["paragraph_open", "inline", "text", "text_special", "paragraph_close"].filter((type) =>
            types.includes(type),
          ),
        ),
      );
      expect(found).toBe(`x${shown(value)}y`);
      expect(source).not.toContain("@");
    }),
    { numRuns: 3000 },
  );
});

test("text within HTML is read back as text", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(html(value)).not.toMatch(/[<>@]|&(?!amp;|lt;|gt;|#64;)/);
    }),
  );
});

test("a table keeps its cells, whatever stands in them", () => {
  fc.assert(
    fc.property(text, text, (left, right) => {
      const tokens = markdown.parse(table(["a", "b", "c"], [[code(left), plain(right), "end"]]), {});
      expect(tokens.filter(({ type }) => type === "td_open")).toHaveLength(3);
      expect(tokens.at(-1)?.type).toBe("table_close");
      const last = tokens.filter(({ type }) => type === "inline").at(-1);
      expect(last?.content).toBe("end");
    }),
    { numRuns: 3000 },
  );
});
