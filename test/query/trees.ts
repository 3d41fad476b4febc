import fc from "fast-check";
import type { ColumnDefinition, Cell } from "../../emulator/options";
import type { OrderNode, RawNode, SelectNode, TermNode, ValueNode } from "../../provider/query/ast";

/** A dataset with a column of each type, under names that quoting gets wrong when it is wrong. */
export const columns: ColumnDefinition[] = [
  { name: "id", type: "LONG" },
  { name: "Region", type: "STRING" },
  { name: 'a "quoted"; -- name', type: "STRING" },
  { name: "Größe\nin €\u202e", type: "STRING" },
  { name: "group", type: "LONG" },
  { name: "score\\", type: "DOUBLE" },
  { name: "Sales", type: "DECIMAL", scale: 2 },
  { name: "Order Date", type: "DATE" },
  { name: "Shipped 'at'", type: "DATETIME" },
];

type Type = ColumnDefinition["type"];

const nasty = [
  "'",
  '"',
  "\\",
  "\n",
  "\r\n",
  "--",
  ";",
  "/*",
  "\u202e",
  "\u200f",
  "🦜",
  "👩‍👧",
  "\u0007",
  "%",
  "$1",
  "${x}",
  "`",
  "\ue000",
];

/** Texts that try to leave their place. */
export const nastyText = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: "grapheme", maxLength: 3 })), { maxLength: 6 })
  .map((parts) => parts.join("").replaceAll("\0", ""));

const someText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("", "West", "west", "East", "O'Brien", "2024-01-31 10:00:00", "10", "ß", "a\nb"),
  },
  { weight: 1, arbitrary: nastyText },
);
const someLong = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger(), fc.constant(Number.MAX_SAFE_INTEGER));
const someDouble = fc.oneof(
  fc.constantFrom(
    0,
    0.1,
    0.2,
    0.30000000000000004,
    0.42199977789329157,
    -0.012444412533790606,
    1.5e-7,
    5e-324,
    -2.5,
    100,
    123456.789,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -9e15, max: 9e15 }).map((value) => value + 0),
);
const someDecimal = fc.oneof(
  fc.constantFrom(0, 0.1, 0.01, 99.9, -5, 100),
  fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100),
);
const someDay = fc.oneof(
  fc.constantFrom("2024-01-31", "2024-02-29", "0001-01-01", "9999-12-31"),
  fc.integer({ min: -20_000, max: 40_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
);
const someTime = fc.oneof(
  fc.constantFrom("00:00:00", "23:59:59"),
  fc.integer({ min: 0, max: 86_399 }).map((second) => new Date(second * 1000).toISOString().slice(11, 19)),
);
const someStamp = fc.tuple(someDay, someTime).map(([day, time]) => `${day} ${time}`);

/** A value that a column of the type may hold. */
function cell(type: Type): fc.Arbitrary<Cell> {
  switch (type) {
    case "STRING":
      return someText;
    case "LONG":
      return someLong;
    case "DOUBLE":
      return someDouble;
    case "DECIMAL":
      return someDecimal.map((value) => value.toFixed(2));
    case "DATE":
      return someDay;
    case "DATETIME":
      return someStamp;
  }
}

/** Rows for {@link columns}: ids are unique, everything else may be null. */
export const rows: fc.Arbitrary<Cell[][]> = fc
  .array(fc.tuple(...columns.slice(1).map(({ type }) => fc.option(cell(type), { freq: 6 }))), {
    maxLength: 30,
    size: "max",
  })
  .map((list) => list.map((row, index) => [index, ...row]));

function value(type: Type): fc.Arbitrary<ValueNode> {
  switch (type) {
    case "STRING":
      return someText.map(textNode);
    case "LONG":
      return fc
        .oneof({ weight: 4, arbitrary: someLong }, { weight: 1, arbitrary: fc.constantFrom(0.5, -2.25, 1e-9) })
        .map(numberNode);
    case "DOUBLE":
      return someDouble.map(numberNode);
    case "DECIMAL":
      return fc.oneof(someDecimal, fc.constantFrom(0.005, 1e-7)).map(numberNode);
    case "DATE":
      return someDay.map((day) => ({ kind: "datetime", value: `${day} 00:00:00` }));
    case "DATETIME":
      return someStamp.map((stamp) => ({ kind: "datetime", value: stamp }));
  }
}

const textNode = (text: string): ValueNode => ({
  kind: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? "datetime" : "text",
  value: text,
});
const numberNode = (number: number): ValueNode => ({ kind: "number", value: number });
const columnNode = ({ name }: { name: string }) => ({ kind: "column", name }) as const;

function order(a: ValueNode, b: ValueNode): [ValueNode, ValueNode] {
  return (a as { value: string | number }).value <= (b as { value: string | number }).value ? [a, b] : [b, a];
}

const term: fc.Arbitrary<TermNode> = fc.constantFrom(...columns).chain((column) => {
  const left = columnNode(column);
  const values = value(column.type);
  return fc.oneof(
    fc.record({
      kind: fc.constant("compare" as const),
      operator: fc.constantFrom("eq", "ne", "gt", "lt", "gte", "lte"),
      left: fc.constant(left),
      right: values,
    }),
    fc.record({
      kind: fc.constant("in" as const),
      left: fc.constant(left),
      not: fc.boolean(),
      values: fc.array(values, { minLength: 1, maxLength: 5 }),
    }),
    fc.tuple(values, values).map(([a, b]) => {
      const [from, to] = order(a, b);
      return { kind: "between" as const, left, from, to };
    }),
  );
});

const predicate = (terms: fc.Arbitrary<TermNode>) =>
  fc
    .array(terms, { minLength: 1, maxLength: 4 })
    .map((list) => (list.length === 1 ? list[0]! : { kind: "and" as const, terms: list }));

const limit = fc.option(
  fc.record({
    limit: fc.integer({ min: 1, max: 12 }),
    offset: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  }),
  { nil: undefined },
);
const direction = fc.constantFrom("asc" as const, "desc" as const);
const someColumns = (minLength: number) => fc.uniqueArray(fc.constantFrom(...columns), { minLength, maxLength: 6 });

/** Sorted by the last key no two rows tie, so that order and limit have one answer. */
function sorted(keys: { name: string }[], directions: ("asc" | "desc")[]): OrderNode[] {
  return keys.map((key, index) => ({
    kind: "order",
    by: columnNode(key),
    direction: directions[index % directions.length]!,
  }));
}

const plainTree: fc.Arbitrary<SelectNode> = fc
  .record({
    columns: someColumns(1),
    where: fc.option(predicate(term), { nil: undefined, freq: 5 }),
    keys: fc.option(someColumns(0)),
    directions: fc.array(direction, { minLength: 1, maxLength: 3 }),
    limit,
  })
  .map(({ columns: chosen, where, keys, directions, limit: rows }) =>
    tree({
      columns: chosen.map(columnNode),
      where,
      orderBy:
        keys || rows
          ? sorted([...(keys ?? []).filter(({ name }) => name !== "id"), columns[0]!], directions)
          : undefined,
      ...rows,
    }),
  );

const groupedTree: fc.Arbitrary<SelectNode> = fc
  .record({
    groups: fc.uniqueArray(fc.constantFrom(...columns.slice(1)), { maxLength: 3 }),
    counts: fc.uniqueArray(fc.record({ column: fc.constantFrom(...columns), distinct: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ column, distinct }) => `${column.name}${distinct}`,
    }),
    where: fc.option(predicate(term), { nil: undefined, freq: 3 }),
    isSorted: fc.boolean(),
    directions: fc.array(direction, { minLength: 1, maxLength: 3 }),
    limit,
  })
  .map(({ groups, counts, where, isSorted, directions, limit: rows }) => {
    const countNodes = counts.map(({ column, distinct }) => ({
      kind: "count" as const,
      column: columnNode(column),
      distinct,
    }));
    const groupBy = groups.map(columnNode);
    if (groups.length === 0) return tree({ columns: countNodes, where });
    const orderBy = isSorted || rows ? sorted(groups, directions) : undefined;
    return tree({ columns: [...groupBy, ...countNodes], where, groupBy, orderBy, ...rows });
  });

function tree(parts: { [K in keyof Omit<SelectNode, "kind">]: SelectNode[K] | undefined }): SelectNode {
  return {
    kind: "select",
    ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)),
  } as SelectNode;
}

