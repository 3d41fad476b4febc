import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { isActive, type ExportRecord } from "../../emulator/export-record";
import { signatureMark } from "../../emulator/file-url";
import { defaultOptions } from "../../emulator/options";
import { eq, select } from "../../provider/query/build/builder";
import type { Manifest } from "../../provider/manifest/shape";
import type { ExportState } from "../../provider/state/export-state";
import type { Disturbance, History, Quirks, Step } from "./history";
import { type Ground, openWorld, type Policy, type Version, type World } from "./world";

/** What the histories of one run came to. */
export interface Figures {
  histories: number;
  ups: number;
  delivered: number;
  refused: number;
  unfinished: number;
  killed: number;
  exports: number;
}

/** One of the two stacks: its program, and the state that it last saved. */
interface Stack {
  name: string;
  region: string | undefined;
  trigger: number;
  state?: ExportState;
}

const PATIENCE_SECONDS = 60;
/** A minute of the real clock: whether a dataset is blocked is no question of how busy this machine is. */
const RECOVERY_PATIENCE_SECONDS = 1_200;

/** Lets a history happen to a new world, and holds what is seen from outside against the guarantees. */
export async function runHistory(ground: Ground, history: History, figures: Figures): Promise<void> {
  const world = await openWorld(ground);
  const stacks: Stack[] = ["first", "second"].map((name) => ({ name, region: "West", trigger: 0 }));
  const run: Run = {
    ground,
    world,
    history,
    figures,
    wasKilled: false,
    entries: [],
    patienceSeconds: PATIENCE_SECONDS,
  };
  try {
    await world.emulator.control.setOptions(history.quirks);
    for (const step of history.steps) await take(run, stacks, step);
    await expectRecovery(run, stacks);
    figures.histories += 1;
  } finally {
    await world.close();
  }
}

interface Run {
  ground: Ground;
  world: World;
  history: History;
  figures: Figures;
  /** Whether a run was killed, so that an export may be there that no state has seen. */
  wasKilled: boolean;
  /** Entries that stand in the list for ever. */
  entries: number[];
  patienceSeconds: number;
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
    case "refresh":
      return refresh(run, stackOf(stacks, step.stack));
    case "tamper": {
      const { state } = stackOf(stacks, step.stack);
      const key = step.what === "manifest" ? state?.manifestObject?.key : state?.files[0]?.key;
      if (key !== undefined) await (step.how === "replace" ? world.replace(key) : world.remove(key));
      return;
    }
    case "quirks":
      await control.setOptions({ ...defaultOptions, exportSeconds: 0.5, ...step.quirks });
      return;
    case "destroy":
      return destroy(run, stackOf(stacks, step.stack));
  }
}

function stackOf(stacks: Stack[], index: number): Stack {
  return stacks[index] as Stack;
}

async function foreignExport(
  { emulator, dataset, bucket }: World,
  { own, seconds, fails }: { own: boolean; seconds: number; fails: boolean },
): Promise<void> {
  const order = { dataset, bucket: own ? bucket : "elsewhere", path: "somebody/else", seconds };
  const failure = fails ? { fails: { errorCode: "QUERY_FAILED", message: "theirs" } } : {};
  await emulator.control.startForeignExport({ ...order, ...failure }).catch(() => undefined);
}

function argsOf({ world, history, patienceSeconds }: Run, { name, region, trigger }: Stack): Record<string, unknown> {
  const all = select("Order ID", "Sales");
  return {
    dataset: world.dataset,
    query: JSON.parse(JSON.stringify(region === undefined ? all : all.where(eq("Region", region)))) as unknown,
    bucket: world.bucket,
    path: `exports/${name}`,
    // MinIO does not know the condition on the bucket's owner that a role's session policy has.
    allowLongLivedCredentials: true,
    verify: history.verify,
    countRows: history.countRows,
    onNewData: history.onNewData,
    deleteObjects: history.deleteObjects,
    // MinIO does not have all of the settings that decide a bucket's audience.
    preflight: "warn",
    timeoutSeconds: patienceSeconds,
    triggers: trigger,
    resourceUrn: `urn:pulumi:${name}::p::t::${name}`,
  };
}

