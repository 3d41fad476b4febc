import type { DriftReport, ExportReport, StackReport } from "./report";
import { findingLine } from "./wording";

/** JUnit's XML: one suite per stack, one case per export. A stack that could not be looked at has a case with an error. */
export function renderJunit({ stacks }: DriftReport): string {
  const suites = stacks.map((stack) => element("testsuite", { name: stack.stack, ...totals([stack]) }, casesOf(stack)));
  const root = element("testsuites", { name: "pulumi-domo-s3-export drift", ...totals(stacks) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function casesOf({ stack, exports, error }: StackReport): string[] {
  const cases = exports.map(({ name, drift }) => {
    const lines = drift.map(findingLine);
    const [first, ...more] = lines;
    const attributes = { name, classname: stack };
    if (first === undefined) return element("testcase", attributes);
    const message = more.length > 0 ? `${first} (and ${more.length} more)` : first;
    return element("testcase", attributes, [element("failure", { type: drift[0]!.kind, message }, lines.join("\n"))]);
  });
  if (error === undefined) return cases;
  return [
    ...cases,
    element("testcase", { name: "refresh", classname: stack }, [element("error", { message: error }, error)]),
  ];
}

function totals(stacks: readonly StackReport[]): Record<"tests" | "failures" | "errors", number> {
  const exports = stacks.flatMap((stack): ExportReport[] => stack.exports);
  const errors = stacks.filter(({ error }) => error !== undefined).length;
  return { tests: exports.length + errors, failures: exports.filter(({ drift }) => drift.length > 0).length, errors };
}

/** An element with text, or with elements on lines of their own. */
function element(name: string, attributes: object, inside: string | readonly string[] = []): string {
  const start = `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join("")}`;
  if (inside.length === 0) return `${start}/>`;
  if (typeof inside === "string") return `${start}>${escaped(inside)}</${name}>`;
  const lines = inside.map((child) => `\n${child}`.replace(/\n(?=<)/g, "\n  "));
  return `${start}>${lines.join("")}\n</${name}>`;
}

/** XML has no form for most control characters and for halves of surrogates. */
// eslint-disable-next-line no-control-regex
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

function escaped(text: string): string {
  return text.replace(NOT_XML, "?").replace(/[&<>"\n\r\t]/g, (char) => ENTITIES[char]!);
}
