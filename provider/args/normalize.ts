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
  const query = await canonicalQuery(inputs, failures);
  return { inputs, query, failures };
}

/** Puts the query's canonical form and its SQL text into `inputs`, and returns it when it is known. */
async function canonicalQuery(
  inputs: Record<string, unknown>,
  failures: CheckFailure[],
): Promise<SelectNode | undefined> {
  if (inputs.query === undefined) return undefined;
  if (isUnknownQuery(inputs.query)) {
    inputs.query = UNKNOWN;
    inputs.sql = UNKNOWN;
    return undefined;
  }
  const normalized = await normalizeQuery(inputs.query);
  if (!normalized.ok) {
    failures.push(...normalized.failures.map(({ path, reason }) => ({ property: path, reason })));
    return undefined;
  }
  setQuery(inputs, normalized.query);
  return normalized.query;
}

/** Puts a canonical query and its SQL text into the inputs. */
export function setQuery(inputs: Record<string, unknown>, query: SelectNode): void {
  inputs.query = query;
  inputs.sql = hasUnknown(query) ? UNKNOWN : render(query);
}