/** The rows that the declared query means, by this file's own evaluation. */
function meaning(region: string | undefined, { rows, policy }: Version): string[] {
  const sees = (value: unknown, allowed: Policy): boolean => allowed === "all" || allowed.includes(String(value));
  return rows
    .filter(([, where]) => (region === undefined || where === region) && sees(where, policy))
    .map(([id, , sales]) => `${String(id)},${String(sales)}`)
    .sort();
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
  const sentIntoOpen = (await disturbed) === "while ours ran";
  const isUnchanged = state !== undefined && state === stack.state;
  expectNoSecret(run, error, state);
  const started = (await ourExports(world)).length - before;
  figures.exports += started;
  // One export for each `up`, and a second one only where Domo's answer names another export than it has started.
  const most = allQuirks(run.history).some(({ postAnswer }) => postAnswer === "foreign") ? 2 : 1;
  expect(started, `exports of one up: ${text(error)}`).toBeLessThanOrEqual(most);
  if (abort.signal.aborted && error !== undefined) {
    // The engine that would have saved it is gone.
    figures.killed += 1;
    run.wasKilled = true;
    return "killed";
  }
  if (error !== undefined) {
    expect(error, text(error)).toBeInstanceOf(Error);
    expect((error as Error).name, text(error)).toMatch(
      /^(Incomplete|Foreign|Export|Verification|Preflight|LostAnswer|AwsCall|Domo)\w*$/,
    );
    const { properties } = error as { properties?: ExportState };
    if (properties) {
      figures.unfinished += 1;
      stack.state = properties;
    } else {
      figures.refused += 1;
    }
    return text(error);
  }
  if (!state || isUnchanged) return "";
  figures.delivered += 1;
  stack.state = state;
  await expectDelivered(run, { state, stack, first, wasOpen, sentIntoOpen });
  return "";
}

async function disturb(
  world: World,
  { what, afterMs }: Disturbance,
  abort: AbortController,
): Promise<void | "while ours ran"> {
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
    case "kill":
      abort.abort();
  }
}

interface Delivered {
  state: ExportState;
  stack: Stack;
  /** The first version of the data that the `up` may have exported. */
  first: number;
  wasOpen: boolean;
  /** Whether the bucket was opened while an export of ours ran. */
  sentIntoOpen: boolean;
}

/** Success means: S3 holds it, it is this query's, of this user's policies, complete, not older than asked, in a closed bucket. */
async function expectDelivered(
  { world, history }: Run,
  { state, stack, first, wasOpen, sentIntoOpen }: Delivered,
): Promise<void> {
  const drift = new Set(state.drift.map(({ kind }) => kind));
  expect(wasOpen, "the bucket was open when the up began").toBe(false);
  if (sentIntoOpen) expect([...drift], "the bucket was opened meanwhile").toContain("bucket-exposed");
  const stored = await world.stored();
  for (const { key, bytes, etag } of state.files)
    expect({ ...stored.get(key), rows: undefined }, key).toEqual({ bytes, etag, rows: undefined });
  const { key: manifest = "", etag: ofManifest, exportId: described } = state.manifestObject ?? {};
  expect({ etag: stored.get(manifest)?.etag, described }, manifest).toEqual({
    etag: ofManifest,
    described: state.exportId,
  });
  const said = JSON.parse((await world.text(manifest)) ?? "{}") as Manifest;
  expect(said.entries.map(({ url }) => url)).toEqual(state.files.map(({ url }) => url));
  const { control } = world.emulator;
  const record = (await control.exports({ dataset: world.dataset })).find(
    ({ exportId }) => exportId === state.exportId,
  );
  const { missingRows, wordRows, truncatedBytes, unnamedFiles, layout } = { ...defaultOptions, ...history.quirks };
  const isWhole = history.verify === "rows" || (missingRows === 0 && truncatedBytes === 0);
  if (history.verify === "rows") expect(wordRows === 0 || record === undefined || true).toBe(true);
  const { counts } = state;
  const isCounted = counts?.comparable === true && counts.query !== undefined;
  if (isCounted) expect(counts).toMatchObject({ query: counts.domo, domo: state.rowCount });
  // Rows that neither file nor word has are missed by a true count of the same data, and by nothing else.
  const losesRows = allQuirks(history).some(({ lostRows = 0 }) => lostRows > 0);
  const countsWrong = allQuirks(history).some(({ countRows = 0 }) => countRows !== 0);
  if (losesRows && (!isCounted || countsWrong)) return;
  if (!isWhole || (unnamedFiles > 0 && layout === "flat")) return;
  const rows = state.files.flatMap(({ key }) => stored.get(key)?.rows ?? []).sort();
  const since = drift.has("new-data") || knowsNoFreshness(history) ? 0 : first;
  const allowed = world.versions.slice(drift.has("policies-changed") ? 0 : since);
  expect(
    allowed.map((version) => meaning(stack.region, version)),
    JSON.stringify(state.drift),
  ).toContainEqual(rows);
}

