import { expect } from "vitest";
import type { ExportRecord } from "../../emulator/export-record";
import { defaultOptions, type RuntimeOptions } from "../../emulator/options";
import type { Manifest } from "../../provider/manifest/shape";
import { type ExportState, recordedKeys } from "../../provider/state/export-state";
import { rowsOf as domoQuery } from "../lifecycle/hostile";
import type { Quirks } from "./history";
import type { Run, Stack } from "./run";
import type { Policy, StoredText, Version, World } from "./world";

/** An `up` that has succeeded. */
interface Delivered {
  state: ExportState;
  stack: Stack;
  /** The first version of the data that it may have exported. */
  first: number;
  wasOpen: boolean;
  /** Whether the bucket was opened while an export of ours ran. */
  sentIntoOpen: boolean;
  /** Whether it took an export over for which the program vouches. */
  isAdopted: boolean;
}

/** Success means: S3 holds it, it is this query's, of this user's policies, complete, not older than asked, in a closed bucket. */
export async function expectDelivered(run: Run, delivered: Delivered): Promise<void> {
  const { world, history } = run;
  const { state, wasOpen, sentIntoOpen } = delivered;
  const drift = new Set(state.drift.map(({ kind }) => kind));
  expect(wasOpen, "the bucket was open when the up began").toBe(false);
  if (sentIntoOpen) expect([...drift], "the bucket was opened meanwhile").toContain("bucket-exposed");
  const stored = await world.stored();
  for (const { key, bytes, etag } of state.files) {
    const object = stored.get(key);
    expect({ bytes: object?.bytes, etag: object?.etag }, key).toEqual({ bytes, etag });
  }
  expectManifest(state, stored);
  const records = await ourExports(world);
  expectNothingElse(run, delivered, { stored, records });
  const record = records.find(({ exportId }) => exportId === state.exportId);
  const ranUnder = (run.ranUnder.get(state.exportId ?? "") ?? [run.quirks]).map(whole);
  const isWhole = ({ missingRows, truncatedBytes }: RuntimeOptions): boolean =>
    history.verify === "rows" || (missingRows === 0 && truncatedBytes === 0);
  const isNamed = ({ unnamedFiles, layout }: RuntimeOptions): boolean => unnamedFiles === 0 || layout !== "flat";
  const { counts } = state;
  const isCounted = counts?.comparable === true && counts.query !== undefined;
  if (isCounted) expect(counts).toMatchObject({ query: counts.domo, domo: state.rowCount });
  // Rows that neither file nor word has are missed by a true count of the same data, and by nothing else.
  const losesRows = ranUnder.some(({ lostRows }) => lostRows > 0);
  if (losesRows && (!isCounted || whole(run.quirks).countRows !== 0)) return;
  if (!ranUnder.every((quirks) => isWhole(quirks) && isNamed(quirks))) return;
  run.figures.compared += 1;
  expectRows(run, delivered, { record, text: textOf(state, stored) });
  await expectBytes(run, delivered, textOf(state, stored));
}

/** The rows are those of the declared query, of one version of data and policies that the `up` may have seen. */
function expectRows(
  { world, quirks }: Run,
  { state, stack, first, isAdopted }: Delivered,
  { record, text }: { record: ExportRecord | undefined; text: string },
): void {
  const drift = new Set(state.drift.map(({ kind }) => kind));
  const isAnyTime = isAdopted || drift.has("policies-changed") || drift.has("new-data") || knowsNoFreshness(quirks);
  const region = isAdopted ? regionOf(record) : stack.region;
  const allowed = world.versions.slice(isAnyTime ? 0 : first);
  expect(
    allowed.map((version) => meaning(region, version)),
    JSON.stringify(state.drift),
  ).toContainEqual(rowsOf(text));
}

/** Of today's data, the bytes are what DuckDB gives. */
async function expectBytes({ world }: Run, { stack, isAdopted }: Delivered, text: string): Promise<void> {
  const today = world.versions.at(-1) as Version;
  if (isAdopted || JSON.stringify(rowsOf(text)) !== JSON.stringify(meaning(stack.region, today))) return;
  expect(text).toBe(await world.evaluate(domoQuery(stack.region)));
}

