import { setTimeout } from "node:timers/promises";
import { type Cell, TIME_SCALE } from "./cell";
import type { Strike } from "./row";

/** Several strikes at once, fixed in the opposite order. */
export function together(...begins: readonly Strike["begin"][]): NonNullable<Strike["begin"]> {
  return async (cell) => {
    const fixes: (() => unknown)[] = [];
    for (const begin of begins) if (begin) fixes.unshift(await begin(cell));
    return async () => {
      for (const fix of fixes) await fix();
    };
  };
}

/** Runs the export once and forgets it, as a provider that was killed does. */
export async function unrecorded(cell: Cell): Promise<() => void> {
  await (await cell.process()).create(cell.args()).catch(() => undefined);
  return () => undefined;
}

/** How long a process takes a listing for true, and a little more, in milliseconds of the provider's clock. */
const LISTING_MS = 32_000;

/** Takes all objects away, and puts them back as they were. Domo's list is only read when none is left. */
export async function withoutObjects(cell: Cell): Promise<() => Promise<void>> {
  const taken = await cell.contents();
  for (const key of taken.keys()) await cell.remove(key);
  return async () => {
    for (const [key, content] of taken) await cell.put(key, content);
    await setTimeout(LISTING_MS / TIME_SCALE);
  };
}
