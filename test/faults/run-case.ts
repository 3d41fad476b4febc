import { expect } from "vitest";
import type { ExportState } from "../../provider/state/export-state";
import type { Cell } from "./cell";
import type { Expected, Phase } from "./matrix";
import type { Strike } from "./strike";

/** What the engine holds after an operation: a saved resource, complete or not, or an error and nothing new. */
interface Result {
  outcome: Expected["outcome"];
  state?: ExportState;
  message: string;
}

/** Runs one case in its cell, and compares every effect with what is expected. */
export async function runCase(cell: Cell, phase: Phase, expected: Expected, strike: Strike): Promise<void> {
  if (phase === "read") return runRead(cell, expected, strike);
  if (phase === "delete") return runDelete(cell, expected, strike);
  const args = cell.args();
  const mend = await strike.begin?.(cell);
  const origin = (await cell.started()) === 0 ? "created" : "reused";
  const provider = await cell.process();
  const run = await resultOf(provider.create({ ...args, ...strike.args }).then(({ outs }) => outs));
  await compare(cell, run, expected);
  await strike.after?.(cell);
  if (run.outcome === "succeeds" && run.state) {
    expect(run.state.origin).toBe(origin);
    await expectDelivered(cell, run.state);
  }
  await mend?.();
  if (run.outcome === "succeeds") return;
  const next = await cell.process();
  if (run.state) await expectKept(cell, run.state, args);
  const { outs } = run.state ? await next.update(run.state, args) : await next.create(args);
  await expectDelivered(cell, outs);
  expect(await cell.started()).toBe(expected.nextUp);
}

/** A refresh: what it can't see is an error, and never "gone". */
async function runRead(cell: Cell, expected: Expected, strike: Strike): Promise<void> {
  const args = cell.args();
  const { outs } = await (await cell.process()).create(args);
  const mend = await strike.begin?.(cell);
  const refresh = await cell.process();
  let id: string | undefined;
  const run = await resultOf(
    refresh.read(outs).then((found) => {
      id = found.id;
      return found.props;
    }),
  );
  await compare(cell, run, expected);
  if (run.outcome === "succeeds") expect(id).toBe("id");
  const drift = run.state?.drift.map(({ kind }) => kind) ?? [];
  expect(drift).toEqual(expected.drift === undefined ? [] : [expected.drift]);
  await mend?.();
  if (run.outcome === "fails") expect((await refresh.read(outs)).props).toEqual(outs);
  const next = await cell.process();
  if (expected.drift !== undefined && run.state) {
    expect((await next.diff(run.state, args)).changes).toBe(true);
    await expectDelivered(cell, (await next.update(run.state, args)).outs);
  }
  const { props } = await next.read(outs);
  expect(props).toEqual(outs);
  expect(await cell.started()).toBe(expected.nextUp);
}

/** A destroy with `deleteObjects`. */
async function runDelete(cell: Cell, expected: Expected, strike: Strike): Promise<void> {
  const { outs } = await (await cell.process()).create(cell.args({ deleteObjects: true }));
  const before = await cell.stored();
  const mend = await strike.begin?.(cell);
  const destroy = await cell.process();
  await compare(cell, await resultOf(destroy.delete(outs)), expected);
  if (expected.outcome === "fails") expect(await cell.stored()).toEqual(before);
  await mend?.();
  await (await cell.process()).delete(outs);
  expect((await cell.stored()).size).toBe(0);
  expect(await cell.started()).toBe(expected.nextUp);
}

/** What the engine makes of an operation: an error with an id and properties is saved. */
async function resultOf(run: Promise<ExportState | undefined | void>): Promise<Result> {
  try {
    return { outcome: "succeeds", state: (await run) ?? undefined, message: "" };
  } catch (error) {
    const { id, properties, reasons } = error as { id?: string; properties?: ExportState; reasons?: string[] };
    if (id === undefined) return { outcome: "fails", message: (error as Error).message };
    return { outcome: "incomplete", state: properties, message: (reasons ?? []).join("\n") };
  }
}

async function compare(cell: Cell, { outcome, state, message }: Result, expected: Expected): Promise<void> {
  expect(outcome, message).toBe(expected.outcome);
  expect(message.includes(expected.says ?? ""), message).toBe(true);
  expect(await cell.started()).toBe(expected.exports);
  if (expected.status !== undefined) expect(state?.exportStatus).toBe(expected.status);
  const told = `${message}\n${JSON.stringify(state)}`;
  for (const secret of cell.secrets) expect(told).not.toContain(secret);
}

/** An incomplete resource shows as changed, and a refresh in between leaves it as it is. */
async function expectKept(cell: Cell, state: ExportState, args: Record<string, unknown>): Promise<void> {
  const provider = await cell.process();
  expect(await provider.read(state)).toMatchObject({ id: "id", props: state });
  expect((await provider.diff(state, args)).changes).toBe(true);
}

/** State, Domo and S3 tell the same. */
async function expectDelivered(cell: Cell, state: ExportState): Promise<void> {
  expect(state).toMatchObject({ exportStatus: "success", rowCount: 2, drift: [] });
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
  expect([...stored.keys()].sort()).toEqual(written.map(({ key }) => key).sort());
}
