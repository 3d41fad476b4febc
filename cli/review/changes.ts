import { WORST_FIRST, worstFirst } from "./marks";
import type { Finding, Report } from "./report";
import { listOf } from "./wording";

/** A change of an export or of a stack, in all stacks that have the same one. */
export interface ShownChange {
  /** Name of the export; empty for the stack itself. */
  readonly name: string;
  /** What happened, such as `changed in dev and prod`. */
  readonly what: string;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly sqlDiff: readonly string[];
}

/** All changes of a report, the worst first; the same change of several stacks is one. */
export function changesOf({ stacks }: Report): ShownChange[] {
  const groups = new Map<string, ShownChange & { stacks: string[]; kind: string }>();
  const add = (stack: string, change: { name: string; kind: string; findings: Finding[]; sqlDiff: string[] }) => {
    const { name, kind, sqlDiff } = change;
    const findings = [...change.findings].sort((a, b) => WORST_FIRST.indexOf(a.mark) - WORST_FIRST.indexOf(b.mark));
    const key = JSON.stringify([name, kind, findings, sqlDiff]);
    const group = groups.get(key);
    if (group) group.stacks.push(stack);
    else groups.set(key, { name, kind, what: "", findings, sqlDiff, stacks: [stack] });
  };
  for (const { stack, comparison } of stacks) {
    if (!comparison) continue;
    const { findings, changes } = comparison;
    if (findings.length > 0) add(stack, { name: "", kind: "changed", findings, sqlDiff: [] });
    for (const change of changes) add(stack, change);
  }
  const shown = [...groups.values()].map(({ stacks: where, kind, ...change }) => ({
    ...change,
    what:
      change.name === ""
        ? `${where.length === 1 ? "Stack" : "Stacks"} ${listOf(where)} ${kind}`
        : stacks.length > 1
          ? `${kind} in ${listOf(where)}`
          : kind,
  }));
  return worstFirst(shown, ({ findings }) => findings.map(({ mark }) => mark));
}
