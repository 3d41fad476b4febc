import type { Paint } from "../colors";
import { drawTable, hanging, TABLE_WIDTH } from "../columns";
import { code, table } from "../markdown";
import { shown } from "../shown";
import type { ListedExport, ListReport } from "./report";
import { cellsOf, HEAD, nextSteps, stateOf, summaryOf } from "./wording";

/** Options of {@link renderText}. */
export interface TextOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
  /** Width of the terminal in columns. */
  readonly width: number;
}

/** Writes the list for a terminal: a table for each stack, or in a narrow one a block for each export. */
export function renderText(report: ListReport, options: TextOptions): string {
  const { paint, width } = options;
  const several = report.stacks.length > 1;
  const blocks = report.stacks.map(({ stack, exports, error }) =>
    [
      ...(several ? [paint.bold(shown(`Stack ${stack}`))] : []),
      ...(error === undefined ? [] : hanging("NOT READ ", shown(error), width, paint.yellow)),
      ...(exports.length === 0 ? [] : [width < TABLE_WIDTH ? blocksOf(exports, options) : tableOf(exports, options)]),
    ].join("\n"),
  );
  return `${[...blocks.filter((block) => block !== ""), summaryOf(report)].join("\n\n")}\n`;
}

function tableOf(exports: readonly ListedExport[], { now, paint, width }: TextOptions): string {
  const columns = HEAD.slice(0, -1);
  const rows = exports.map((item) =>
    cellsOf(item, now)
      .slice(0, -1)
      .map((text, column) => ({
        text: shown(text),
        ...(columns[column] === "State" && stateOf(item) !== "delivered" && { paint: paint.yellow }),
      })),
  );
  const drawn = drawTable([columns.map((text) => ({ text, paint: paint.bold })), ...rows], { width, paint });
  const steps = nextSteps(exports).flatMap(({ step, names }) =>
    hanging("  ", `${shown(names.join(", "))}: ${step}`, width),
  );
  return [drawn, ...(steps.length === 0 ? [] : ["Next steps", ...steps])].join("\n");
}

function blocksOf(exports: readonly ListedExport[], { now, paint, width }: TextOptions): string {
  return exports
    .map((item) => {
      const [name, ...others] = cellsOf(item, now).map(shown);
      const lines = others.flatMap((text, at) =>
        hanging(`  ${(HEAD[at + 1] ?? "").padEnd(9)}  `, text, width, paint.dim),
      );
      return [paint.bold(name ?? ""), ...lines].join("\n");
    })
    .join("\n\n");
}

/** Writes the list as Markdown: one table of all stacks. */
export function renderMarkdown(report: ListReport, now: number): string {
  const rows = report.stacks.flatMap(({ stack, exports }) =>
    exports.map((item) => {
      const [name = "", dataset = "", rows = "", age = "", state = "", next = ""] = cellsOf(item, now);
      return [code(stack), code(name), code(dataset), rows, age, code(state), next];
    }),
  );
  const errors = report.stacks.flatMap(({ stack, error }) =>
    error === undefined ? [] : [`- ${code(stack)}: ${code(error)}`],
  );
  const blocks = [
    summaryOf(report),
    ...(errors.length === 0 ? [] : ["**Not read:**", errors.join("\n")]),
    ...(rows.length === 0 ? [] : [table(["Stack", ...HEAD], rows)]),
  ];
  return `${blocks.join("\n\n")}\n`;
}
