import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import type { Manifest } from "../../provider/manifest/shape";
import type { ExportState } from "../../provider/state/export-state";
import { deployer, type Lifecycle } from "../support/lab";
import type { Cell } from "./cell";
import type { Case, Expected } from "./row";

/** What the engine holds after an operation: a saved resource, complete or not, or an error and nothing new. */
interface Result {
  outcome: Expected["outcome"];
  state?: ExportState;
  message: string;
}

/** Runs one case in its cell, and compares every effect with what is expected. */
export async function runCase(cell: Cell, one: Case): Promise<void> {
  switch (one.phase) {
    case "read":
      await runRead(cell, one);
      break;
    case "delete":
      await runDelete(cell, one);
      break;
    default:
      await runUp(cell, one);
  }
  expect(cell.secretsIn(cell.told())).toEqual([]);
}

/** An `up` that creates the resource. */
async function runUp(cell: Cell, { expected, strike }: Case): Promise<void> {
  const args = cell.args(strike.keepsArgs ? strike.args : {});
  const fix = await strike.begin?.(cell);
  const before = await cell.started();
  const provider = await cell.process();
  const run = await resultOf(provider.create({ ...args, ...strike.args }).then(({ outs }) => outs));
  await compare(cell, run, expected);
  await strike.after?.(cell);
  if (run.outcome === "succeeds" && run.state) {
    expect(run.state.origin).toBe(before.includes(run.state.exportId ?? "") ? "reused" : "created");
    await expectDelivered(cell, run.state, expected);
  }
  await fix?.();
  if (run.outcome === "succeeds" && expected.drift === undefined) return;
  const next = await cell.process();
  const { isReported = false } = expected;
  if (run.state) await expectKept(cell, run.state, { args, isReported });
  const latest = await (isReported && run.state ? refreshed(next, run.state) : upAgain(next, args, run.state));
  await expectDelivered(cell, latest);
  expect(await cell.started()).toHaveLength(expected.nextUp);
}

async function upAgain(next: Lifecycle, args: Record<string, unknown>, state?: ExportState): Promise<ExportState> {
  return (await (state ? next.update(state, args) : next.create(args))).outs;
}

async function refreshed(next: Lifecycle, state: ExportState): Promise<ExportState> {
  return (await next.read(state)).props ?? expect.fail("nothing is left");
}

/** A refresh: what it can't see is an error, and never "gone". */
async function runRead(cell: Cell, { expected, strike }: Case): Promise<void> {
  const args = cell.args(strike.args);
  const { outs } = await (await cell.process()).create(args);
  const fix = await strike.begin?.(cell);
  const refresh = await cell.process();
  const run = await resultOf(refresh.read(outs).then(({ id, props }) => (id === "" ? "gone" : props)));
  await compare(cell, run, expected);
  const kinds = run.state?.drift.map(({ kind }) => kind) ?? [];
  // Where no object is left, the manifest is gone too.
  const drift = kinds.filter((kind) => kind !== "manifest-missing" || !kinds.includes("object-missing"));
  expect(drift).toEqual(expected.drift === undefined ? [] : [expected.drift]);
  await fix?.();
  if (run.outcome === "fails") expect((await refresh.read(outs)).props).toEqual(outs);
  const next = await cell.process();
  let latest = outs;
  if (run.outcome === "gone") await expectDelivered(cell, (latest = (await next.create(args)).outs));
  if (expected.drift !== undefined && run.state) {
    expect((await next.diff(run.state, args)).changes).toBe(expected.isReported !== true);
    if (!expected.isReported) await expectDelivered(cell, (latest = (await next.update(run.state, args)).outs));
  }
  expect((await next.read(latest)).props).toEqual(latest);
  expect(await cell.started()).toHaveLength(expected.nextUp);
}

/** A destroy with `deleteObjects`, of whatever the `up` before has saved. */
async function runDelete(cell: Cell, { expected, strike }: Case): Promise<void> {
  const create = (await cell.process()).create(cell.args({ deleteObjects: true, ...strike.args }));
  const { state } = await resultOf(create.then(({ outs }) => outs));
  if (!state) throw new Error("there is nothing to destroy");
  const before = await cell.stored();
  expect(before.size).toBeGreaterThan(0);
  const fix = await strike.begin?.(cell);
  const destroy = await cell.process();
  await compare(cell, await resultOf(destroy.delete(state)), expected);
  if (expected.outcome === "fails") expect(await cell.stored()).toEqual(before);
  await fix?.();
  await (await cell.process()).delete(state);
  expect((await cell.stored()).size).toBe(0);
  expect(await cell.started()).toHaveLength(expected.nextUp);
}

