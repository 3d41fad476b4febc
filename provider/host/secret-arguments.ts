import * as pulumi from "@pulumi/pulumi";
import { REVIEW_RUN } from "./review-run";

/** Arguments that stand in keys, in URLs and in the resource's id, where the engine keeps nothing secret. */
const OPEN = ["dataset", "bucket", "path", "manifest"] as const;

/** Arguments of a resource by name. */
type Arguments = Readonly<Record<string, unknown>>;

/**
 * The arguments as the engine keeps their secrets: by property. A secret anywhere in `query` makes `query` one, and `sql`,
 * which `check` derives from it, with it. What can't be kept secret is refused. The engine gives a dynamic provider the
 * plain values, so the names of those that are secret go along.
 */
export function keepingSecrets(args: Arguments): Arguments {
  const open = { ...args, ...Object.fromEntries(OPEN.map((name) => [name, openly(name, args[name])])), sql: undefined };
  if (process.env[REVIEW_RUN] && pulumi.runtime.isDryRun()) return open;
  const unsettled = Object.keys(args).filter((name) => !isPlain(args[name]));
  if (unsettled.length === 0) return open;
  const names = secretNames(args, unsettled);
  const isSecret = names.then((all) => all.includes("query"));
  return {
    ...open,
    ...(unsettled.includes("query") && {
      query: isSecret.then((secret) => (secret ? pulumi.secret(args.query) : args.query)),
      sql: isSecret.then((secret) => (secret ? pulumi.secret("") : undefined)),
    }),
    __secretArguments: names.then((all) => (all.length > 0 ? all : undefined)),
  };
}

async function secretNames(args: Arguments, unsettled: readonly string[]): Promise<string[]> {
  const secret = await Promise.all(unsettled.map((name) => pulumi.isSecret(pulumi.output(args[name]))));
  return unsettled.filter((_, index) => secret[index]);
}

/**
 * Whether all of a value is known as it stands, so that nothing in it is secret. To ask Pulumi would cost an output for each
 * node of each query.
 */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  const isOpen = pulumi.Output.isInstance(value) || pulumi.Resource.isInstance(value) || value instanceof Promise;
  return !isOpen && Object.values(value).every(isPlain);
}

function openly(name: string, value: unknown): unknown {
  if (isPlain(value)) return value;
  return pulumi.isSecret(pulumi.output(value)).then((secret) => {
    if (!secret) return value;
    throw new pulumi.RunError(
      `${name} is a secret, but it stands in the keys of the objects and in the resource's id, which Pulumi shows — ` +
        `pass it with pulumi.unsecret(…), or keep the secret out of it`,
    );
  });
}
