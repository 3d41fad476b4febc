/**
 * A list of one or more: `f()` does not compile, `f(...list)` does. What is left out at run time all the same is refused
 * by `given`.
 */
export type AtLeastOne<Items extends readonly unknown[], Item> = Items extends readonly [] ? readonly [Item] : Items;

/**
 * Refuses what was left out. In a filter it would not fail but be dropped on its way to the provider, so that more rows
 * leave than meant.
 *
 * @param where The call, as the program writes it: `eq(…)`.
 */
export function given<Value>(value: Value, where: string, what: string): Value {
  if (value === undefined || value === null)
    throw new TypeError(`${where}: ${what} is ${String(value)} — give ${what}, or leave the whole call out`);
  return value;
}

/** As `given`, for a list that must hold something. */
export function givenList<Item>(items: readonly Item[], where: string, what: string): readonly Item[] {
  if (items.length === 0)
    throw new TypeError(`${where}: ${what} is missing — give ${what}, or leave the whole call out`);
  items.forEach((item) => given(item, where, what));
  return items;
}

/**
 * As `given`, where leaving out has a meaning of its own: an output that turns out to hold nothing becomes null, which the
 * check refuses, rather than nothing at all.
 */
export function givenLater<Value>(value: Value, where: string, what: string): Value {
  const later = given(value, where, what) as { apply?: unknown; then?: unknown };
  const orNull = (found: unknown) => found ?? null;
  if (typeof later.apply === "function") return (later as { apply(f: unknown): Value }).apply(orNull);
  if (typeof later.then === "function") return (later as { then(f: unknown): Value }).then(orNull);
  return value;
}
