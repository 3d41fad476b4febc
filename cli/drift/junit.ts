import { create } from "xmlbuilder2";
import { type DriftReport, type ExportReport, findingLine, type StackReport } from "./report";

/** JUnit's XML: one suite per stack, one case per export. A stack that could not be looked at has a case with an error. */
export function renderJunit({ stacks }: DriftReport): string {
  const document = create({ version: "1.0", encoding: "UTF-8", invalidCharReplacement: "?" });
  const root = document.ele("testsuites", { name: "domo-s3-export drift", ...totals(stacks) });
  for (const { stack, exports, error } of stacks) {
    const suite = root.ele("testsuite", { name: stack, ...totals([{ stack, exports, error }]) });
    for (const { name, drift } of exports) {
      const test = suite.ele("testcase", { name, classname: stack });
      const lines = drift.map(findingLine);
      const [first, ...more] = lines;
      if (first === undefined) continue;
      const message = more.length > 0 ? `${first} (and ${more.length} more)` : first;
      test.ele("failure", { type: drift[0]?.kind, message }).txt(lines.join("\n"));
    }
    if (error === undefined) continue;
    suite.ele("testcase", { name: "refresh", classname: stack }).ele("error", { message: error }).txt(error);
  }
  return `${document.end({ prettyPrint: true })}\n`;
}

function totals(stacks: readonly StackReport[]): Record<"tests" | "failures" | "errors", number> {
  const exports = stacks.flatMap((stack): ExportReport[] => stack.exports);
  const errors = stacks.filter(({ error }) => error !== undefined).length;
  return { tests: exports.length + errors, failures: exports.filter(({ drift }) => drift.length > 0).length, errors };
}
