import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Report } from "../../cli/review/report";
import { canonicalArgs } from "../../provider/args/normalize";
import { programText, spelled, spelling, treeArguments, type Veil, veils } from "../support/random-arguments";
import { command, copyProgram } from "../support/review";
import { widened } from "../support/widened";

const PAIRS = 30;
const RULES = "new-columns,new-destination,wider-filter";

/** What stands around an export: settings of the stack, and who else gets at the bucket. */
const surroundings = fc.record({
  instance: fc.constantFrom("acme", "other"),
  secret: fc.constantFrom("v1:one", "v1:two"),
  policy: fc.constantFrom(undefined, "acme", "everybody"),
  blocked: fc.boolean(),
});
type Surroundings = typeof surroundings extends fc.Arbitrary<infer Value> ? Value : never;

const version = fc.record({ args: treeArguments, how: spelling, around: surroundings, veilOf: veils(4) });
const version2 = fc.record({ args: treeArguments, how: spelling, around: surroundings });

interface Version {
  readonly args: Record<string, unknown>;
  readonly how: string;
  readonly around: Surroundings;
}

const valid = async ({ args, how }: Version) =>
  (await canonicalArgs(spelled(structuredClone(args), how))).failures.length === 0;

/** What the second version lets out, or in, that the first did not. */
function widerIn(before: Version, after: Version): string[] {
  const [old, now] = [before.around, after.around];
  return [
    ...widened(before.args, after.args),
    ...(old.instance === now.instance ? [] : ["instance"]),
    ...(old.secret === now.secret ? [] : ["secret setting"]),
    ...(now.policy === undefined || now.policy === old.policy ? [] : ["bucket policy"]),
    ...(old.blocked && !now.blocked ? ["public access block"] : []),
  ];
}

const programOf = ({ args, how, around }: Version, veilOf: (path: string) => Veil | undefined) => `
const pulumi = require("@pulumi/pulumi");
const { DomoS3Export } = require("pulumi-domo-s3-export${how === "json" ? "/plugin" : ""}");
const later = new pulumi.CustomResource("test:index:Thing", "thing", {}).id;
const bucket = { bucket: "acme-exports" };
${around.policy ? `new pulumi.CustomResource("aws:s3/bucketPolicy:BucketPolicy", "readers", { ...bucket, policy: "${around.policy}" });` : ""}
const closed = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
${around.blocked ? `new pulumi.CustomResource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "closed", { ...bucket, ...closed });` : ""}
new DomoS3Export("orders", ${programText(spelled(args, how), veilOf)});
`;
const settingsOf = ({ around: { instance, secret } }: Version) =>
  `config:\n  domo:instance: ${instance}\n  faults:key:\n    secure: ${secret}\n`;

test("whatever widens between two programs is caught by --fail-on, or was marked as not known", async () => {
  const pairs: { before: Version; after: Version; veilOf: (path: string) => Veil | undefined }[] = [];
  for (const { one, two, keep } of fc.sample(fc.record({ one: version, two: version2, keep: fc.nat(3) }), 500)) {
    // A pair that differs in everything is caught by anything.
    const kept = ["args", "args", "around", "none"][keep];
    const after = {
      ...two,
      ...(kept === "args" && { args: one.args, how: one.how }),
      ...(kept === "around" && { around: one.around }),
    };
    if (pairs.length < PAIRS && (await valid(one)) && (await valid(after)) && widerIn(one, after).length > 0)
      pairs.push({ before: one, after, veilOf: one.veilOf });
  }
  expect(pairs).toHaveLength(PAIRS);
  const folder = copyProgram("faults");
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const git = (...args: string[]) =>
    void execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    });
  const writeAll = (which: "before" | "after") =>
    pairs.forEach((pair, index) => {
      write(`s${index}.js`, programOf(pair[which], pair.veilOf));
      write(`Pulumi.s${index}.yaml`, settingsOf(pair[which]));
    });
  write("index.js", `require("./" + require("@pulumi/pulumi").getStack() + ".js");\n`);
  write(".gitignore", "node_modules\n");
  writeAll("before");
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "Exports");
  writeAll("after");

  const args = ["review", "--all-stacks", "--base", "HEAD", "--fail-on", RULES, "--format", "json"];
  const { code, stdout, stderr } = await command(folder, args);
  expect(code, stderr).toBe(2);
  const report = JSON.parse(stdout) as Report;
  let caught = 0;
  for (const [index, { before, after }] of pairs.entries()) {
    const stack = report.stacks.find((one) => one.stack === `s${index}`)!;
    const isCaught = stderr.split("\n").some((line) => /^[a-z-]+: (\w+): /.exec(line)?.[1] === stack.stack);
    if (isCaught) caught++;
    const marked = stack.exports.some(
      ({ marks, access }) => marks.includes("not-all-known") || "unknown" in (access.externalId ?? {}),
    );
    expect(isCaught || marked, `${widerIn(before, after).join()}\n${programOf(before, () => undefined)}`).toBe(true);
  }
  process.stdout.write(`${PAIRS} wider pairs of programs, ${caught} caught by a rule\n`);
  expect(caught).toBeGreaterThan(0.8 * PAIRS);
}, 600_000);
