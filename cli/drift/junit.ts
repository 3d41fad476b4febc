import { type DriftReport, type ExportReport, type Finding, isRed, type StackReport } from "./report";
import { findingLine } from "./wording";

type FailOn = readonly Finding["kind"][] | undefined;

/** JUnit's XML: one suite per stack, one case per export, which fails as the command does. A stack that could not be looked at has a case with an error. */
export function renderJunit({ stacks }: DriftReport, failOn?: readonly Finding["kind"][]): string {
  const suites = stacks.map((stack) =>
    element("testsuite", { name: stack.stack, ...totals([stack], failOn) }, casesOf(stack, failOn)),
  );
  const root = element("testsuites", { name: "pulumi-domo-s3-export drift", ...totals(stacks, failOn) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function casesOf({ stack, exports, error }: StackReport, failOn: FailOn): string[] {
  const cases = exports.map((one) => {
    const attributes = { name: one.name, classname: stack };
    const red = one.drift.filter((finding) => isRed(finding, one, failOn));
    const lines = (red.length > 0 ? red : one.drift).map(findingLine);
    const [first, ...more] = lines;
    if (first === undefined) return element("testcase", attributes);
    if (red.length === 0) return element("testcase", attributes, [element("system-out", {}, lines.join("\n"))]);
    const message = more.length > 0 ? `${first} (and ${more.length} more)` : first;
    return element("testcase", attributes, [element("failure", { type: red[0]!.kind, message }, lines.join("\n"))]);
  });
  if (error === undefined) return cases;
  return [
    ...cases,
    element("testcase", { name: "refresh", classname: stack }, [element("error", { message: error }, error)]),
  ];
}

function totals(stacks: readonly StackReport[], failOn: FailOn): Record<"tests" | "failures" | "errors", number> {
  const exports = stacks.flatMap((stack): ExportReport[] => stack.exports);
  const errors = stacks.filter(({ error }) => error !== undefined).length;
  const failures = exports.filter((one) => one.drift.some((finding) => isRed(finding, one, failOn))).length;
  return { tests: exports.length + errors, failures, errors };
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
