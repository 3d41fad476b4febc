import { expect, test } from "vitest";
import { awaitEnd } from "../../provider/delivery/await-end";
import type { Order } from "../../provider/delivery/order";
import type { DomoExport } from "../../provider/domo/answers";
import { CancelledError, DomoConnectionError, ExportTimeoutError, UnwatchedExportError } from "../../provider/errors";
import type { Clock } from "../../provider/host/clock";
import { listedExport } from "../support/listed-export";
import { inputs } from "../support/export-state";
import { leapingClock } from "../support/test-clock";

const running = listedExport({ exportId: "E" });
const ended = listedExport({ exportId: "E", status: "success" });

/** Waits for an export; Domo answers with a list, and polls with one after the other. */
async function awaited(
  entry: DomoExport,
  { list = [], polls = [], ...order }: { list?: DomoExport[]; polls?: (DomoExport[] | Error)[] } & Partial<Order>,
) {
  const leaping = leapingClock();
  const asked: unknown[] = [];
  const clock: Clock = {
    ...leaping,
    sleep: (ms, signal) => leaping.sleep(ms).then(() => void (signal && asked.push(["sleep", signal]))),
  };
  const rows: string[] = [];
  const domo = {
    listExports: (...args: unknown[]) => Promise.resolve({ value: list, args: asked.push(["list", ...args]) }),
    pollExports: (...args: unknown[]) => {
      asked.push(["poll", ...args]);
      const answer = (polls.length > 1 ? polls.shift() : polls[0]) as DomoExport[] | Error;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ value: answer });
    },
  };
  const report = { progress: (text: string) => void rows.push(text) };
  const wait = awaitEnd({ services: { clock, domo }, report, inputs, ...order } as unknown as Order, entry, 10_000);
  const result = await wait.catch((error: unknown) => error);
  return { result, asked, rows, now: clock.now() };
}

test("an export that has ended is not asked for", async () => {
  expect(await awaited(ended, {})).toMatchObject({ result: ended, asked: [], rows: [] });
});

test("a running export is looked for in the list, then polled for, and the row says what Domo says", async () => {
  const { signal } = new AbortController();
  const { result, asked, rows } = await awaited(running, { list: [], polls: [[running], [ended]], signal });
  expect(result).toBe(ended);
  expect(asked).toEqual([
    ["list", "dataset", signal],
    ["sleep", signal],
    ["poll", "dataset", signal],
    ["sleep", signal],
    ["poll", "dataset", signal],
  ]);
  expect(rows).toEqual(["Domo does not list it yet", "Domo is exporting"]);
});

test.each([
  [undefined, "timeoutSeconds"],
  ["customTimeouts.create", "customTimeouts.create"],
])("when time is over, the export goes on, and %s is what to raise", async (limitedBy, named) => {
  const { result, now } = await awaited(running, { list: [running], polls: [[running]], limitedBy });
  const advice = `the export goes on at Domo and the next pulumi up looks for it; raise ${named} if it always takes this long`;
  expect(result).toBeInstanceOf(ExportTimeoutError);
  expect((result as Error).message).toMatch(/^Waited 10 s for export E, whose status was "exporting" \d+× — /);
  expect((result as Error).message.split(" — ")[1]).toBe(advice);
  expect(now).toBe(10_000);
});

test("a cancelled wait stays cancelled", async () => {
  const cancelled = new CancelledError("the run was cancelled");
  expect((await awaited(running, { polls: [cancelled] })).result).toBe(cancelled);
});

test("where Domo can't be asked any more, it is said that the export is running", async () => {
  const cause = new DomoConnectionError("Domo does not answer", false);
  const { result } = await awaited(running, { polls: [cause] });
  expect(result).toBeInstanceOf(UnwatchedExportError);
  expect(result).toMatchObject({
    message:
      "Export E is running at Domo, and asking for it failed: Domo does not answer — " +
      "fix this, then run pulumi up again: it takes the export over",
    cause,
  });
});
