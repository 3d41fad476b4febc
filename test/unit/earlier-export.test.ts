import { expect, test } from "vitest";
import { earlierExport } from "../../provider/delivery/earlier-export";
import { activeExport } from "../../provider/delivery/free-slot";
import type { Order, Plan, Posted, Slot } from "../../provider/delivery/order";
import type { DomoExport } from "../../provider/domo/answers";
import type { ExportState } from "../../provider/state/export-state";
import { listedExport } from "../support/listed-export";
import { inputs, state } from "../support/export-state";

const plan = { place: { bucket: "b", region: "r" }, definition: { digest: "d", keyPrefix: "exports/d" } } as Plan;
const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
const ended = (exportId: string, hour: number | undefined, more: Partial<DomoExport> = {}) =>
  listedExport({
    exportId,
    status: "success",
    odd: [],
    started: hour === undefined ? undefined : at(hour),
    urlRowCountMap: { [`s3://b/exports/d/${exportId}/export/x.csv`]: 1 },
    ...more,
  });

/** Id of the export that is found, and where; the data last changed at `changed`. */
async function found(
  value: DomoExport[],
  { previous, changed = 0, ...slot }: Partial<Slot> & { previous?: Partial<ExportState>; changed?: number } = {},
) {
  const dataset = () => Promise.resolve({ dataUpdated: at(changed) });
  const order = { services: { fresh: { dataset } }, inputs, previous } as unknown as Order;
  const list = { value, domoTime: 0 };
  const nothing = { list, deadline: 0, before: new Set<string>(), counted: undefined, rejected: new Set<string>() };
  const candidate = await earlierExport(order, plan, { ...nothing, ...slot });
  return candidate && `${candidate.entry.exportId} from ${candidate.from}`;
}

test("the newest own export that has ended is found, wherever the list has it", async () => {
  expect(await found([ended("A", 1), ended("C", 3), ended("B", 2)])).toBe("C from list");
  expect(await found([ended("A", 1), ended("running", 3, { status: "exporting" })])).toBe("A from list");
  expect(await found([])).toBeUndefined();
});

test("what is another's, failed, or was rejected before is not found", async () => {
  expect(await found([ended("A", 1, { bucket: "other" })])).toBeUndefined();
  expect(await found([ended("A", 1, { status: "error" })])).toBeUndefined();
  expect(await found([ended("A", 1), ended("B", 2)], { rejected: new Set(["B"]) })).toBe("A from list");
});

test("what was listed before the delivery began has to be of today's data", async () => {
  const before = new Set(["A"]);
  expect(await found([ended("A", 2)], { before, changed: 2 })).toBe("A from list");
  expect(await found([ended("A", 2)], { before, changed: 3 })).toBeUndefined();
  expect(await found([ended("A", 2)], { changed: 3 })).toBe("A from list");
});

test("the export that state holds as complete is not found again, nor an older one", async () => {
  const previous = { ...state, definition: "d", exportId: "B", startedAt: at(2) };
  expect(await found([ended("B", 2)], { previous })).toBeUndefined();
  expect(await found([ended("A", 1)], { previous })).toBeUndefined();
  expect(await found([ended("A", 2)], { previous })).toBe("A from list");
  expect(await found([ended("A", undefined)], { previous })).toBeUndefined();
  expect(await found([ended("A", 1), ended("B", 2)], { previous: { ...previous, startedAt: undefined } })).toBe(
    "A from list",
  );
  expect(await found([ended("B", 2)], { previous: { ...previous, definition: "other" } })).toBe("B from list");
  expect(await found([ended("B", 2)], { previous: { ...previous, exportStatus: "unverified" } })).toBe("B from list");
});

const posted = (before: string[]): Posted => ({
  postedAt: Date.parse(at(2)),
  s3Time: 0,
  before: new Set(before),
  counted: undefined,
});

test("what a POST of this delivery may have started comes first, failed ones too", async () => {
  const newer = ended("C", 3);
  expect(await found([newer, ended("B", 2)], { posted: posted(["C"]) })).toBe("B from posted");
  expect(await found([ended("B", 2, { status: "error" })], { posted: posted([]) })).toBe("B from posted");
  expect(await found([ended("B", 1, { status: "error" })], { posted: posted([]) })).toBeUndefined();
  expect(await found([ended("B", 2, { bucket: "other" })], { posted: posted([]) })).toBeUndefined();
  expect(await found([ended("B", 2, { status: "exporting" })], { posted: posted([]) })).toBeUndefined();
});

const DAY = 24 * 3_600_000;
test.each<[string, Partial<DomoExport>, boolean]>([
  ["that runs", {}, true],
  ["that is queued", { status: "none" }, true],
  ["in a state that nobody knows", { status: "paused" }, true],
  ["whose status can't be read", { status: "" }, false],
  ["that has ended", { status: "success" }, false],
  ["that has failed", { status: "error" }, false],
  ["that runs and has an end", { finished: at(1) }, false],
  ["that began a day ago", { started: new Date(0).toISOString() }, false],
  ["that began less than a day ago", { started: new Date(1).toISOString() }, true],
])("an export %s occupies the slot: %s", (_, more, occupies) => {
  const own = listedExport({ exportId: "A", ...more });
  expect(activeExport({ value: [own], domoTime: DAY }) === own).toBe(occupies);
});

test("an own export that has an end and still runs occupies the slot until its word is final", () => {
  const own = listedExport({ exportId: "A", finished: at(1) });
  expect(activeExport({ value: [own], domoTime: 0 }, "A")).toBe(own);
});