/** Canonical queries of {@link columns} that have one answer. */
export const selectTree = fc.oneof({ weight: 3, arbitrary: plainTree }, { weight: 1, arbitrary: groupedTree });

const rawNode: fc.Arbitrary<RawNode> = fc
  .dictionary(nastyText, fc.jsonValue({ maxDepth: 2, noUnicodeString: false }), { maxKeys: 3 })
  .map((json) => ({ kind: "raw", json: JSON.parse(JSON.stringify(json)) as object }));

/** Canonical or nearly canonical queries over any names and with raw parts; they need not have an answer. */
export const wildTree: fc.Arbitrary<SelectNode> = fc
  .record({
    names: fc.uniqueArray(
      nastyText.filter((name) => name !== ""),
      { minLength: 1, maxLength: 5 },
    ),
    texts: fc.array(nastyText, { minLength: 1, maxLength: 5 }),
    raws: fc.array(rawNode, { minLength: 1, maxLength: 3 }),
    isRaw: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    not: fc.boolean(),
  })
  .map(({ names, texts, raws, isRaw, not }) => {
    const pick = <T, R>(index: number, node: T, rawNode: R): T | R => (isRaw[index % isRaw.length] ? rawNode : node);
    const left = pick(0, columnNode({ name: names[0]! }), raws[0]!);
    const terms: TermNode[] = [
      { kind: "compare", operator: "eq", left, right: pick(1, textNode(texts[0]!), raws[0]!) },
      { kind: "in", left, not, values: texts.map(textNode) },
      ...raws,
    ];
    return {
      kind: "select",
      columns: names.map((name) => columnNode({ name })),
      where: { kind: "and", terms },
      orderBy: [{ kind: "order", by: left, direction: "desc" }],
    };
  });
