import type { CompareNode, BetweenNode, InNode, SelectNode, TermNode, ValueNode } from "../../provider/query/ast";
import { hasUnknown } from "../../provider/host/unknown";
import { termsOf } from "../../provider/query/nodes";
import { renderNode } from "../../provider/query/render";
import type { Finding } from "./report";

type ColumnTerm = CompareNode | BetweenNode | InNode;

/**
 * What a new filter lets through that the old one kept back, and the reverse. All predicates of a filter must hold, so
 * that it is wider exactly when the predicates about one column are, taken together.
 */
export function compareFilters(base: SelectNode, head: SelectNode): Finding[] {
  const before = byColumn(termsOf(base));
  const after = byColumn(termsOf(head));
  const findings = [...new Set([...before.keys(), ...after.keys()])].flatMap((column) =>
    compareColumn(before.get(column) ?? [], after.get(column) ?? []),
  );
  return [
    ...findings,
    ...compareWindow(
      base,
      head,
      findings.some(({ mark }) => mark !== "other"),
    ),
  ];
}

const RAW = Symbol("raw");

/** Groups predicates by the column that they are about; those that can't be read are a group of their own. */
function byColumn(terms: readonly TermNode[]): Map<string | typeof RAW, TermNode[]> {
  const groups = new Map<string | typeof RAW, TermNode[]>();
  for (const term of terms) {
    const key = term.kind === "raw" || term.left.kind === "raw" ? RAW : term.left.name;
    groups.set(key, [...(groups.get(key) ?? []), term]);
  }
  return groups;
}

function compareColumn(base: readonly TermNode[], head: readonly TermNode[]): Finding[] {
  const before = new Set(base.map((term) => JSON.stringify(term)));
  const after = new Set(head.map((term) => JSON.stringify(term)));
  const gone = base.filter((term) => !after.has(JSON.stringify(term)));
  const come = head.filter((term) => !before.has(JSON.stringify(term)));
  if (gone.length === 0 && come.length === 0) return [];
  if (come.length === 0) return [wider(list(gone), "is gone: rows that it kept back are exported")];
  if (gone.length === 0) return [narrower(list(come), "is new: fewer rows are exported, or as many")];
  const step = `${list(gone)} → ${list(come)}`;
  const points = samples([...base, ...head]);
  if (!points) return [undecided(step, "can't be compared, look at it yourself")];
  const [old, now] = [base as readonly ColumnTerm[], head as readonly ColumnTerm[]];
  const gains = points.some((point) => holdsAll(now, point) && !holdsAll(old, point));
  const loses = points.some((point) => holdsAll(old, point) && !holdsAll(now, point));
  if (gains && loses) return [wider(step, "lets other rows through than before")];
  if (gains) return [wider(step, "lets more rows through than before")];
  if (loses) return [narrower(step, "lets fewer rows through than before")];
  return [{ mark: "other", subject: step, text: "is written differently and lets the same rows through", rules: [] }];
}

type Point = number | string;
const isDay = /^\d{4}-\d\d-\d\d/;

/**
 * Values at which every predicate can be tried: each value that is mentioned, one between each two neighbours, and one
 * beyond each end. Undefined when the predicates can't be tried: raw or unknown parts, values of several kinds, or an
 * order of texts, which only the database knows.
 */
function samples(terms: readonly TermNode[]): Sample[] | undefined {
  if (terms.some((term) => term.kind === "raw" || term.left.kind === "raw" || hasUnknown(term))) return undefined;
  const values = (terms as readonly ColumnTerm[]).flatMap(valuesOf);
  const kinds = new Set(values.map(({ kind }) => kind));
  if (kinds.size !== 1 || kinds.has("raw")) return undefined;
  const points = values.map((value) => (value as { value: Point }).value);
  const ordered = terms.some(
    (term) => term.kind === "between" || (term.kind === "compare" && !["eq", "ne"].includes(term.operator)),
  );
  if (ordered && points.some((point) => typeof point === "string" && !isDay.test(point))) return undefined;
  const sorted = [...new Set(points)].sort((a, b) => (a < b ? -1 : 1));
  return [...sorted.keys()]
    .flatMap((index) => [2 * index, 2 * index + 1])
    .concat(-1)
    .map((rank) => ({ rank, sorted }));
}

