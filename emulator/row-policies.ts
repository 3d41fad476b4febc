import type { Pdp, PdpFilter, PdpPolicy, UserDefinition } from "./options";
import type { Parameters } from "./query-values";
import { identifier } from "./sql-text";

/** Rows that a user may see: all of them, or those that one of the policies lets through. */
export type RowFilter = "all" | readonly PdpPolicy[];

/** The policies that apply to a user. */
export function rowFilter(pdp: Pdp | undefined, user: UserDefinition): RowFilter {
  if (!pdp?.enabled) return "all";
  const names = (policy: PdpPolicy) =>
    policy.userIds?.includes(user.id) || policy.groupIds?.some((group) => user.groupIds?.includes(group));
  const mine = pdp.policies.filter(names);
  return mine.some(({ type }) => type === "open") ? "all" : mine;
}

/** The WHERE clause of a row filter, with a leading blank; nothing when all rows may be seen. */
export function rowFilterSql(filter: RowFilter, into: Parameters): string {
  if (filter === "all") return "";
  const policies = filter.map(
    ({ parameters = [] }) => `(${parameters.map((one) => filterSql(one, into)).join(" AND ") || "true"})`,
  );
  return ` WHERE ${policies.join(" OR ") || "false"}`;
}

function filterSql({ name, values, not }: PdpFilter, into: Parameters): string {
  const set = values.map((value) => into.add(value)).join(", ");
  return `CAST(${identifier(name)} AS VARCHAR) ${not ? "NOT IN" : "IN"} (${set})`;
}
