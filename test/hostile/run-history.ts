import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { isActive } from "../../emulator/export-record";
import { defaultOptions } from "../../emulator/options";
import type { DriftKind, ExportState } from "../../provider/state/export-state";
import { errorText, expectDelivered, expectNoSecret, isTraceable, ourExports } from "./guarantees";
import type { Disturbance, History, Quirks, Step } from "./history";
import { argsOf, type Figures, type Run, type Stack } from "./run";
import { type Ground, openWorld, type World } from "./world";

const PATIENCE_SECONDS = 60;
/** A minute of the real clock: whether a dataset is blocked is no question of how busy this machine is. */
const RECOVERY_PATIENCE_SECONDS = 1_200;
/** Too short for an export that is lost. */
const LOST_PATIENCE_SECONDS = 10;

/** Lets a history happen to a new world, and holds what is seen from outside against the guarantees. */
export async function runHistory(ground: Ground, history: History, figures: Figures): Promise<void> {
  const world = await openWorld(ground);
  const stacks = ["first", "second"].map((name): Stack => {
    const urn = `urn:pulumi:${world.dataset}::p::t::${name}`;
    return { name, urn, region: "West", trigger: 0 };
  });
  const run: Run = {
    ground,
    world,
    history,
    figures,
    quirks: {},
    seen: [],
    ranUnder: new Map(),
    hasOrphans: false,
    entries: [],
    lost: [],
    patienceSeconds: PATIENCE_SECONDS,
  };
  try {
    await setQuirks(run, history.quirks);
    for (const step of history.steps) await take(run, stacks, step);
    await expectRecovery(run, stacks);
    figures.histories += 1;
  } finally {
    await world.close();
  }
}

async function take(run: Run, stacks: Stack[], step: Step): Promise<void> {
  const { world } = run;
  const { control } = world.emulator;
  switch (step.do) {
    case "up":
      await up(run, stackOf(stacks, step.stack), step.during);
      return;
    case "change query":
      stackOf(stacks, step.stack).region = step.region;
      return;
    case "trigger":
      stackOf(stacks, step.stack).trigger += 1;
      return;
    case "adopt": {
      const stack = stackOf(stacks, step.stack);
      const own = (await ourExports(world)).filter(({ order }) => order.path.startsWith(`exports/${stack.name}/`));
      stack.adopt = own.at(-1)?.exportId;
      return;
    }
    case "new data":
      return world.newData();
    case "policy":
      return world.setPolicy(step.policy);
    case "open bucket":
      return world.setOpen(step.open);
    case "foreign export":
      return foreignExport(world, step);
    case "stuck entry": {
      const started = new Date(Date.now() - step.ageDays * 86_400_000).toISOString();
      const entry = { exportId: `stuck-${started}`, exportStatus: "exporting", started, bucket: "elsewhere" };
      run.entries.push(await control.addEntry({ dataset: world.dataset, entry, holdsSlot: step.holdsSlot }));
      return;
    }
    case "lost export":
      return loseExport(run, stackOf(stacks, step.stack), step.hasTime);
    case "refresh":
      return refresh(run, stackOf(stacks, step.stack));
    case "tamper": {
      const { state } = stackOf(stacks, step.stack);
      const key = step.what === "manifest" ? state?.manifestObject?.key : state?.files[0]?.key;
      if (key !== undefined) await (step.how === "replace" ? world.replace(key) : world.remove(key));
      return;
    }
    case "quirks":
      return setQuirks(run, step.quirks);
    case "destroy":
      return destroy(run, stackOf(stacks, step.stack));
  }
}

function stackOf(stacks: Stack[], index: number): Stack {
  return stacks[index] as Stack;
}

/** From now on Domo has these quirks and no others. A clock that is wrong stays wrong. */
async function setQuirks(run: Run, drawn: Quirks): Promise<void> {
  const { world, history, ranUnder, seen } = run;
  const quirks = { ...drawn, clockSkewMs: history.quirks.clockSkewMs };
  await noteExports(run);
  for (const record of await ourExports(world)) if (isActive(record)) ranUnder.get(record.exportId)?.push(quirks);
  await world.emulator.control.setOptions({ ...defaultOptions, exportSeconds: 0.5, ...quirks });
  run.quirks = quirks;
  seen.push(quirks);
}