/** A place among sorted values: `2 × index` is a value itself, an odd number lies behind it. */
interface Sample {
  readonly rank: number;
  readonly sorted: readonly Point[];
}

function valuesOf(term: ColumnTerm): readonly ValueNode[] {
  switch (term.kind) {
    case "compare":
      return [term.right];
    case "in":
      return term.values;
    case "between":
      return [term.from, term.to];
  }
}

function holdsAll(terms: readonly ColumnTerm[], sample: Sample): boolean {
  return terms.every((term) => holds(term, sample));
}

function holds(term: ColumnTerm, { rank, sorted }: Sample): boolean {
  const [first = 0, second = 0, ...rest] = valuesOf(term).map(
    (value) => 2 * sorted.indexOf((value as { value: Point }).value),
  );
  switch (term.kind) {
    case "in":
      return [first, ...(valuesOf(term).length > 1 ? [second] : []), ...rest].includes(rank) !== term.not;
    case "between":
      return first <= rank && rank <= second;
    case "compare":
      switch (term.operator) {
        case "eq":
          return rank === first;
        case "ne":
          return rank !== first;
        case "gt":
          return rank > first;
        case "gte":
          return rank >= first;
        case "lt":
          return rank < first;
        case "lte":
          return rank <= first;
      }
  }
}

/** Compares what else decides which rows leave: limit, offset, order within them, and groups. */
function compareWindow(base: SelectNode, head: SelectNode, filterChanged: boolean): Finding[] {
  const same = (key: "orderBy" | "offset" | "groupBy") => JSON.stringify(base[key]) === JSON.stringify(head[key]);
  const groups = same("groupBy") ? [] : [undecided("GROUP BY", "what one row of the file stands for is another")];
  if (hasUnknown([base.limit, head.limit, base.offset, head.offset])) {
    const known = base.limit === head.limit && base.offset === head.offset;
    return known ? groups : [...groups, undecided("LIMIT, OFFSET", "not known before it is deployed")];
  }
  const [before, after] = [windowOf(base), windowOf(head)];
  const step = `${windowText(base)} → ${windowText(head)}`;
  if (after.rows > before.rows) return [...groups, wider(step, "lets more rows through than before")];
  const findings = [...groups];
  if (after.rows < before.rows) findings.push(narrower(step, "lets fewer rows through than before"));
  if (before.from === 0 && before.rows === Infinity) return findings;
  const within = after.from >= before.from && after.from + after.rows <= before.from + before.rows;
  if (!(within && same("orderBy"))) findings.push(undecided("ORDER BY, OFFSET", "the limit picks other rows"));
  else if (filterChanged) findings.push(undecided("LIMIT", "with another filter it picks other rows"));
  return findings;
}

interface Window {
  readonly from: number;
  readonly rows: number;
}

function windowOf({ limit, offset }: SelectNode): Window {
  return { from: offset ?? 0, rows: limit ?? Infinity };
}

function windowText({ limit, offset }: SelectNode): string {
  return `${limit === undefined ? "no LIMIT" : `LIMIT ${limit}`}${offset === undefined ? "" : ` OFFSET ${offset}`}`;
}

function list(terms: readonly TermNode[]): string {
  return terms.map(renderNode).join(" AND ");
}

function wider(subject: string, text: string): Finding {
  return { mark: "wider-filter", subject, text, rules: ["wider-filter"] };
}

function narrower(subject: string, text: string): Finding {
  return { mark: "narrower-filter", subject, text, rules: [] };
}

/** What can't be decided breaks the rule: a gate that `raw` could open would be none. */
function undecided(subject: string, text: string): Finding {
  return { mark: "undecided", subject, text, rules: ["wider-filter"] };
}
