import type { Paint } from "../colors";
import { drawTable, hanging, TABLE_WIDTH } from "../columns";
import { code, plain, table } from "../markdown";
import { shown } from "../shown";
import type { Check, DoctorReport, LiveRow } from "./check";

const PAINTS = { ok: "green", warn: "yellow", fail: "red", skipped: "dim" } as const;
const LIVE_TITLE = "What your Domo does";

/** Options of {@link renderText}. */
export interface TextOptions {
  readonly paint: Paint;
  /** Width of the terminal in columns. */
  readonly width: number;
}

/** Writes the checks for a terminal: one a line, and below it what to do. */
export function renderText({ checks, live }: Omit<DoctorReport, "version">, options: TextOptions): string {
  const { paint, width } = options;
  const wide = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, verdict, text, advice }) => {
    const label = `${verdict.padEnd(7)}  ${name.padEnd(wide)}  `;
    const first = hanging(label, shown(text), width, (plain) => paint[PAINTS[verdict]](plain));
    return advice === undefined ? first : [...first, ...hanging(`${" ".repeat(label.length)}→ `, shown(advice), width)];
  });
  const blocks = [...(live ? [paint.bold(LIVE_TITLE), liveText(live, options)] : []), summaryOf(checks)];
  return `${[lines.join("\n"), ...blocks].join("\n\n")}\n`;
}

function liveText(rows: readonly LiveRow[], { paint, width }: TextOptions): string {
  const verdictPaint = (verdict: LiveRow["verdict"]) => (verdict === "differs" ? { paint: paint.yellow } : {});
  if (width >= TABLE_WIDTH) {
    const cells = rows.map(({ asks, verdict, answer, means = "" }) => [
      { text: asks },
      { text: shown(answer), ...verdictPaint(verdict) },
      { text: verdict, ...verdictPaint(verdict) },
      { text: means },
    ]);
    const head = ["Question", "Answer", "", "What it means"].map((text) => ({ text, paint: paint.bold }));
    return drawTable([head, ...cells], { width, paint });
  }
  return rows
    .flatMap(({ asks, verdict, answer, means }) => [
      ...hanging("", asks, width),
      ...hanging(`  ${verdict}: `, shown(answer), width, verdictPaint(verdict).paint),
      ...(means === undefined ? [] : hanging("  → ", means, width)),
    ])
    .join("\n");
}

/** Writes everything as Markdown. */
export function renderMarkdown({ checks, live }: Omit<DoctorReport, "version">): string {
  const rows = checks.map(({ name, verdict, text, advice }) => [plain(name), verdict, code(text), plain(advice ?? "")]);
  const blocks = [summaryOf(checks), table(["check", "result", "found", "what to do"], rows)];
  return `${[...blocks, ...liveMarkdown(live)].join("\n\n")}\n`;
}

/**
 * Writes what may be shown to everybody: versions, the result of each other check without what it found, as that has names
 * of instance, dataset, bucket and role, and the answers of `--live`, which have none.
 */
export function renderPublic({ checks, live }: Omit<DoctorReport, "version">, version: string): string {
  const rows = checks.map(({ name, verdict, text }) => [plain(name), verdict, isVersion(name) ? code(text) : ""]);
  const blocks = [`pulumi-domo-s3-export ${version}. ${summaryOf(checks)}`, table(["check", "result", "found"], rows)];
  return `${[...blocks, ...liveMarkdown(live)].join("\n\n")}\n`;
}

function isVersion(name: string): boolean {
  return ["Node", "Pulumi CLI", "Pulumi SDK", "TypeScript"].includes(name);
}

function liveMarkdown(live: readonly LiveRow[] | undefined): string[] {
  if (!live) return [];
  const rows = live.map(({ id, grade, asks, verdict, answer, means = "" }) => [
    code(id),
    grade,
    plain(asks),
    verdict,
    code(answer),
    plain(means),
  ]);
  return [`### ${LIVE_TITLE}`, table(["question", "grade", "asks", "result", "answer", "what it means"], rows)];
}

/** One sentence about all checks. */
function summaryOf(checks: readonly Check[]): string {
  const count = (wanted: Check["verdict"]) => checks.filter(({ verdict }) => verdict === wanted).length;
  return `${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed, ${count("skipped")} skipped.`;
}
