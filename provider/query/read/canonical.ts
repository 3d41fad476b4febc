import { UNKNOWN } from "../../host/unknown";
import type { SelectNode } from "../ast";
import { collectFaults, type QueryFault, type Report } from "../fault";
import { fromDomo, isDomoJson } from "./from-domo";
import { quoted } from "../literal";
import { normalizeSelect } from "./canonical-tree";
import { structureFaults } from "../check/structure";

/** A query in its canonical form, or what is wrong with it. */
export type NormalizedQuery = { ok: true; query: SelectNode } | { ok: false; failures: QueryFault[] };

/**
 * Reads a query in any of its spellings, as it arrives in `check`: a builder's tree, SQL text, Domo's JSON. Two spellings of
 * one query give equal trees, and a canonical tree is its own canonical form.
 *
 * The reader of SQL is loaded only when SQL text is given. Values that a preview does not know yet are accepted anywhere.
 */
export async function normalizeQuery(input: unknown): Promise<NormalizedQuery> {
  const { faults, report } = collectFaults();
  const spelling = await readSpelling(input, report);
  if (!spelling || faults.length > 0) return { ok: false, failures: faults };
  const query = normalizeSelect(spelling.tree, report);
  if (query && faults.length === 0) faults.push(...structureFaults(query));
  if (query && faults.length === 0) return { ok: true, query };
  const { place } = spelling;
  if (!place) return { ok: false, failures: faults };
  return { ok: false, failures: faults.map(({ path, reason }) => ({ path, reason: `${place(path)}: ${reason}` })) };
}

/** A loose tree, and where its nodes stand if it was read from text. */
interface Spelling {
  readonly tree: unknown;
  readonly place?: (path: string) => string;
}

const notKnown: Spelling = { tree: { kind: "select", columns: [UNKNOWN] } };

async function readSpelling(input: unknown, report: Report): Promise<Spelling | undefined> {
  if (input === UNKNOWN) return notKnown;
  if (typeof input === "string")
    return report("query", `${quoted(input)} is text, not a query; for SQL write sql("SELECT …")`);
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return report("query", `${quoted(input)} is not a query; give select(…), sql("…") or Domo's query JSON`);
  }
  const { kind, tree, text, __tree } = input as Record<string, unknown>;
  if (__tree !== undefined) return { tree: __tree }; // another export's output, as the engine keeps it
  if (kind === "query") return tree === UNKNOWN ? notKnown : { tree };
  if (kind === "select") return { tree: input };
  if (kind === "sql") {
    if (text === UNKNOWN) return notKnown;
    if (typeof text !== "string") return report("query.text", `${quoted(text)} is not SQL text`);
    const { parseSql } = await import("./sql/parse.js");
    return parseSql(text, report);
  }
  if (kind !== undefined)
    return report("query.kind", `${quoted(kind)} is not a query; it starts with select(…) or sql("…")`);
  if (isDomoJson(input)) return { tree: fromDomo(input, report) };
  return report("query", `has neither columns nor a query in it; give select(…), sql("…") or Domo's query JSON`);
}
