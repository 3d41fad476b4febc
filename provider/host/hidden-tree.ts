import { hasUnknown } from "./unknown";

/**
 * The query as the engine keeps it. Its display leaves out keys that begin with two underscores, at any depth: a preview
 * with `--diff` shows the query's SQL (`sql`), where the tree would take some forty lines for each export. A provider is
 * given such a key all the same, a policy pack is not: what is not known in full, and has no SQL yet, stays in sight.
 */
interface HiddenTree {
  readonly __tree: unknown;
}

/** The properties as the engine is given them: the tree of the query is hidden. */
export function hideTree<Properties extends object>(properties: Properties): Properties {
  const { query } = properties as { query?: unknown };
  return isTree(query) && !hasUnknown(query)
    ? { ...properties, query: { __tree: query } satisfies HiddenTree }
    : properties;
}

/** The properties with the query's tree as it is, however they came. */
export function plainTree<Properties extends object>(properties: Properties): Properties {
  const { query } = properties as { query?: unknown };
  return isHidden(query) ? { ...properties, query: query.__tree } : properties;
}

/** The query's tree, whether it is hidden or not. */
export function treeOf<Query>(query: Query): Query {
  return isHidden(query) ? (query.__tree as Query) : query;
}

function isTree(query: unknown): boolean {
  return typeof query === "object" && query !== null && (query as { kind?: unknown }).kind === "select";
}

function isHidden(query: unknown): query is HiddenTree {
  return typeof query === "object" && query !== null && "__tree" in query;
}