/** Remembers under which quirks the exports ran that were started since. */
async function noteExports({ world, ranUnder, quirks }: Run): Promise<void> {
  for (const { exportId } of await ourExports(world)) if (!ranUnder.has(exportId)) ranUnder.set(exportId, [quirks]);
}

async function foreignExport(
  { emulator, dataset, bucket }: World,
  { own, seconds, fails }: { own: boolean; seconds: number; fails: boolean },
): Promise<void> {
  const order = { dataset, bucket: own ? bucket : "elsewhere", path: "somebody/else", seconds };
  const failure = fails ? { fails: { errorCode: "QUERY_FAILED", message: "theirs" } } : {};
  await emulator.control.startForeignExport({ ...order, ...failure }).catch(() => undefined);
}

/** An export outlives its `up`, and then Domo loses it: its slot is free, its entry stays. */
async function loseExport(run: Run, stack: Stack, hasTime: boolean): Promise<void> {
  const { world, lost, patienceSeconds } = run;
  const { control } = world.emulator;
  stack.trigger += 1;
  await control.setOptions({ exportSeconds: 3600 });
  run.patienceSeconds = LOST_PATIENCE_SECONDS;
  await up(run, stack);
  run.patienceSeconds = patienceSeconds;
  await control.setOptions({ exportSeconds: 0.5 });
  const fields = { exportStatus: "exporting", finished: null, ...(!hasTime && { started: null }) };
  const ours = new Set((await ourExports(world)).map(({ exportId }) => exportId));
  for (const { exportId } of (await control.exports({ dataset: world.dataset })).filter(isActive)) {
    await control.finishExport({ exportId, endWord: "CANCELLED" });
    if (!ours.has(exportId)) continue;
    await control.editAnswer({ exportId, fields });
    lost.push(exportId);
  }
}

/** The program of a stack, as text. */
function programOf({ region, trigger, adopt }: Stack): string {
  return JSON.stringify({ region, trigger, adopt });
}

/** Whether nothing asks for another export: the program is as it was, and a refresh has found nothing that one repairs. */
function isAsDeclared({ history }: Run, stack: Stack): boolean {
  const { state, delivered } = stack;
  const reported: DriftKind[] = ["bucket-exposed", "manifest-missing", "manifest-replaced"];
  if (history.onNewData !== "export") reported.push("new-data");
  const isWhole = state?.exportStatus === "success" && state.drift.every(({ kind }) => reported.includes(kind));
  return isWhole && delivered === programOf(stack);
}

/** Runs `up`, and returns what it failed with. */
async function up(run: Run, stack: Stack, during?: Disturbance): Promise<string> {
  const { world, figures } = run;
  const first = world.versions.length - 1;
  const wasOpen = world.isOpen;
  const before = (await ourExports(world)).length;
  const abort = new AbortController();
  const provider = await world.process(abort.signal);
  const args = argsOf(run, stack);
  const isAdopted = stack.adopt !== undefined && stack.adopt !== stack.state?.adopt;
  const most = exportsAllowed(run, stack, isAdopted);
  figures.ups += 1;
  const disturbed = during && disturb(world, during, abort);
  let state: ExportState | undefined;
  let error: unknown;
  try {
    if (!stack.state) ({ outs: state } = await provider.create(args));
    else if ((await provider.diff(stack.state, args)).changes)
      ({ outs: state } = await provider.update(stack.state, args));
    else state = stack.state;
  } catch (caught) {
    error = caught;
  }
  const met = await disturbed;
  if (typeof met === "function") met();
  const isUnchanged = state !== undefined && state === stack.state;
  if (isUnchanged) expect(stack.delivered, "a changed program is no change").toBe(programOf(stack));
  await expectNoSecret(run, stack, { error, state });
  await noteExports(run);
  const started = (await ourExports(world)).length - before;
  figures.exports += started;
  expect(started, `exports of one up: ${errorText(error)}`).toBeLessThanOrEqual(most);
  if (abort.signal.aborted && error !== undefined) {
    // The engine that would have saved it is gone.
    figures.killed += 1;
    run.hasOrphans = true;
    return "killed";
  }
  if (error !== undefined) {
    expect(error, errorText(error)).toBeInstanceOf(Error);
    expect((error as Error).name, errorText(error)).toMatch(
      /^(Incomplete|Foreign|Export|Verification|Preflight|LostAnswer|AwsCall|Domo)\w*$/,
    );
    const { properties } = error as { properties?: ExportState };
    if (properties) {
      figures.unfinished += 1;
      stack.state = properties;
      stack.delivered = programOf(stack);
    } else {
      figures.refused += 1;
    }
    return errorText(error);
  }
  if (!state || isUnchanged) return "";
  figures.delivered += 1;
  stack.state = state;
  stack.delivered = programOf(stack);
  await expectDelivered(run, { state, stack, first, wasOpen, sentIntoOpen: met === "while ours ran", isAdopted });
  return "";
}

