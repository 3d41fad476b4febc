import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import { code, fenced, html, plain, table } from "../../cli/markdown";
import { shown, shownLines } from "../../cli/shown";

// A reader of Markdown that knows tables, HTML and addresses, as the hosts' do: a name such as "orders.ky" is no address to them.
const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.linkify.set({ fuzzyLink: false });
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

/** The types of all tokens, and what is code. */
function read(source: string): { types: string[]; code: string[] } {
  const tokens = markdown.parse(source, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  return {
    types: tokens.map(({ type }) => type),
    code: tokens.filter(({ type }) => ["code_inline", "fence"].includes(type)).map(({ content }) => content),
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

test("plain text is read back as text: no link, no emphasis, no HTML, and what could call somebody is code", () => {
  fc.assert(
    fc.property(text, (value) => {
      // Hosts find these in the source itself.
      expect(plain(value)).not.toMatch(/\bwww\.|:\/\//i);
      const tokens = markdown.parse(`x${plain(value)}y`, {}).flatMap((token) => token.children ?? []);
      for (const { type, content } of tokens) {
        expect(["text", "text_special", "code_inline"]).toContain(type);
        if (type !== "code_inline") expect(content).not.toMatch(/[@#]/);
      }
      expect(tokens.map(({ content }) => content).join("")).toBe(`x${shown(value)}y`);
    }),
    { numRuns: 3000 },
  );
});

test("text within HTML is read back as text, and what could call somebody is code", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(html(value).replace(/<code>[@#]+<\/code>/g, "")).not.toMatch(/[<>@#]|&(?!amp;|lt;|gt;)/);
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