function expectManifest({ manifestObject, exportId, files }: ExportState, stored: Map<string, StoredText>): void {
  const { key = "", etag, exportId: described } = manifestObject ?? {};
  const object = stored.get(key);
  expect({ etag: object?.etag, described }, key).toEqual({ etag, described: exportId });
  const { entries } = JSON.parse(object?.text ?? "{}") as Manifest;
  expect(entries.map(({ url }) => url)).toEqual(files.map(({ url }) => url));
}

/**
 * Below the path lies what state knows and no more, with `deleteObjects`; without, also what Domo wrote for earlier exports.
 * Where Domo does not let one find what it has written, that may be left too.
 */
function expectNothingElse(
  { history, hasOrphans, seen }: Run,
  { state, stack }: Delivered,
  { stored, records }: { stored: Map<string, StoredText>; records: ExportRecord[] },
): void {
  const recorded = new Set([...recordedKeys(state), state.manifestObject?.key]);
  const below = [...stored.keys()].filter((key) => key.startsWith(`exports/${stack.name}/`));
  const others = below.filter((key) => !recorded.has(key));
  const written = new Set(records.flatMap(({ files }) => files.map(({ key }) => key)));
  expect(
    others.filter((key) => !written.has(key)),
    "written by nobody",
  ).toEqual([]);
  if (history.deleteObjects && !hasOrphans && seen.every(isTraceable)) expect(others, "not in state").toEqual([]);
}

/** No error, state, manifest or line of the engine holds a secret, in any spelling. */
export async function expectNoSecret(
  { ground, world }: Run,
  { urn, name }: Stack,
  { error, state }: { error?: unknown; state?: ExportState },
): Promise<void> {
  const manifest = (await world.stored()).get(`exports/${name}/_${name}.manifest.json`)?.text;
  const told = [errorText(error), JSON.stringify(state ?? {}), manifest, world.told(urn)].join("\n");
  for (const secret of ground.secrets)
    if (told.includes(secret)) throw new Error(`a secret is told: ${told.replaceAll(secret, "(the secret)")}`);
}

/** All that an error says. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { reasons = [], properties } = error as { reasons?: string[]; properties?: unknown };
  return [error.message, ...reasons, JSON.stringify(properties ?? {})].join("\n");
}

/** The exports that our POSTs have started. */
export async function ourExports({ emulator, dataset }: World): Promise<ExportRecord[]> {
  const exports = await emulator.control.exports({ dataset });
  return exports.filter(({ order }) => order.source === "pulumi-domo-s3-export");
}

/**
 * Whether this Domo lets one find what it has written: it does not where it names another export than ours, ends ours in a word
 * that says nothing, forgets it, or writes all exports to one place.
 */
export function isTraceable({ postAnswer, laterWord, endWord, layout, listLimit }: Quirks): boolean {
  return (postAnswer ?? "fresh") === "fresh" && !laterWord && !endWord && layout !== "flat" && !listLimit;
}

/** Whether this Domo does not say when the data changed, so that its own word, an earlier export, has to do. */
function knowsNoFreshness({ lastUpdated, startedTimes = "present" }: Quirks): boolean {
  return lastUpdated === "absent" || startedTimes !== "present";
}

/** The rows that a query means, by this file's own evaluation. */
function meaning(region: string | undefined, { rows, policy }: Version): string[] {
  const sees = (value: unknown, allowed: Policy): boolean => allowed === "all" || allowed.includes(String(value));
  return rows
    .filter(([, where]) => (region === undefined || where === region) && sees(where, policy))
    .map(([id, , sales]) => `${String(id)},${String(sales)}`)
    .sort();
}

function textOf({ files }: ExportState, stored: Map<string, StoredText>): string {
  const texts = files.map(({ key }) => stored.get(key)?.text ?? "");
  return texts.map((text, part) => (part === 0 ? text : text.slice(text.indexOf("\n") + 1))).join("");
}

function rowsOf(text: string): string[] {
  return text.split(/\r?\n/).filter(Boolean).slice(1).sort();
}

function regionOf(record: ExportRecord | undefined): string | undefined {
  return /"(West|East)"/.exec(JSON.stringify(record?.order.queryRequest.query ?? null))?.[1];
}

function whole(quirks: Quirks): RuntimeOptions {
  return { ...defaultOptions, ...quirks };
}