/**
 * How many exports an `up` may start: none where nothing asks for one or an export is taken over, otherwise one, and a second one
 * only where Domo's answer names another export than it has started.
 */
function exportsAllowed(run: Run, stack: Stack, isAdopted: boolean): number {
  if (isAdopted || isAsDeclared(run, stack)) return 0;
  return run.seen.some(({ postAnswer }) => postAnswer === "foreign") ? 2 : 1;
}

/** Gives what ends the disturbance, where it does not end by itself. */
async function disturb(
  world: World,
  { what, afterMs }: Disturbance,
  abort: AbortController,
): Promise<void | "while ours ran" | (() => void)> {
  await sleep(afterMs);
  switch (what) {
    case "new data":
      return world.newData();
    case "open bucket":
      await world.setOpen(true);
      return (await ourExports(world)).some(isActive) ? "while ours ran" : undefined;
    case "policy":
      return world.setPolicy(["East"]);
    case "foreign export":
      return foreignExport(world, { own: true, seconds: 1, fails: true });
    case "stall":
      return world.stall();
    case "kill":
      abort.abort();
  }
}

async function refresh(run: Run, stack: Stack): Promise<void> {
  if (!stack.state) return;
  const provider = await run.world.process();
  try {
    const { id, props } = await provider.read(stack.state);
    stack.state = id === "" ? undefined : props;
    await expectNoSecret(run, stack, { state: props });
  } catch (error) {
    await expectNoSecret(run, stack, { error });
    expect((error as Error).name, errorText(error)).toMatch(/^(AwsCall|Domo|Preflight)\w*Error$/);
  }
}

async function destroy(run: Run, stack: Stack): Promise<void> {
  if (!stack.state) return;
  if ((await ourExports(run.world)).some(isActive)) run.hasOrphans = true;
  await (await run.world.process()).delete(stack.state);
  stack.state = undefined;
}

/** Once the quirks end, everything works again, and nothing is left that state does not know. */
async function expectRecovery(run: Run, stacks: Stack[]): Promise<void> {
  const { world, history } = run;
  const { control } = world.emulator;
  await setQuirks(run, { exportSeconds: 0.2 });
  for (const entry of run.entries) await control.removeEntry(entry);
  for (const exportId of run.lost) await control.editAnswer({ exportId, fields: {} });
  await world.setOpen(false);
  await control.settle();
  run.patienceSeconds = RECOVERY_PATIENCE_SECONDS;
  for (const stack of stacks) {
    // What somebody has put in a manifest's place is not overwritten: the message says to remove it.
    const manifest = `exports/${stack.name}/_${stack.name}.manifest.json`;
    if ((await world.stored()).get(manifest)?.text === "tampered") await world.remove(manifest);
    await world.newData();
    stack.trigger += 1;
    stack.adopt = undefined;
    const failure = await up(run, stack);
    expect(stack.state?.exportStatus, `${stack.name} is blocked: ${failure}`).toBe("success");
  }
  for (const stack of stacks) await destroy(run, stack);
  if (!history.deleteObjects || run.hasOrphans || !run.seen.every(isTraceable)) return;
  const left = [...(await world.stored()).keys()].filter((key) => key.startsWith("exports/"));
  expect(left, "left in the bucket").toEqual([]);
}
