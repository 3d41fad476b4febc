import type { SelectNode } from "../query/ast";
import { isUnknownQuery, requestOptions } from "../query/read/from-domo";
import { normalizeQuery } from "../query/read/canonical";
import { render } from "../query/render";
import type { CheckFailure } from "../errors";
import { parseInputs } from "./schema";
import { hasUnknown, UNKNOWN } from "../host/unknown";

/** Arguments in their normal form, as far as this can be told without Domo. */
export interface CanonicalArgs {
  /** The inputs with defaults, canonical query and SQL text; with faults, some of the arguments as they came. */
  inputs: Record<string, unknown>;
  /** The canonical query; absent when it has a fault or none of it is known yet. */
  query?: SelectNode;
  failures: CheckFailure[];
}

/**
 * Brings arguments into their normal form without asking anybody. Columns and types are not checked against the dataset.
 *
 * @param args the program's arguments without what the dynamic shell adds (`__provider`, `dryRun`).
 */
export async function canonicalArgs(args: Record<string, unknown>): Promise<CanonicalArgs> {
  const { inputs, failures } = parseInputs({ ...requestOptions(args.query), ...args });
  const found = await canonicalQuery(inputs.query);
  return { inputs: { ...inputs, ...found.inputs }, query: found.query, failures: [...failures, ...found.failures] };
}

async function canonicalQuery(query: unknown): Promise<CanonicalArgs> {
  if (query === undefined) return { inputs: {}, failures: [] };
  if (isUnknownQuery(query)) return { inputs: { query: UNKNOWN, sql: UNKNOWN }, failures: [] };
  const normalized = await normalizeQuery(query);
  if (normalized.ok) return { inputs: queryInputs(normalized.query), query: normalized.query, failures: [] };
  return { inputs: {}, failures: normalized.failures.map(({ path, reason }) => ({ property: path, reason })) };
}

/** The inputs that a canonical query makes: itself, and its SQL text. */
export function queryInputs(query: SelectNode): { query: SelectNode; sql: string } {
  return { query, sql: hasUnknown(query) ? UNKNOWN : render(query) };
}
