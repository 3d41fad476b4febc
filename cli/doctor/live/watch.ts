import { z } from "zod";
import { type DomoExport, hasEnded, readEntry } from "../../../provider/domo/answers";
import { paths } from "../../../provider/domo/paths";
import type { AwsCredentials } from "../../../provider/aws/clients";
import type { Order, Plan } from "../../../provider/delivery/order";
import { requestBody } from "../../../provider/delivery/start-export";
import { PreflightError } from "../../../provider/errors";
import type { RawDomo, Refusal } from "../raw-domo";

/** An export as Domo shows it, read and as it came. */
export interface RawExport {
  readonly entry: DomoExport;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A POST after which there is an export. */
export interface Posted extends RawExport {
  readonly kind: "posted";
  /** Whether the export is from before the POST. */
  readonly isEarlier: boolean;
  /** What the answer named. If not this export, that was found in the list. */
  readonly named: "this export" | "no export" | "another export";
  readonly path: string;
  /** Domo's time of answering, in milliseconds. */
  readonly domoTime: number;
}

/** What a POST is sent with. */
export interface LiveOrder {
  readonly raw: RawDomo;
  readonly order: Order;
  readonly plan: Plan;
  readonly credentials: AwsCredentials;
  readonly signal: AbortSignal;
  /** Leaves the field `source` out. */
  readonly withoutSource?: boolean;
}

const PATIENCE_MS = 900_000;
const PAUSES_MS = [500, 1000, 2000, 4000];
/** Polls in a row without an export after which it has left the list, or never comes to it. */
const GONE_POLLS = 6;

/** Sends the POST as an export does, once. What the answer does not name is looked for in Domo's list. */
export async function post(live: LiveOrder): Promise<Posted | Refusal> {
  const { raw, order, plan, credentials, withoutSource } = live;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const { entries, domoTime } = await listExports(live);
  const before = new Set(entries.map(({ entry }) => entry.exportId));
  const path = paths.exports(order.inputs.dataset);
  const body = { ...requestBody(order, plan, credentials), ...(withoutSource && { source: undefined }) };
  const answer = await raw.post(path, "start the export", body, [accessKeyId, secretAccessKey, sessionToken]);
  if (answer.kind === "refused" && /^HTTP [34]/.test(answer.how)) return answer;
  const named = answer.kind === "answer" ? rawExport(answer.value) : undefined;
  const posted = { kind: "posted", path: plan.definition.keyPrefix, domoTime } as const;
  if (named && before.has(named.entry.exportId)) return { ...posted, ...named, isEarlier: true, named: "this export" };
  if (named && isIn(plan.place.bucket, named)) {
    const answered = answer.kind === "answer" ? answer.domoTime : domoTime;
    return { ...posted, ...named, isEarlier: false, named: "this export", domoTime: answered };
  }
  const found = await newExport(live, before);
  if (found) return { ...posted, ...found, isEarlier: false, named: named ? "another export" : "no export" };
  if (named) return { ...posted, ...named, isEarlier: true, named: "this export" };
  if (answer.kind === "refused") return answer;
  return { kind: "refused", how: "2xx without an export", error: new PreflightError("the answer has no exportId") };
}

const NEW_POLLS = 6;
const NEW_PAUSE_MS = 2000;

/** An export that a POST has started, though its answer did not name it. */
async function newExport(live: LiveOrder, before: ReadonlySet<string>): Promise<RawExport | undefined> {
  for (let poll = 1; poll <= NEW_POLLS; poll++) {
    const { entries } = await listExports(live);
    const found = entries.find((one) => !before.has(one.entry.exportId) && isIn(live.plan.place.bucket, one));
    if (found) return found;
    await live.order.services.clock.sleep(NEW_PAUSE_MS, live.signal);
  }
  return undefined;
}

function isIn(bucket: string, { entry }: RawExport): boolean {
  return entry.bucket === undefined || entry.bucket === bucket;
}

/** The exports that Domo lists, and its time. Presigned URLs stay out of what is looked at. */
export async function listExports({
  raw,
  order,
}: Pick<LiveOrder, "raw" | "order">): Promise<{ entries: RawExport[]; domoTime: number }> {
  const answer = await raw.get(paths.exports(order.inputs.dataset), "list the exports");
  if (answer.kind === "refused") throw answer.error;
  const entries = z
    .array(z.unknown())
    .parse(answer.value)
    .flatMap((value) => rawExport(value) ?? []);
  return { entries, domoTime: answer.domoTime };
}

/** How an export ended. */
export interface Ended {
  /** The export at its end; absent when the list does not show it any more. */
  readonly last?: RawExport;
  readonly words: readonly string[];
  readonly lateUrls: boolean;
}

/** Waits for the end of an export. */
export async function ended(live: LiveOrder, exportId: string): Promise<Ended> {
  const { clock } = live.order.services;
  const deadline = clock.now() + PATIENCE_MS;
  const words = new Set<string>();
  let endedWithout = false;
  let absent = 0;
  for (let poll = 0; ; poll++) {
    const last = (await listExports(live)).entries.find(({ entry }) => entry.exportId === exportId);
    absent = last ? 0 : absent + 1;
    if (last) words.add(String(last.fields.exportStatus));
    const isEnded = last !== undefined && hasEnded(last.entry);
    const hasUrls = last !== undefined && Object.keys(last.entry.urlRowCountMap).length > 0;
    if (isEnded && (hasUrls || last.entry.status !== "success" || poll > 20))
      return { last, words: [...words], lateUrls: endedWithout };
    if (absent >= GONE_POLLS) return { words: [...words], lateUrls: false };
    endedWithout ||= isEnded;
    if (clock.now() > deadline)
      throw new PreflightError(`export ${exportId} of doctor --live did not end in 15 minutes`);
    await clock.sleep(PAUSES_MS[Math.min(poll, PAUSES_MS.length - 1)] ?? 4000, live.signal);
  }
}

function rawExport(value: unknown): RawExport | undefined {
  const entry = readEntry(value);
  return entry && { entry, fields: value as Record<string, unknown> };
}
