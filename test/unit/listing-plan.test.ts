import fc from "fast-check";
import { expect, test } from "vitest";
import { createListingPlan, type ListingCall, type ListingPage } from "../../provider/aws/listing-plan";

/** So few keys a page, so that few keys make many pages. */
const PAGE = 3;
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A bucket, as S3 lists it. */
function bucketOf(keys: readonly string[]) {
  const sorted = [...new Set(keys)].sort(compare);
  return {
    page({ prefix, startAfter }: ListingCall, size = PAGE): ListingPage {
      const rest = sorted.filter((key) => key.startsWith(prefix) && compare(key, startAfter) > 0);
      return { keys: rest.slice(0, size), truncated: rest.length > size };
    },
    inside: (folder: string) => sorted.filter((key) => key.startsWith(folder) && key !== folder),
  };
}

interface Run {
  calls: number;
  /** Calls that one listing for each folder takes. */
  singly: number;
}

/** Asks for folders in batches and makes every call that is planned; each folder must be answered rightly. */
function run(keys: readonly string[], batches: readonly (readonly string[])[], size = PAGE): Run {
  const bucket = bucketOf(keys);
  const plan = createListingPlan();
  const seen = new Set<string>();
  let calls = 0;
  let singly = 0;
  for (const batch of batches) {
    const open = new Set(batch.filter((folder) => !plan.ask(folder)));
    for (let call = plan.next(); call; call = plan.next()) {
      calls++;
      const page = bucket.page(call, size);
      page.keys.forEach((key) => seen.add(key));
      for (const folder of plan.took(call, page)) open.delete(folder);
      expect(calls).toBeLessThan(10_000);
    }
    expect([...open]).toEqual([]);
    for (const folder of batch) {
      singly += Math.max(1, Math.ceil(bucket.inside(folder).length / size));
      const known = [...seen].filter((key) => key.startsWith(folder) && key !== folder).sort(compare);
      expect(known).toEqual(bucket.inside(folder));
    }
  }
  return { calls, singly };
}

const part = fc.constantFrom("a", "b", "c", "a.b", "a0", "ä", "\u{ffee}", "\u{1f600}", "z z");
const folder = fc
  .tuple(fc.constantFrom("a", "ä"), fc.array(part, { maxLength: 2 }))
  .map(([first, parts]) => `${[first, ...parts].join("/")}/`);
const file = fc.constantFrom("1.csv", "2.csv", "3.csv", "4.csv", "5.csv", "6.csv", "x", "");
const keys = fc.array(
  fc.tuple(folder, file).map(([place, name]) => place + name),
  { maxLength: 80 },
);
const batches = fc.array(fc.array(folder, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

test("whatever lies in a bucket, whoever asks in whatever order: all is found, with no more calls than singly", () => {
  fc.assert(
    fc.property(keys, batches, (stored, asked) => {
      const { calls, singly } = run(stored, asked);
      expect(calls).toBeLessThanOrEqual(singly);
    }),
    { numRuns: 2_000 },
  );
});

const digest = (number: number) =>
  Buffer.from(String(number * 7919))
    .toString("hex")
    .slice(-8);
const exportFolder = (number: number, id: number) =>
  `exports/many/${digest(number)}/${digest(id + number * 1_000)}/export/`;

/** The folders of the newest exports, and the keys of `each` exports of each definition, old ones included. */
function definitions(count: number, each: number): { folders: string[]; stored: string[] } {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const ids = Array.from({ length: each }, (_, id) => id);
  return {
    folders: numbers.map((number) => exportFolder(number, 0)),
    stored: numbers.flatMap((number) => ids.map((id) => `${exportFolder(number, id)}data.csv.gz`)),
  };
}

const inBatches = (folders: string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(folders.length / size) }, (_, at) => folders.slice(at * size, (at + 1) * size));

test.each([
  { atOnce: 1, most: 8 },
  { atOnce: 4, most: 2 },
  { atOnce: 16, most: 2 },
  { atOnce: 400, most: 1 },
])("400 exports of one object cost at most $most calls when $atOnce ask at a time", ({ atOnce, most }) => {
  const { folders, stored } = definitions(400, 1);
  expect(run(stored, inBatches(folders, atOnce), 1_000).calls).toBeLessThanOrEqual(most);
});

test.each([1, 16, 400])(
  "400 exports with 365 old objects each cost at most a call each, %i asked for at a time",
  (atOnce) => {
    const { folders, stored } = definitions(400, 366);
    const plan = createListingPlan();
    // These keys are ASCII, which JavaScript sorts as S3 does.
    const sorted = stored.sort();
    let calls = 0;
    for (const batch of inBatches(folders, atOnce)) {
      batch.forEach((name) => plan.ask(name));
      for (let call = plan.next(); call; call = plan.next()) {
        calls++;
        const from = firstAfter(sorted, call.startAfter);
        plan.took(call, { keys: sorted.slice(from, from + 1_000), truncated: from + 1_000 < sorted.length });
      }
    }
    expect(calls).toBeLessThanOrEqual(400);
  },
);

function firstAfter(sorted: readonly string[], key: string): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? "") <= key) from = middle + 1;
    else to = middle;
  }
  return from;
}

test("a bucket is never listed from its root, when what the folders share is nothing", () => {
  const plan = createListingPlan();
  for (const name of ["a/1/", "b/1/", "a/2/"]) plan.ask(name);
  expect(plan.next()).toEqual({ prefix: "a/", startAfter: "a/1/" });
});
