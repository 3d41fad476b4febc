import type { Paint } from "../colors";
import { hanging } from "../columns";
import { code, plain, table } from "../markdown";
import { shown } from "../shown";
import type { Check } from "./check";

const PAINTS = { ok: "green", warn: "yellow", fail: "red", skipped: "dim" } as const;

/** Writes the checks for a terminal: one a line, and below it what to do. */
export function renderText(checks: readonly Check[], { paint, width }: { paint: Paint; width: number }): string {
  const wide = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, verdict, text, advice }) => {
    const label = `${verdict.padEnd(7)}  ${name.padEnd(wide)}  `;
    const first = hanging(label, shown(text), width, (plain) => paint[PAINTS[verdict]](plain));
    return advice === undefined ? first : [...first, ...hanging(`${" ".repeat(label.length)}→ `, shown(advice), width)];
  });
  return `${lines.join("\n")}\n\n${summaryOf(checks)}\n`;
}

/** Writes the checks as Markdown. */
export function renderMarkdown(checks: readonly Check[]): string {
  const rows = checks.map(({ name, verdict, text, advice }) => [plain(name), verdict, code(text), plain(advice ?? "")]);
  return `${summaryOf(checks)}\n\n${table(["check", "result", "found", "what to do"], rows)}\n`;
}

/** One sentence about all checks. */
export function summaryOf(checks: readonly Check[]): string {
  const count = (wanted: Check["verdict"]) => checks.filter(({ verdict }) => verdict === wanted).length;
  return `${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed, ${count("skipped")} skipped.`;
}
