import { contentDigest } from "../args/digest";
import type { DomoPolicies } from "../domo/answers";
import type { Services } from "../services";
import { arePoliciesHidden, datasetAudience, restrictRows, type DatasetAudience } from "./row-policies";

/**
 * Digest of the row policies that decide which rows a user sees: those that name the user, those that may apply by a group,
 * or that the user sees everything anyway. Policies of others do not count.
 */
export function policiesDigest(policies: DomoPolicies, userId: string, { enabled, rows }: DatasetAudience): string {
  const rules = policies
    .map(({ filterGroupId, type, userIds, groupIds, parameters }) => ({
      id: String(filterGroupId ?? ""),
      type,
      namesUser: userIds?.includes(userId) ?? false,
      groups: [...(groupIds ?? [])].sort(),
      parameters,
    }))
    .filter(({ namesUser, groups }) => rows !== "all" && (namesUser || groups.length > 0))
    .map((rule) => JSON.stringify(rule));
  return contentDigest([enabled, rows, rules.sort()]);
}

/** Digest of the policies that apply to the token's user now; `undefined` when Domo does not show them. */
export async function policiesNow({ read }: Services, dataset: string): Promise<string | undefined> {
  try {
    const [policies, { owner, permissions }] = await Promise.all([read.policies(dataset), read.dataset(dataset)]);
    // Who asks decides nothing where nobody's rows are restricted.
    const userId = restrictRows(policies) ? (await read.user()).id : "";
    return policiesDigest(policies, userId, datasetAudience({ policies, userId, ownerId: owner?.id, permissions }));
  } catch (error) {
    if (arePoliciesHidden(error)) return undefined;
    throw error;
  }
}
