import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { argumentNames, type ArgumentName } from "../../provider/args/arguments";
import { eq, select } from "../../provider/query/build/builder";
import { command } from "../support/review";
import { findSecrets } from "../support/secrets";
import { createStack, type Exports, type Shell, shells, startTestCloud, type TestCloud } from "../support/stack";

const MARK = "Mk7f3a9";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1, reuse: "never" } });
}, 900_000);
afterAll(() => cloud.stop());

const secret = (value: unknown) => ({ "secret!": value });
const query = (column: string, value: unknown) =>
  JSON.parse(JSON.stringify(select("Order ID").where(eq(column, value as string)))) as unknown;

/** Parts of the id and of each object's address: they can't be secret. */
const OPEN = ["dataset", "bucket", "path", "manifest"] as const;
type Keepable = Exclude<ArgumentName, (typeof OPEN)[number]>;

/** Each other argument as a secret with nothing to object to; its value has the mark where any text will do. */
const right = (): Record<Exclude<Keepable, "adopt">, unknown> => ({
  query: query("Region", secret(MARK)),
  region: secret("eu-west-3"),
  roleArn: secret(cloud.roleArn),
  externalId: secret(`${MARK}-external`),
  sourceIdentity: secret(`${MARK}-identity`),
  allowLongLivedCredentials: secret(false),
  timeoutSeconds: secret(600),
  includeBom: secret(false),
  useCache: secret(false),
  kmsKeyId: secret(`${MARK}-key`),
  triggers: { day: secret(`${MARK} trigger`) },
  deleteObjects: secret(true),
  verify: secret("rows"),
  expectRows: { min: secret(0), max: secret(7_654_321) },
  countRows: secret("require"),
  onNewData: secret("report"),
  preflight: secret("strict"),
  expectedBucketOwner: secret("123456789012"),
  acceptBucketAudience: secret(`${MARK} is the reason`),
  acknowledgeUnrestricted: secret(false),
});

/** Each of them with a fault that a message would quote. Any text is a trigger, and only Domo knows what can be adopted. */
const wrong = (): Record<Exclude<Keepable, "triggers" | "adopt">, unknown> => ({
  query: query("Sales", secret(MARK)),
  ...(Object.fromEntries(
    argumentNames
      .filter((name) => !["query", "triggers", "adopt", "kmsKeyId", ...OPEN].includes(name))
      .map((name) => [name, secret(name === "externalId" || name === "sourceIdentity" ? `${MARK} ()` : MARK)]),
  ) as Record<Exclude<Keepable, "query" | "triggers" | "adopt" | "kmsKeyId">, unknown>),
  kmsKeyId: secret(0),
});

const sales = (shell: Shell, more: Record<string, unknown>): Exports => ({
  sales: { args: { dataset: salesDataset, bucket: cloud.bucket, path: `exports/${shell}`, ...more } },
});

/** Runs steps of one stack and keeps what they said. */
async function recorded(shell: Shell) {
  const stack = await createStack(cloud, shell);
  const said = new Map<string, string>();
  const say = (name: string, { code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => {
    said.set(`${said.size} ${name}`, stdout + stderr);
    return { code, text: stdout + stderr };
  };
  return {
    stack,
    said,
    pulumi: async (exports: Exports, ...args: string[]) => say(args.join(" "), await stack.run(exports, ...args)),
    own: async (exports: Exports, ...args: string[]) => {
      const env = { ...process.env, ...cloud.env, ...stack.workspace.env, TEST_EXPORTS: JSON.stringify(exports) };
      return say(args.join(" "), await command(stack.workspace.folder, args, env));
    },
  };
}

test.each(shells)("%s: every argument that is a secret stays one, wherever people look", async (shell) => {
  const { stack, said, pulumi, own } = await recorded(shell);
  const exports = sales(shell, right());
  const pass = async (...args: string[]) => {
    const { code, text } = await pulumi(exports, ...args);
    expect(code, text).toBe(0);
  };
  await pass("preview", "--diff");
  await pass("up", "--yes", "--skip-preview");
  await pass("preview", "--diff");
  await pass("refresh", "--yes", "--skip-preview");
  await pass("stack", "output", "--json");
  const before = await stack.state("sales");
  const adopting = sales(shell, { ...right(), adopt: secret(before?.outputs?.exportId) });
  expect(await pulumi(adopting, "up", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  const { inputs = {}, outputs = {} } = (await stack.state("sales")) ?? {};
  for (const name of argumentNames.filter((each) => !(OPEN as readonly string[]).includes(each))) {
    expect(JSON.stringify(inputs[name]), `input ${name}`).toContain('"ciphertext":');
    expect(JSON.stringify(outputs[name]), `output ${name}`).toContain('"ciphertext":');
  }
  for (const format of ["text", "markdown", "json"]) {
    const { code, text } = await own(exports, "review", "--format", format);
    expect(code, text).toBe(0);
    expect(text).toContain("sales");
  }
  for (const format of ["text", "markdown", "json", "junit"]) {
    const { code, text } = await own(exports, "drift", "--format", format);
    expect(code, text).toBe(0);
  }
  const written = await cloud.s3.get(cloud.bucket, `exports/${shell}/_sales.manifest.json`);
  const places = new Map([
    ...said,
    ["stack export", JSON.stringify(await stack.workspace.stackExport())],
    ["manifest", written.toString()],
  ]);
  const kept = new Map([
    ["mark", MARK],
    ["role", cloud.roleArn],
    ["bound", "7654321"],
    ["bound as it is shown", "7,654,321"],
  ]);
  expect(findSecrets(kept, places)).toEqual([]);
  expect(JSON.parse(written.toString())).not.toHaveProperty("sql");
  expect(JSON.stringify(await cloud.emulator.control.exports())).toContain(MARK);
});

test.each(shells)("%s: a secret with a fault is named and not quoted, in check as in a run", async (shell) => {
  const { said, pulumi } = await recorded(shell);
  const faults = wrong();
  const preview = await pulumi(sales(shell, faults), "preview");
  expect(preview.code).not.toBe(0);
  const names = argumentNames.filter((name) => name in faults);
  const named = names.filter((name) =>
    new RegExp(`\\b${name}(\\.\\S+)?: (is a secret with a fault|.*\\[secret\\])`).test(preview.text),
  );
  expect(named).toEqual(names);
  const { kmsKeyId: _, ...plainly } = right();
  for (const more of [
    { roleArn: secret(`arn:aws:iam::123456789012:role/${MARK}`) },
    { adopt: secret(MARK) },
    { path: "exports/bounds", expectRows: { min: secret(7_654_321) } },
  ]) {
    const { code } = await pulumi(sales(shell, { ...plainly, ...more }), "up", "--yes", "--skip-preview");
    expect(code, JSON.stringify(more)).not.toBe(0);
  }
  const kept = new Map([
    ["mark", MARK],
    ["bound", "7,654,321"],
  ]);
  expect(findSecrets(kept, said)).toEqual([]);
});

test.each(OPEN)("a secret %s is refused: it would stand in keys and in the id", async (name) => {
  const { stack } = await recorded("dynamic");
  const args = { query: query("Region", "West"), roleArn: cloud.roleArn, [name]: secret("exports/hidden") };
  const { code, stdout, stderr } = await stack.run(sales("dynamic", args), "preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain(`${name} is a secret, but it stands in the keys of the objects`);
});
