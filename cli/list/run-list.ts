import { z } from "zod";
import { interruption } from "../interruption";
import { inTurns } from "../in-turns";
import { askPulumi, type PulumiPlace, stacksOf } from "../pulumi-run";
import { paintFor, widthOfTerminal, writeReport } from "../write-report";
import type { ListOptions } from "./command";
import { readState } from "./read-state";
import { renderMarkdown, renderText } from "./render";
import { type ListedStack, type ListReport, listReport } from "./report";

/** Lists the exports of the stacks. Returns the exit code: 1 when a state could not be read. */
export async function runList(options: ListOptions): Promise<0 | 1> {
  const signal = interruption();
  const place = { cwd: options.cwd, signal };
  const names = await stacksOf(options, place);
  const stacks = await inTurns(names, options.parallel, (stack) => listStack(stack, place));
  const report: ListReport = { version: 1, stacks };
  writeReport(render(report, options), options.output);
  const errors = stacks.flatMap(({ stack, error }) => (error === undefined ? [] : [`error: ${stack}: ${error}\n`]));
  process.stderr.write(errors.join(""));
  return errors.length === 0 ? 0 : 1;
}

async function listStack(stack: string, place: PulumiPlace): Promise<ListedStack> {
  try {
    return { stack, exports: readState(await askPulumi(["stack", "export", "--stack", stack], place)) };
  } catch (error) {
    // What zod and JSON's parser say quotes the state.
    const isUnreadable = error instanceof z.ZodError || error instanceof SyntaxError;
    const reason = isUnreadable
      ? `reading the state: it has not the form that "pulumi stack export" writes`
      : (error as Error).message;
    return { stack, exports: [], error: reason };
  }
}

function render(report: ListReport, { format, output }: ListOptions): string {
  switch (format) {
    case undefined:
    case "text":
      return renderText(report, { now: Date.now(), paint: paintFor(output), width: widthOfTerminal() });
    case "markdown":
      return renderMarkdown(report, Date.now());
    case "json":
      return `${JSON.stringify(listReport.parse(report), null, 2)}\n`;
  }
}