function allQuirks({ quirks, steps }: History): Quirks[] {
  return [quirks, ...steps.flatMap((step) => (step.do === "quirks" ? [step.quirks] : []))];
}

/**
 * Whether this Domo lets one find what it has written: it does not where it names another export than ours, ends ours in a word
 * that says nothing, forgets it, or writes all exports to one place.
 */
function isTraceable({ postAnswer, laterWord, endWord, layout, listLimit }: Quirks): boolean {
  return (postAnswer ?? "fresh") === "fresh" && !laterWord && !endWord && layout !== "flat" && !listLimit;
}

/** Whether this Domo does not say when the data changed, so that its own word, an earlier export, has to do. */
function knowsNoFreshness(history: History): boolean {
  return allQuirks(history).some(
    ({ lastUpdated, startedTimes = "present" }) => lastUpdated === "absent" || startedTimes !== "present",
  );
}

async function refresh(run: Run, stack: Stack): Promise<void> {
  if (!stack.state) return;
  const provider = await run.world.process();
  try {
    const { id, props } = await provider.read(stack.state);
    stack.state = id === "" ? undefined : props;
    expectNoSecret(run, undefined, props);
  } catch (error) {
    expectNoSecret(run, error, undefined);
    expect((error as Error).name, text(error)).toMatch(/^(AwsCall|Domo|Preflight)\w*Error$/);
  }
}

async function destroy(run: Run, stack: Stack): Promise<void> {
  if (!stack.state) return;
  await (await run.world.process()).delete(stack.state);
  stack.state = undefined;
}

/** Once the quirks end, everything works again, and nothing is left that state does not know. */
async function expectRecovery(run: Run, stacks: Stack[]): Promise<void> {
  const { world, history } = run;
  const { control } = world.emulator;
  await control.setOptions({ ...defaultOptions, exportSeconds: 0.2 });
  for (const entry of run.entries) await control.removeEntry(entry);
  await world.setOpen(false);
  await control.settle();
  const recovered = { ...run, history: { ...history, quirks: {} }, patienceSeconds: RECOVERY_PATIENCE_SECONDS };
  for (const stack of stacks) {
    // What somebody has put in a manifest's place is not overwritten: the message says to remove it.
    const manifest = `exports/${stack.name}/_${stack.name}.manifest.json`;
    if ((await world.text(manifest)) === "tampered") await world.remove(manifest);
    await world.newData();
    stack.trigger += 1;
    const failure = await up(recovered, stack);
    expect(stack.state?.exportStatus, `${stack.name} is blocked: ${failure}`).toBe("success");
  }
  for (const stack of stacks) await destroy(run, stack);
  if (!history.deleteObjects || run.wasKilled || !allQuirks(history).every(isTraceable)) return;
  const left = [...(await world.stored()).keys()].filter((key) => key.startsWith("exports/"));
  expect(left, "left in the bucket").toEqual([]);
}

async function ourExports({ emulator, dataset }: World): Promise<ExportRecord[]> {
  const exports = await emulator.control.exports({ dataset });
  return exports.filter(({ order }) => order.source === "pulumi-domo-s3-export");
}

function expectNoSecret({ ground }: Run, error: unknown, state: ExportState | undefined): void {
  const told = `${text(error)}\n${JSON.stringify(state ?? {})}`;
  for (const secret of [...ground.secrets, signatureMark]) {
    if (told.includes(secret)) throw new Error(`a secret is told: ${told.replaceAll(secret, "(the secret)")}`);
  }
}

function text(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { reasons = [], properties } = error as { reasons?: string[]; properties?: unknown };
  return [error.message, ...reasons, JSON.stringify(properties ?? {})].join("\n");
}
