import { isDeepStrictEqual } from "node:util";
import { checkArgs } from "../provider/check";
import type { CheckFailure } from "../provider/errors";
import { createReporter } from "../provider/host/reporter";
import { withoutSecretFault } from "../provider/host/secret-faults";
import type { Host } from "../provider/host/settings";
import type { Properties } from "./wire/properties";

/** Checked inputs, which of them are secret, and what is wrong. */
export interface Checked {
  inputs: Record<string, unknown>;
  secret: ReadonlySet<string>;
  failures: CheckFailure[];
}

/** Parts of the id and of each object's address. */
const PUBLIC = ["dataset", "bucket", "path", "manifest"];

/** The engine hands a dynamic resource to this plugin where the program gives it a provider of the plugin. */
const OTHER_CLASS: CheckFailure = {
  property: "",
  reason:
    "an export of the dynamic class takes no provider; leave the option provider out, or import DomoS3Export from " +
    '"pulumi-domo-s3-export/plugin"',
};

/**
 * Checks the arguments. This shell has SQL text as an argument of its own, `sql`; what is kept is the query with its canonical
 * SQL in either case. Check is not told whether it runs for a preview, so it is lenient as in one, and what it lets pass is
 * found by `create` and `update`.
 */
export async function checkExport(host: Host, olds: Properties, news: Properties): Promise<Checked> {
  const { sql, onTimeout, ...args } = news.values;
  const secret = secretInputs(news);
  if ("__provider" in args) return { inputs: news.values, secret, failures: [OTHER_CLASS] };
  // The inputs of `pulumi import`: no change of them is accepted without a query.
  if (args.query === undefined && sql === undefined && isDeepStrictEqual(olds.values, news.values)) {
    createReporter(host).warn(
      "this export was imported, and Domo does not say which query it ran: give query or sql, so that the program says it",
    );
    return { inputs: news.values, secret, failures: [] };
  }
  const failures = shellFaults(news);
  const query = sql === undefined ? args.query : { kind: "sql", text: sql };
  const checked = await checkArgs({ ...host, preview: true }, olds.values, { ...args, query });
  failures.push(...checked.failures.map((failure) => said(failure, news)));
  const secretQuery = secret.has("query") && { secretQuery: true };
  const inputs = { ...checked.inputs, ...secretQuery, ...(onTimeout !== undefined && { onTimeout }) };
  return { inputs, secret, failures };
}

/** Inputs that are kept as secrets: what is secret or holds a secret, and what is derived from it. */
function secretInputs({ withSecrets }: Properties): Set<string> {
  const derived = withSecrets.has("query") || withSecrets.has("sql") ? ["query", "sql"] : [];
  return new Set([...withSecrets, ...derived]);
}

function shellFaults({ values, withSecrets }: Properties): CheckFailure[] {
  const failures: CheckFailure[] = PUBLIC.filter((name) => withSecrets.has(name)).map((property) => ({
    property,
    reason:
      "can't be a secret, as the resource's id and the object's address hold it; " +
      "give it in plain (in TypeScript: pulumi.unsecret)",
  }));
  if (values.sql !== undefined && values.query !== undefined)
    failures.push({ property: "sql", reason: "is given next to query; give one of them" });
  const { onTimeout } = values;
  if (onTimeout !== undefined && onTimeout !== "fail" && onTimeout !== "await")
    failures.push({ property: "onTimeout", reason: 'is neither "fail" nor "await"' });
  return failures;
}

/** A place in the query, where the program has given it as `sql`. */
export function placeInSql(place: string): string {
  return place.replace(/^query(\.text)?/, "sql");
}

/** A failure as the program knows its arguments, without the secrets among them. */
function said({ property, reason }: CheckFailure, { values, secret, secretTexts }: Properties): CheckFailure {
  const place = values.sql === undefined ? property : placeInSql(property);
  return withoutSecretFault({ property: place, reason }, { names: secret, texts: secretTexts });
}
