import { hasEnded } from "../../../provider/domo/answers";
import { normalizeQuery } from "../../../provider/query/read/canonical";
import { type Delivered, filesOf } from "./delivered-files";
import { ended, listExports, type LiveOrder, post, type Posted, type RawExport } from "./watch";

/** What a further POST came to. */
export type Further = "earlier" | "running" | "new" | "too late" | { readonly refused: string };

/** An export that was delivered. */
export interface First extends Delivered {
  /** Field of the session token that it was started with. */
  readonly field: string;
  readonly posted: Posted;
  readonly last: RawExport;
  readonly words: readonly string[];
  readonly lateUrls: boolean;
}

/** What was seen of the exports. */
export interface Seen {
  /** Fields of the session token that were tried before, and how each attempt ended. */
  readonly tried: readonly { field: string; outcome: string }[];
  /** Domo returned an export from before, so that nothing was exported. */
  readonly earlier?: true;
  /** The export that was delivered. */
  readonly first?: First;
  readonly second?: Further;
  readonly otherPath?: Further;
  readonly otherQuery?: Further;
  readonly sameRequest?: Further;
  /** `success`, or how the first export failed with an order. */
  readonly ordered?: string;
  /** Files of an export in ascending order; the first one's is descending. */
  readonly ascending?: Delivered;
  /** How Domo refused every POST with a `source`, where it took one without. */
  readonly sourceRefused?: string;
}

/** What decides the exports. */
export interface LiveExports extends LiveOrder {
  /** Everything is written below it. */
  readonly prefix: string;
  readonly columns: readonly string[];
}

/** Rows of each export at most. */
export const LIVE_ROWS = 10;

type Attempt =
  | { readonly kind: "failed"; readonly how: string }
  | { readonly kind: "earlier" }
  | { readonly kind: "gone" }
  | { readonly kind: "delivered"; readonly one: LiveOrder; readonly first: First };

/** Runs the exports, one after the other, and writes down what Domo does. */
export async function runExports(live: LiveExports): Promise<Seen> {
  const { sessionTokenField } = live.order.services.settings;
  const fields = [...new Set([sessionTokenField, "sessionToken", "awsSessionToken"])];
  const tried: { field: string; outcome: string }[] = [];
  let second: Further | undefined;
  let attempts = 0;
  const attempt = async (from: LiveExports, { field, order }: Pick<Variant, "field" | "order">): Promise<Attempt> => {
    const name = `first-${++attempts}`;
    const one = await variant(from, { name, field, limit: LIVE_ROWS, order });
    const posted = await post(one);
    if (posted.kind === "refused") return { kind: "failed", how: posted.how };
    if (posted.isEarlier) return { kind: "earlier" };
    second ??= await postWhileRunning(from, posted, field);
    const { last, words, lateUrls } = await ended(one, posted.entry.exportId);
    if (!last) return { kind: "gone" };
    if (last.entry.status !== "success")
      return { kind: "failed", how: `ended as "${String(last.fields.exportStatus)}"` };
    const files = await filesOf(live, one.plan.definition.keyPrefix);
    const seenWords = [String(posted.fields.exportStatus), ...words];
    return { kind: "delivered", one, first: { field, posted, last, words: seenWords, lateUrls, ...files } };
  };
  // What an order does is only known when the same without it works.
  for (const field of fields) {
    const outcomes: string[] = [];
    for (const order of ["DESCENDING", undefined] as const) {
      let come = await attempt(live, { field, order });
      // The second export may have pushed it off a short list. Now it runs alone.
      if (come.kind === "gone") come = await attempt(live, { field, order });
      if (come.kind === "earlier") return { tried, second, earlier: true };
      if (come.kind === "delivered")
        return { tried, second, first: come.first, ordered: outcomes[0] ?? "success", ...(await further(live, come)) };
      outcomes.push(come.kind === "failed" ? come.how : "left Domo's list before its end");
    }
    tried.push({ field, outcome: outcomes.at(-1) ?? "no answer" });
  }
  const [refused] = tried;
  if (!refused || tried.some(({ outcome }) => outcome !== "HTTP 400")) return { tried, second };
  const bare = { ...live, withoutSource: true };
  const come = await attempt(bare, { field: sessionTokenField, order: "DESCENDING" });
  if (come.kind !== "delivered") return { tried, second };
  const { first } = come;
  const seen = { tried: [], second, first, ordered: "success", sourceRefused: refused.outcome };
  return { ...seen, ...(await further(bare, come)) };
}

async function postWhileRunning(live: LiveExports, first: Posted, field: string): Promise<Further> {
  const one = await variant(live, { name: "second", field, limit: LIVE_ROWS - 1 });
  const posted = await post(one);
  if (posted.kind === "refused") return { refused: posted.how };
  const { exportId } = posted.entry;
  if (exportId === first.entry.exportId) return hasEnded(posted.entry) ? "too late" : "running";
  if (posted.isEarlier) return "earlier";
  const now = (await listExports(live)).entries.find(({ entry }) => entry.exportId === first.entry.exportId);
  const isLate = now !== undefined && hasEnded(now.entry);
  await ended(one, exportId);
  return isLate ? "too late" : "new";
}

/** Asks for the same in another place, for another query in another place, then for the last request that ran once more. */
async function further(
  live: LiveExports,
  { one: first, first: { field } }: Extract<Attempt, { kind: "delivered" }>,
): Promise<Pick<Seen, "otherPath" | "otherQuery" | "sameRequest" | "ascending">> {
  const keyPrefix = `${live.prefix}/path`;
  const elsewhere = { ...first, plan: { ...first.plan, definition: { ...first.plan.definition, keyPrefix } } };
  const otherPath = await postAgain(elsewhere);
  const other = await variant(live, { name: "other", field, limit: LIVE_ROWS - 2, order: "ASCENDING" });
  const otherQuery = await postAgain(other);
  const ascending = otherQuery === "new" ? await filesOf(live, other.plan.definition.keyPrefix) : undefined;
  const last = otherQuery === "new" ? other : otherPath === "new" ? elsewhere : first;
  return { otherPath, otherQuery, ascending, sameRequest: await postAgain(last) };
}

async function postAgain(one: LiveOrder): Promise<Further> {
  const posted = await post(one);
  if (posted.kind === "refused") return { refused: posted.how };
  if (posted.isEarlier) return "earlier";
  await ended(one, posted.entry.exportId);
  return "new";
}

interface Variant {
  readonly name: string;
  readonly field: string;
  readonly limit: number;
  /** Order by the first column. */
  readonly order?: "ASCENDING" | "DESCENDING";
}

/** The same order with another query, in another place, under another name of the session token's field. */
async function variant(live: LiveExports, { name, field, limit, order: direction }: Variant): Promise<LiveOrder> {
  const { order, plan, columns, prefix } = live;
  const column = (of: string) => ({ exprType: "COLUMN", column: of });
  const json = {
    columns: columns.map(column),
    ...(direction && { orderByColumns: [{ expression: column(columns[0] ?? ""), order: direction }] }),
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
