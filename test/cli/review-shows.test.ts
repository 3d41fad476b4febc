import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { ReviewedExport } from "../../cli/review/describe-export";
import type { ReportValue } from "../../cli/review/report";
import { checkArgs } from "../../provider/check";
import { compile } from "../../provider/query/compile";
import type { SelectNode } from "../../provider/query/ast";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { render } from "../../provider/query/render";
import { describedExactly } from "../support/declared";
import { exportArguments, veiled, veils } from "../support/random-arguments";

beforeAll(() => {
  process.env.DOMO_INSTANCE = "acme";
  delete process.env.DOMO_DEVELOPER_TOKEN;
});

/** What the provider makes of arguments once all of them are known. */
async function asked(args: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
  const { inputs, failures } = await checkArgs({ preview: true }, {}, structuredClone(args));
  return failures.length > 0 ? undefined : inputs;
}

const HOLE = /⟨DISTINCT[^⟩]*⟩ |⟨[^⟩]*⟩/g;
/** A clause of which nothing is known may turn out to be none. */
const CLAUSE = /\n(?:WHERE|GROUP BY\n |ORDER BY\n |LIMIT|OFFSET) ⟨[^⟩]*⟩/g;

/** Whether a text with holes may turn out to be another. */
function mayBecome(text: string, whole: string): boolean {
  const parts = text
    .replace(CLAUSE, "⟨⟩")
    .split(HOLE)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`).test(whole);
}

/** What the report shows otherwise than it is asked for, without a word that it is not known. */
export async function slips(shown: ReviewedExport, inputs: Record<string, unknown>): Promise<string[]> {
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
    note(text === undefined ? isDeepStrictEqual(inputs[name], standard) : mayBecome(text, String(wanted)), name);
  }
  return found;
}

const DEFAULTS = {
  includeBom: false,
  useCache: false,
  verify: "objects",
  onNewData: "report",
  deleteObjects: false,
  timeoutSeconds: 3600,
  triggers: undefined,
};

test("whatever the program: what is shown is what is asked of Domo, or is marked as not known", async () => {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(exportArguments, veils(8), async (args, veilOf) => {
      const inputs = await asked(args);
      if (!inputs) return;
      checked++;
      expect(await slips(await describedExactly(veiled(args, veilOf)), inputs)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  expect(checked).toBeGreaterThan(300);
  process.stdout.write(`${checked} programs\n`);
}, 300_000);

test("an argument that turns out to be absent was marked as not known", async () => {
  const optional = [
    "roleArn",
    "region",
    "kmsKeyId",
    "expectedBucketOwner",
    "acceptBucketAudience",
    "verify",
    "triggers",
  ];
  await fc.assert(
    fc.asyncProperty(exportArguments, fc.subarray(optional, { minLength: 1 }), async (args, absent) => {
      const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !absent.includes(name)));
      const inputs = await asked(rest);
      if (!inputs) return;
      const wire = veiled(
        { ...args, ...Object.fromEntries(absent.map((name) => [name, args[name] ?? "later"])) },
        (path) => (absent.includes(path.slice(1)) ? "unknown" : undefined),
      );
      const shown = await describedExactly(wire);
      const known = Object.fromEntries(
        Object.entries({ ...shown.destination, roleArn: shown.access.roleArn }).filter(
          ([, item]) => item && "value" in item,
        ),
      );
      for (const name of absent) expect(known).not.toHaveProperty(name);
      if (inputs.roleArn === undefined) expect(shown.access.ownKeys).not.toBe("no");
    }),
    { numRuns: 300 },
  );
}, 300_000);
