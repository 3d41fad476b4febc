import { detailsOf } from "./details";
import type { ReportedExport, StackDifference, StackReview } from "./report";
import { listOf } from "./wording";

/** What a reviewer asks first. */
const ORDER = ["Declared", "Domo address", "Columns", "Rows", "Dataset", "Safeguard off", "Written with"];
/** Facts that usually hold the name of the stack. */
const NAMED_AFTER_STACK = ["Bucket", "Path", "Written with role", "Encryption key"];
/** Facts that say where a thing is declared. */
const LEFT_OUT = ["Declared in", "Inside"];

/**
 * What differs between stacks, export by export. Equal differences of several exports are one. A bucket, path, role or key
 * that differs in the stack's name only is left out.
 */
export function stackDifferences(
  stacks: readonly StackReview[],
  addressOf: (stack: StackReview) => string,
): StackDifference[] {
  const reviewed = stacks.filter(({ error }) => error === undefined);
  if (reviewed.length < 2) return [];
  const address = split(
    "",
    "Domo address",
    reviewed.map((stack) => ({ stack: stack.stack, value: addressOf(stack) })),
  );
  const keys = [...new Set(reviewed.flatMap(({ exports }) => exports.map(keyOf)))].sort();
  const found = keys.flatMap((key) => differencesOf(key, reviewed));
  return merged([...address, ...found]).sort((a, b) => rankOf(a) - rankOf(b));
}

function differencesOf(key: string, stacks: readonly StackReview[]): Single[] {
  const items = stacks.map(({ stack, exports }) => ({ stack, item: exports.find((item) => keyOf(item) === key) }));
  const there = items.flatMap(({ stack, item }) => (item ? [{ stack, item }] : []));
  const { name } = there[0]!.item;
  if (there.length < items.length)
    return split(
      name,
      "Declared",
      items.map(({ stack, item }) => ({ stack, value: item ? "yes" : "no" })),
    );
  const facts = there.map(({ stack, item }) => ({ stack, facts: factsOf(item) }));
  const labels = new Set(facts.flatMap(({ facts }) => [...facts.keys()]));
  const found = [...labels].flatMap((what) =>
    split(
      name,
      what,
      facts.map(({ stack, facts }) => ({ stack, value: facts.get(what) ?? "none" })),
    ),
  );
  // The whole query is of interest where none of its parts below differs.
  const parts = found.some(({ what }) => what === "Columns" || what === "Rows");
  return parts ? found.filter(({ what }) => what !== "Query") : found;
}

function factsOf(item: ReportedExport): Map<string, string> {
  const facts = new Map<string, string>();
  for (const { label, text } of detailsOf(item)) {
    const what = label.replace(/ \(\d+\)$/, "");
    if (!LEFT_OUT.includes(what)) facts.set(what, facts.has(what) ? `${facts.get(what)}; ${text}` : text);
  }
  // Its order and groups are in no other fact.
  if (item.sql !== undefined) facts.set("Query", item.sql.replace(/\s+/g, " "));
  return facts;
}

interface Single {
  readonly name: string;
  readonly what: string;
  readonly values: StackDifference["values"];
}

/** One difference, or none when all values are the same. */
function split(name: string, what: string, given: readonly { stack: string; value: string }[]): Single[] {
  const named = NAMED_AFTER_STACK.includes(what);
  if (new Set(given.map(({ stack, value }) => (named ? value.replaceAll(stack, "<stack>") : value))).size === 1)
    return [];
  const values = new Map<string, string[]>();
  for (const { stack, value } of given) values.set(value, [...(values.get(value) ?? []), stack]);
  return [{ name, what, values: [...values].map(([value, stacks]) => ({ stacks, value })) }];
}

function merged(differences: readonly Single[]): StackDifference[] {
  const groups = new Map<string, StackDifference>();
  for (const { name, what, values } of differences) {
    const key = JSON.stringify([what, values]);
    const group = groups.get(key);
    if (group) group.exports.push(name);
    else groups.set(key, { exports: name === "" ? [] : [name], what, values });
  }
  return [...groups.values()];
}

/** An export is the same one in several stacks when its URN is, but for the stack. */
function keyOf({ urn }: ReportedExport): string {
  return urn.split("::").slice(2).join("::");
}

function rankOf({ what }: StackDifference): number {
  const rank = ORDER.indexOf(what);
  return rank === -1 ? ORDER.length : rank;
}

/** A difference in words: `only in prod`, or what it is about. */
export function differenceTitle({ what, values }: StackDifference): string {
  const there = values.find(({ value }) => value === "yes");
  return what === "Declared" && there ? `only in ${listOf(there.stacks)}` : what;
}
