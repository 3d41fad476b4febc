import { isDeepStrictEqual } from "node:util";
import type { ReportedExport, ReportValue } from "../../cli/review/report";
import { type ArgumentName, argumentNames } from "../../provider/args/arguments";
import { parseInputs } from "../../provider/args/schema";
import { UNKNOWN } from "../../provider/host/unknown";
import { checkArgs } from "../../provider/check";
import type { SelectNode } from "../../provider/query/ast";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";

/** What the provider makes of arguments once all of them are known; undefined when it refuses them. */
export async function asked(args: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
  const { inputs, failures } = await checkArgs({ preview: true }, {}, structuredClone(args));
  return failures.length > 0 ? undefined : inputs;
}

const HOLE = /⟨DISTINCT[^⟩]*⟩ |⟨[^⟩]*⟩/g;
/** A clause of which nothing is known may turn out to be none. */
const CLAUSE = /\n(?:WHERE|GROUP BY\n |ORDER BY\n |LIMIT|OFFSET) ⟨[^⟩]*⟩(?: ⟨ASC[^⟩]*⟩)?/g;

/** Whether a text with holes may turn out to be another. */
function mayBecome(text: string, whole: string): boolean {
  const parts = text
    .replace(CLAUSE, "⟨⟩")
    .split(HOLE)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`).test(whole);
}

/** What the report shows otherwise than it is asked for, without a word that it is not known. */
export async function slips(shown: ReportedExport, inputs: Record<string, unknown>): Promise<string[]> {
  const found: string[] = [];
  const note = (holds: boolean, what: string) => void (holds || found.push(what));
  const knownAll = !shown.marks.includes("not-all-known");
  const value = (name: string, item: ReportValue | undefined, counts: boolean) => {
    if (item && "unknown" in item)
      return note(!counts || !knownAll || shown.marks.includes("made-here"), `${name}: not marked`);
    note((item && "value" in item ? item.value : undefined) === inputs[name], name);
  };
  note(shown.faults.length === 0, "a fault that is none");
  value("dataset", shown.dataset, true);
  for (const name of ["bucket", "path", "region", "kmsKeyId", "expectedBucketOwner"] as const)
    value(name, shown.destination[name], true);
  value("roleArn", shown.access.roleArn, true);
  for (const name of ["externalId", "sourceIdentity"] as const) value(name, shown.access[name], false);
  const passesOwn = inputs.roleArn === undefined && inputs.allowLongLivedCredentials === true;
  note(!passesOwn || shown.access.ownKeys !== "no", "own keys");
  note(passesOwn || shown.access.ownKeys !== "yes", "own keys that are not passed");

  const query = inputs.query as SelectNode;
  if (shown.sql === undefined) note(!knownAll, "no query and no mark");
  else if (shown.sql.search(HOLE) !== -1) {
    note(!knownAll, "holes in the query and no mark");
    note(mayBecome(shown.sql, render(query)), `query: ${shown.sql}`);
  } else {
    // What a reader reads, read once more, asks Domo for the same.
    const read = await normalizeQuery({ kind: "sql", text: shown.sql });
    note(read.ok && isDeepStrictEqual(compile(read.query), compile(query)), `query: ${shown.sql}`);
  }

  const overrides = new Map(shown.overrides.map(({ argument, reason }) => [argument, reason]));
  const reason = overrides.get("acceptBucketAudience");
  note(
    inputs.acceptBucketAudience === undefined ||
      (reason !== undefined && mayBecome(reason, inputs.acceptBucketAudience as string)),
    "acceptBucketAudience",
  );
  note(inputs.preflight !== "warn" || overrides.has("preflight"), "preflight");
  note(inputs.acknowledgeUnrestricted !== true || overrides.has("acknowledgeUnrestricted"), "acknowledgeUnrestricted");

  const options = new Map(shown.options.map(({ name, value: text }) => [name, text]));
  for (const [name, standard] of Object.entries(DEFAULTS)) {
    const wanted =
      typeof inputs[name] === "string" || inputs[name] === undefined ? inputs[name] : JSON.stringify(inputs[name]);
    const text = options.get(name);
    // A query that is pasted with its options has them nowhere else.
    const mayBePasted = shown.sql === undefined && !knownAll && ["includeBom", "useCache"].includes(name);
    const isStandard = mayBePasted || isDeepStrictEqual(inputs[name], standard);
    note(text === undefined ? isStandard : mayBecome(text, String(wanted)), name);
  }
  return found;
}

/** What the report shows in another place than its list of options. */
const ELSEWHERE: readonly ArgumentName[] = [
  ...(["dataset", "query", "bucket", "path", "region", "kmsKeyId", "expectedBucketOwner"] as const),
  ...(["roleArn", "externalId", "sourceIdentity", "allowLongLivedCredentials"] as const),
  ...(["acceptBucketAudience", "preflight", "acknowledgeUnrestricted"] as const),
];
const { inputs: standards } = parseInputs({ dataset: "d", query: {}, bucket: "bbb", path: "p", roleArn: UNKNOWN });
const DEFAULTS = Object.fromEntries(
  argumentNames.filter((name) => !ELSEWHERE.includes(name)).map((name) => [name, standards[name]]),
);
