import type { DomoPolicies } from "../domo/answers";
import { DomoStatusError } from "../errors";

/** What Domo says about the dataset and the token's user. */
export interface DatasetAccess {
  /** Answer of the filter groups call, the open policy included. */
  readonly policies: DomoPolicies;
  readonly userId: string;
  /** The dataset's owner, where known. */
  readonly ownerId?: string;
  /** The user's rights on the dataset, such as `READ_SHARE` or `READ_WRITE_DELETE_SHARE_ADMIN`. */
  readonly permissions?: string;
}

/** Which row policies apply to the token's user. Domo shows no group memberships, so some can only be possible. */
export interface DatasetAudience {
  /** Whether the dataset restricts rows for anybody. */
  readonly enabled: boolean;
  /** Names of the policies that name the user. */
  readonly policies: readonly string[];
  /** Names of the policies that name groups only, of which the user may be a member. */
  readonly possible: readonly string[];
  /**
   * `all`: the export holds rows that other readers of the dataset don't see. `restricted`: policies cut it down. `unknown`:
   * it depends on the user's groups, or on an admin role that Domo's answers don't show.
   */
  readonly rows: "all" | "restricted" | "unknown";
}

/**
 * Judges the row policies (PDP) of a dataset for one user. The owner, admins and members of the open policy ("All Rows")
 * see every row: https://www.domo.com/docs/s/article/360042934614
 */
export function datasetAudience({ policies, userId, ownerId, permissions }: DatasetAccess): DatasetAudience {
  const enabled = restrictRows(policies);
  const naming = policies.filter(({ userIds }) => userIds?.includes(userId));
  const possible = policies.filter((policy) => !naming.includes(policy) && (policy.groupIds?.length ?? 0) > 0);
  const names = { policies: naming.map(({ name }) => name), possible: possible.map(({ name }) => name) };
  const privileged = userId === ownerId || /(^|_)(ADMIN|OWNER)(_|$)/.test(permissions ?? "");
  if (!enabled || privileged || naming.some(isUnfiltered)) return { enabled, ...names, rows: "all" };
  const certain = naming.length > 0 && !possible.some(isUnfiltered);
  return { enabled, ...names, rows: certain ? "restricted" : "unknown" };
}

/** Whether a dataset's row policies restrict anybody's rows. */
export function restrictRows(policies: DomoPolicies): boolean {
  return policies.some((policy) => !isOpen(policy));
}

/** Whether an error says that Domo does not show the row policies to the token's user. */
export function arePoliciesHidden(error: unknown): error is DomoStatusError {
  return error instanceof DomoStatusError && (error.status === 403 || error.status === 404);
}

/** That row policies do not restrict the token's user, and what to do. */
export function unrestrictedText(name: string, { rows }: DatasetAudience): { fact: string; advice: string } {
  const sees = rows === "all" ? "sees" : "may see";
  return {
    fact: `"${name}" has row policies, and the token's user ${sees} all of its rows: everyone who can read the files will see them too`,
    advice: "use a token of a restricted user, or set acknowledgeUnrestricted: true",
  };
}

function isOpen({ type }: DomoPolicies[number]): boolean {
  return type?.toLowerCase() === "open";
}

function isUnfiltered(policy: DomoPolicies[number]): boolean {
  return isOpen(policy) || policy.parameters?.length === 0;
}
