import { expect, test } from "vitest";
import type { Order } from "../../provider/delivery/order";
import { recoverLost } from "../../provider/delivery/recover-lost";
import { leapingClock } from "../support/test-clock";
import { listedExport } from "../support/listed-export";

const cause = new Error("the connection was reset");
const advice = "run pulumi up again: it looks for it before it starts another";

/** Reads a list that shows an export from the given poll on, and how long was slept between the polls. */
async function recovered({ from = Infinity, signal }: { from?: number; signal?: AbortSignal }) {
  const clock = leapingClock();
  await clock.sleep(1_000);
  let polls = 0;
  const outcome = await recoverLost({ services: { clock }, signal } as unknown as Order, cause, () => {
    const value = ++polls >= from ? [listedExport({ exportId: "E" }), listedExport({ exportId: "F" })] : [];
    return Promise.resolve({ value, domoTime: 100_000 + clock.now() });
  });
  return { outcome, slept: clock.slept.slice(1), polls };
}

test("the first new entry is what the POST has started, sent before the first poll by Domo's clock", async () => {
  const started = { kind: "started", entry: listedExport({ exportId: "E" }), postedAt: 99_000 };
  expect(await recovered({ from: 1 })).toEqual({ outcome: started, slept: [], polls: 1 });
  expect(await recovered({ from: 3 })).toEqual({ outcome: started, slept: [2_000, 2_000], polls: 3 });
});

test("after six polls without a new entry, the POST's fate is not known", async () => {
  const { outcome, slept, polls } = await recovered({});
  expect({ polls, slept }).toEqual({ polls: 6, slept: Array(6).fill(2_000) });
  expect(outcome.kind).toBe("lost");
  const fact = "the connection was reset; Domo's list shows no new export, but one may still have been started";
  expect(outcome).toMatchObject({ error: { message: `${fact} — ${advice}`, cause } });
});

test("an aborted operation polls no more", async () => {
  expect(await recovered({ from: 1, signal: AbortSignal.abort() })).toMatchObject({
    outcome: { kind: "lost" },
    polls: 0,
  });
});

test("a list that can't be read either is said", async () => {
  const order = { services: { clock: leapingClock() } } as unknown as Order;
  const outcome = await recoverLost(order, cause, () => Promise.reject(new Error("503")));
  const fact = "the connection was reset; Domo's list can't be read either (503), but one may still have been started";
  expect(outcome).toMatchObject({ kind: "lost", error: { message: `${fact} — ${advice}`, cause } });
});
