import { gunzipSync } from "node:zlib";
import { hasEnded } from "../../../provider/domo/answers";
import { normalizeQuery } from "../../../provider/query/read/canonical";
import type { StoredObject } from "../../../provider/aws/clients";
import { ended, listExports, type LiveOrder, post, type Posted, type RawExport } from "./watch";

/** What a further POST came to. */
export type Further = "earlier" | "running" | "new" | "too late" | { readonly refused: string };

/** What was seen of the exports. */
export interface Seen {
  /** Fields of the session token that were tried before, and how each attempt ended. */
  readonly tried: readonly { field: string; outcome: string }[];
  /** The export that was delivered. */
  readonly first?: {
    readonly field: string;
    readonly posted: Posted;
    readonly last: RawExport;
    readonly words: readonly string[];
    readonly lateUrls: boolean;
    readonly objects: readonly StoredObject[];
    /** Text of the first file, or why it is not known. */
    readonly file: { readonly text: string; readonly gzip: boolean } | { readonly why: string };
  };
  readonly second?: Further;
  readonly otherQuery?: Further;
  readonly sameRequest?: Further;
  /** `success`, or how the first export failed with an order. */
  readonly ordered?: string;
}

/** What decides the exports. */
export interface LiveExports extends LiveOrder {
  /** Everything is written below it. */
  readonly prefix: string;
  readonly columns: readonly string[];
}

/** Rows of each export at most. */
export const LIVE_ROWS = 10;

/** Runs the exports, one after the other, and writes down what Domo does. */
export async function runExports(live: LiveExports): Promise<Seen> {
  const { sessionTokenField } = live.order.services.settings;
  const fields = [...new Set([sessionTokenField, "sessionToken", "awsSessionToken"])];
  const tried: { field: string; outcome: string }[] = [];
  let second: Further | undefined;
  for (const [at, field] of fields.entries()) {
    // What an order does is only known when the same without it works.
    const outcomes: string[] = [];
    for (const ordered of [true, false]) {
      const one = await variant(live, {
        name: `first-${at + 1}-${ordered ? "ordered" : "plain"}`,
        field,
        limit: LIVE_ROWS,
        ordered,
      });
      const posted = await post(one);
      if (posted.kind === "refused") {
        outcomes.push(posted.how);
        continue;
      }
      second ??= await postWhileRunning(live, posted, field);
      const { last, words, lateUrls } = await ended(one, posted.entry.exportId);
      if (last.entry.status !== "success") {
        outcomes.push(`ended as "${String(last.fields.exportStatus)}"`);
        continue;
      }
      const files = await filesOf(live, one.plan.definition.keyPrefix);
      const seenWords = [String(posted.fields.exportStatus), ...words];
      const first = { field, posted, last, words: seenWords, lateUrls, ...files };
      return { tried, first, second, ordered: outcomes[0] ?? "success", ...(await further(live, one, field)) };
    }
    tried.push({ field, outcome: outcomes.at(-1) ?? "no answer" });
  }
  return { tried, second };
}

async function postWhileRunning(live: LiveExports, first: Posted, field: string): Promise<Further> {
  const before = new Set((await listExports(live)).map(({ entry }) => entry.exportId));
  const one = await variant(live, { name: "second", field, limit: LIVE_ROWS - 1 });
  const posted = await post(one);
  if (posted.kind === "refused") return { refused: posted.how };
  const { exportId } = posted.entry;
  if (exportId === first.entry.exportId) return hasEnded(posted.entry) ? "too late" : "running";
  if (before.has(exportId)) return "earlier";
  const now = (await listExports(live)).find(({ entry }) => entry.exportId === first.entry.exportId);
  const isLate = now !== undefined && hasEnded(now.entry);
  await ended(one, exportId);
  return isLate ? "too late" : "new";
}

/** Asks for another query in another place, then for the last request that ran once more. */
async function further(
  live: LiveExports,
  first: LiveOrder,
  field: string,
): Promise<Pick<Seen, "otherQuery" | "sameRequest">> {
  const other = await variant(live, { name: "other", field, limit: LIVE_ROWS - 2 });
  const otherQuery = await postAgain(other);
  return { otherQuery, sameRequest: await postAgain(otherQuery === "new" ? other : first) };
}

async function postAgain(one: LiveOrder): Promise<Further> {
  const before = new Set((await listExports(one)).map(({ entry }) => entry.exportId));
  const posted = await post(one);
  if (posted.kind === "refused") return { refused: posted.how };
  if (before.has(posted.entry.exportId)) return "earlier";
  await ended(one, posted.entry.exportId);
  return "new";
}

/** The same order with another query, in another place, under another name of the session token's field. */
async function variant(
  live: LiveExports,
  { name, field, limit, ordered = false }: { name: string; field: string; limit: number; ordered?: boolean },
): Promise<LiveOrder> {
  const { order, plan, columns, prefix } = live;
  const column = (of: string) => ({ exprType: "COLUMN", column: of });
  const json = {
    columns: columns.map(column),
    ...(ordered && { orderByColumns: [{ expression: column(columns[0] ?? ""), order: "ASCENDING" }] }),
    limit: { limit, offset: 0 },
  };
  const normalized = await normalizeQuery(json);
  if (!normalized.ok) throw new Error(normalized.failures.map(({ reason }) => reason).join("; "));
  const settings = { ...order.services.settings, sessionTokenField: field };
  return {
    ...live,
    order: {
      ...order,
      services: { ...order.services, settings },
      inputs: { ...order.inputs, query: normalized.query },
    },
    plan: { ...plan, definition: { ...plan.definition, keyPrefix: `${prefix}/${name}` } },
  };
}

async function filesOf(
  { order, plan }: LiveOrder,
  path: string,
): Promise<Pick<NonNullable<Seen["first"]>, "objects" | "file">> {
  const { aws } = order.services;
  const { objects } = await aws.list(plan.place, `${path}/`);
  const [object] = objects;
  if (!object) return { objects, file: { why: "no file lies below the path" } };
  try {
    const parts: Buffer[] = [];
    for await (const part of await aws.read(plan.place, object.key)) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return { objects, file: { text: (gzip ? gunzipSync(bytes) : bytes).toString("utf8"), gzip } };
  } catch {
    return { objects, file: { why: "the caller may not read the file" } };
  }
}