/** What the engine makes of an operation: an error with an id and properties is saved. */
async function resultOf(run: Promise<ExportState | "gone" | undefined | void>): Promise<Result> {
  try {
    const state = await run;
    return state === "gone"
      ? { outcome: "gone", message: "" }
      : { outcome: "succeeds", state: state ?? undefined, message: "" };
  } catch (error) {
    const { id, properties, reasons } = error as { id?: string; properties?: ExportState; reasons?: string[] };
    if (id === undefined) return { outcome: "fails", message: (error as Error).message };
    return { outcome: "incomplete", state: properties, message: (reasons ?? []).join("\n") };
  }
}

async function compare(cell: Cell, { outcome, state, message }: Result, expected: Expected): Promise<void> {
  expect(outcome, message).toBe(expected.outcome);
  expect(message.includes(expected.says ?? ""), message).toBe(true);
  expect(await cell.started()).toHaveLength(expected.exports);
  if (expected.status !== undefined) expect(state?.exportStatus).toBe(expected.status);
  expect(cell.secretsIn(`${message}\n${JSON.stringify(state)}`)).toEqual([]);
}

/** A resource that is not as declared shows as changed, and a refresh in between leaves an incomplete one as it is. */
async function expectKept(
  cell: Cell,
  state: ExportState,
  { args, isReported }: { args: Record<string, unknown>; isReported: boolean },
): Promise<void> {
  const provider = await cell.process();
  if (state.exportStatus !== "success") expect(await provider.read(state)).toMatchObject({ id: "id", props: state });
  expect((await provider.diff(state, args)).changes).toBe(!isReported);
}

/** State, Domo, S3 and the dataset itself tell the same. */
async function expectDelivered(cell: Cell, state: ExportState, { drift }: Pick<Expected, "drift"> = {}): Promise<void> {
  expect(state).toMatchObject({ exportStatus: "success", rowCount: 2 });
  expect(state.drift.map(({ kind }) => kind)).toEqual(drift === undefined ? [] : [drift]);
  const exports = await cell.emulator.control.exports({ dataset: cell.dataset });
  const ours = exports.find(({ exportId }) => exportId === state.exportId);
  expect(ours?.order.path).toBe(state.keyPrefix);
  expect(ours?.files.map(({ key, rows }) => ({ key, rows }))).toEqual(
    state.files.map(({ key, rows }) => ({ key, rows })),
  );
  const stored = await cell.stored();
  expect(state.files.map(({ key }) => stored.get(key))).toEqual(
    state.files.map(({ bytes, etag }) => ({ bytes, etag })),
  );
  const written = exports.flatMap(({ order, files }) => (order.bucket === cell.bucket ? files : []));
  const keys = new Set(written.flatMap((file) => (file.written === null ? [] : [file.key])));
  const { key: manifest = "", etag } = state.manifestObject ?? {};
  expect(stored.get(manifest)?.etag, "the manifest is the recorded one").toBe(etag);
  const said = JSON.parse(String((await cell.contents()).get(manifest))) as Manifest;
  expect(said.entries.map(({ url }) => url)).toEqual(state.files.map(({ url }) => url));
  expect([...stored.keys()].sort()).toEqual([...keys, manifest].sort());
  await expectContent(cell, state, ours?.order.queryRequest.query);
}

/** The objects hold what the query gives for this user, byte for byte. */
async function expectContent(cell: Cell, { files }: ExportState, query: unknown): Promise<void> {
  const { id: userId } = deployer(cell.dataset);
  const { csv } = await cell.emulator.control.evaluate({ dataset: cell.dataset, query, userId });
  const contents = await cell.contents();
  const texts = files.map(({ key }) => textOf(contents.get(key) ?? Buffer.alloc(0)));
  const withoutHeader = (text: string): string => text.slice(text.indexOf("\n") + 1);
  expect(texts.map((text, part) => (part === 0 ? text : withoutHeader(text))).join("")).toBe(csv);
}

function textOf(content: Buffer): string {
  return (content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content).toString();
}
