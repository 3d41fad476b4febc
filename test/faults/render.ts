import { phases, type Expectation, type Expected, type Phase, type Row } from "./row";

const intro = `# Faults and what comes of them

One row for each fault, one column for where it strikes: the checks before the POST (preview's among them), the POST itself, the polls of
Domo's list after it, the proof in S3, a refresh, and a destroy with \`deleteObjects\`. Written by \`test/faults\`, which runs each cell against real
sockets.

- **succeeds**: the objects in state are in S3 and hold what the query gives, byte for byte; a drift that is recorded is repaired by the next
  \`up\`, or only reported.
- **fails**: an error. Nothing was started, and state and objects are as before. A refresh that fails never says "gone".
- **gone**: a refresh says that nothing is left, as both Domo and S3 have answered, and neither knows the export.
- **incomplete**: the resource is saved as created, not initialised, with the reason and the \`exportStatus\` in brackets. The next \`up\`
  goes on from there.
- *once* is one request or a moment, *lasting* until the run has ended. Of a POST without a usable answer, *not run* has started nothing, *run* has
  lost only its answer, and *run, then silence* can't read Domo's list either.
- In brackets, where it differs: what is struck. *no object left*: a refresh reads Domo's list only when it finds none of the objects.
  *unrecorded*: before the run there is an export of the same definition that no state knows, as a killed run leaves it.
- \`n → m\` counts the exports that Domo has started: by the end of the run, and by the end of the next \`up\`, once the fault is gone. Where it
  is missing, no run starts a second export: it is 1 after a success, 0 → 1 after a failed \`up\`.

No message, no state and no line that the engine gets holds a secret, in any spelling.
`;

/** The matrix as Markdown. */
export function renderMatrix(matrix: Readonly<Record<string, readonly Row[]>>): string {
  const reasons: string[] = [];
  const noteOf = (reason: string): number => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return reasons.indexOf(reason) + 1;
  };
  const sections = Object.entries(matrix).flatMap(([topic, rows]) => {
    const table = rows.map(({ fault, cells }) => [
      fault,
      ...phases.map((phase) => cellText(cells[phase], phase, noteOf)),
    ]);
    return [`## ${topic}`, "", ...tableLines(["Fault", ...phases], table), ""];
  });
  return [
    intro,
    ...sections,
    "## Where a fault can't strike",
    "",
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
    "",
    "## What the message says to do",
    "",
    ...tableLines(["Fault", "Where", "The message holds"], Object.values(matrix).flat().flatMap(messageRows)),
    "",
  ].join("\n");
}

function cellText(cell: Expectation, phase: Phase, noteOf: (reason: string) => number): string {
  if ("notApplicable" in cell) return `– (${noteOf(cell.notApplicable)})`;
  if ("shownBy" in cell) return `see ${cell.shownBy}`;
  const isAlwaysLasting = cell.every(({ when }) => when === "lasting");
  return cell
    .map((expected) => {
      const { when, at } = expected;
      const what = [isAlwaysLasting ? "" : `*${when}*`, at === undefined ? "" : `(${at})`].filter(Boolean).join(" ");
      return (what === "" ? "" : `${what}: `) + outcomeText(expected, phase);
    })
    .join("<br>");
}

function outcomeText({ outcome, exports, nextUp, status, drift, isReported }: Expected, phase: Phase): string {
  const counts = `${exports} → ${nextUp}`;
  const usual = outcome === "fails" && phase !== "read" && phase !== "delete" ? "0 → 1" : "1 → 1";
  const parts = [
    outcome === "incomplete" ? `incomplete (\`${status}\`)` : outcome,
    drift === undefined ? "" : `${isReported ? "reports" : "drift"} \`${drift}\``,
    outcome === "incomplete" || counts !== usual ? counts : "",
  ];
  return parts.filter(Boolean).join(", ");
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
