import type { Cell, Expected, Phase, Row } from "./matrix";
import { phases } from "./matrix";

const intro = `# Faults and what comes of them

One row for each fault, one column for where it strikes: the checks before the POST (preview's among them), the POST itself, the looks at
Domo's list after it, the proof in S3, a refresh, and a destroy with \`deleteObjects\`. Written by \`test/faults\`, which runs each cell against real
sockets.

- **succeeds**: the objects in state are in S3 and are this export's; a refresh may record a drift, which the next \`up\` repairs.
- **fails**: an error. Nothing was started, and state and objects are as before. A refresh that fails never says "gone".
- **incomplete**: the resource is saved as created, not initialised, with the reason and the \`exportStatus\` in brackets. The next \`up\`
  goes on from there.
- *once* is one request or a moment, *lasting* until the run has ended. Of a POST without a usable answer, *not run* has started nothing, *run* has
  lost only its answer, and *run, then silence* can't read Domo's list either.
- \`n → m\` counts the exports that Domo has started: by the end of the run, and by the end of the next \`up\`, once the fault is gone. Where it
  is missing, no run starts a second export: it is 1 after a success, 0 → 1 after a failed \`up\`.
`;

/** The matrix as Markdown. */
export function renderMatrix(rows: readonly Row[]): string {
  const reasons: string[] = [];
  const noteOf = (reason: string): number => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return reasons.indexOf(reason) + 1;
  };
  const table = rows.map(({ fault, cells }) => [fault, ...phases.map((phase) => cellText(cells[phase], noteOf))]);
  const notes = () => reasons.map((reason, index) => `${index + 1}. ${reason}`);
  return [
    intro,
    ...tableLines(["Fault", ...phases], table),
    "",
    "Where a fault can't strike:",
    "",
    ...notes(),
    "",
    "## What the message tells the user to do",
    "",
    ...tableLines(["Fault", "Where", "The message holds"], rows.flatMap(messageRows)),
    "",
  ].join("\n");
}

function cellText(cell: Cell, noteOf: (reason: string) => number): string {
  if ("notApplicable" in cell) return `– (${noteOf(cell.notApplicable)})`;
  if ("shownBy" in cell) return `see ${cell.shownBy}`;
  const isPlain = cell.length === 1 && cell[0]?.when === "lasting";
  return cell.map((expected) => (isPlain ? "" : `*${expected.when}*: `) + outcomeText(expected)).join("<br>");
}

function outcomeText({ outcome, exports, nextUp, status, drift }: Expected): string {
  if (outcome === "incomplete") return `incomplete (\`${status}\`), ${exports} → ${nextUp}`;
  return drift === undefined ? outcome : `${outcome}, drift \`${drift}\``;
}

/** One line for each text, with the phases that say it. */
function messageRows({ fault, cells }: Row): string[][] {
  const where = new Map<string, Set<Phase>>();
  for (const phase of phases) {
    const cell = cells[phase];
    for (const { says } of "map" in cell ? cell : [])
      if (says !== undefined) where.set(says, (where.get(says) ?? new Set()).add(phase));
  }
  return [...where].map(([says, told]) => [fault, [...told].join(", "), says]);
}

function tableLines(head: readonly string[], rows: string[][]): string[] {
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
