import { deliveredCells } from "./delivered-cells";
import type { TreeQuery } from "./random-arguments";

type Args = Record<string, unknown>;

const PLACES = ["bucket", "path", "region", "kmsKeyId", "roleArn", "externalId", "expectedBucketOwner"];

/** What the second version lets out that the first did not. */
export function widened(before: Args, after: Args): string[] {
  const found: string[] = [];
  if (before.dataset !== after.dataset) found.push("dataset");
  const old = deliveredCells(before.query as TreeQuery);
  if ([...deliveredCells(after.query as TreeQuery)].some((cell) => !old.has(cell))) found.push("cells");
  const trimmed = (value: unknown) => (typeof value === "string" ? value.replace(/^\/+|\/+$/g, "") : value);
  for (const name of PLACES) if (trimmed(before[name]) !== trimmed(after[name])) found.push(name);
  const own = (args: Args) => args.roleArn === undefined && args.allowLongLivedCredentials === true;
  if (own(after) && !own(before)) found.push("own keys");
  const { acceptBucketAudience: accepted, preflight, acknowledgeUnrestricted: acknowledged } = after;
  if (accepted !== undefined && accepted !== before.acceptBucketAudience) found.push("acceptBucketAudience");
  if (preflight === "warn" && before.preflight !== "warn") found.push("preflight");
  if (acknowledged === true && before.acknowledgeUnrestricted !== true) found.push("acknowledgeUnrestricted");
  return found;
}
