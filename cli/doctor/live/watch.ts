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

/** A POST that Domo answered with an export. */
export interface Posted extends RawExport {
  readonly kind: "posted";
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
}

const PATIENCE_MS = 900_000;
const PAUSES_MS = [500, 1000, 2000, 4000];

/** Sends the POST as an export does, once. */
export async function post({ raw, order, plan, credentials }: LiveOrder): Promise<Posted | Refusal> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const path = paths.exports(order.inputs.dataset);
  const secrets = [accessKeyId, secretAccessKey, sessionToken];
  const answer = await raw.post(path, "start the export", requestBody(order, plan, credentials), secrets);
  if (answer.kind === "refused") return answer;
  const found = rawExport(answer.value);
  if (!found)
    return { kind: "refused", how: "2xx without an export", error: new PreflightError("the answer has no exportId") };
  return { kind: "posted", ...found, path: plan.definition.keyPrefix, domoTime: answer.domoTime };
}

/** The exports that Domo lists. Presigned URLs stay out of what is looked at. */
export async function listExports({ raw, order }: Pick<LiveOrder, "raw" | "order">): Promise<RawExport[]> {
  const answer = await raw.get(paths.exports(order.inputs.dataset), "list the exports");
  if (answer.kind === "refused") throw answer.error;
  return z
    .array(z.unknown())
    .parse(answer.value)
    .flatMap((value) => rawExport(value) ?? []);
}

/** Waits for the end of an export. */
export async function ended(
  live: LiveOrder,
  exportId: string,
): Promise<{ last: RawExport; words: string[]; lateUrls: boolean }> {
  const { clock } = live.order.services;
  const deadline = clock.now() + PATIENCE_MS;
  const words = new Set<string>();
  let endedWithout = false;
  for (let poll = 0; ; poll++) {
    const last = (await listExports(live)).find(({ entry }) => entry.exportId === exportId);
    if (last) words.add(String(last.fields.exportStatus));
    const isEnded = last !== undefined && hasEnded(last.entry);
    const hasUrls = last !== undefined && Object.keys(last.entry.urlRowCountMap).length > 0;
    if (isEnded && (hasUrls || last.entry.status !== "success" || poll > 20))
      return { last, words: [...words], lateUrls: endedWithout };
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
