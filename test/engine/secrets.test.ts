import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { filesBelow, findSecrets, watchProcesses } from "../support/secrets";
import {
  createStack,
  type Exports,
  type Shell,
  shells,
  startTestCloud,
  type TestCloud,
  type TestStack,
} from "../support/stack";

// Its own for each run: the arguments of all processes of the machine are looked at.
const run = String(process.pid).padStart(10, "0");
const TOKEN = `Marked"Token/+&=\\~${run}`;
const ORDINARY_TOKEN = `MarkedOrdinaryToken${run}`;
let cloud: TestCloud;
let recorder: FaultProxy;
/** What Domo was handed, and everything else that must not be found: by name. */
const secrets = new Map<string, string>();

beforeAll(async () => {
  const reader = { id: 27, displayName: "Dana Reader", datasets: { [salesDataset]: "READ" as const } };
  const users = [TOKEN, ORDINARY_TOKEN].map((token) => ({ ...reader, token }));
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1, users } });
  recorder = await startFaultProxy(cloud.emulator.url, ({ method, url, body }) => {
    if (method === "POST" && url.includes("/export/")) record(body);
  });
  cloud.env.DOMO_BASE_URL = recorder.url;
  secrets.set("token", TOKEN);
  secrets.set("deployer's secret key", cloud.moto.deployer.secretAccessKey);
  secrets.set("deployer's key id", cloud.moto.deployer.accessKeyId);
}, 900_000);
afterAll(async () => {
  await recorder.shut();
  await cloud.stop();
}, 60_000);

function record(body: string): void {
  const sent = JSON.parse(body) as Record<string, string>;
  for (const field of ["awsAccessKey", "awsAccessSecret", "sessionToken"]) {
    secrets.set(`${field} ${secrets.size}`, sent[field] ?? "");
  }
}

const query = (column: string) => ({ columns: [{ exprType: "COLUMN", column }] });
function sales(path: string, more: Record<string, unknown> = {}): Exports {
  const args = { dataset: salesDataset, query: query("Region"), bucket: cloud.bucket, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, path, ...more } } };
}
const { stringify } = JSON;
const up = ["up", "--yes", "--skip-preview"];
const verbose = ["--logtostderr", "-v=9", "--logflow"];
const newData = () => cloud.emulator.control.advanceData({ dataset: salesDataset });

test.each(shells)(
  "%s: no step of the lifecycle, successful or not, leaves a secret anywhere",
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const path = `exports/secrets-${shell}`;
    const it = (more: Record<string, unknown> = {}) => sales(path, more);
    const said = new Map<string, string>();
    const step = async (name: string, exports: Exports, ...args: string[]) => {
      const { code, stdout, stderr } = await stack.run(exports, ...args);
      said.set(`output of ${name}`, stdout + stderr);
      return code;
    };
    const stopWatching = watchProcesses();

    await newData();
    expect(await step("preview", it(), "preview", "--diff", "--save-plan=plan.json")).toBe(0);
    expect(await step("up", it(), ...up, ...verbose)).toBe(0);
    await newData();
    expect(await step("change", it({ query: query("Order ID") }), ...up)).toBe(0);
    expect(await step("refresh", it(), "refresh", "--yes", "--skip-preview", ...verbose)).toBe(0);

    await newData();
    await cloud.emulator.control.setOptions({ failWith: { errorCode: "ACCESS", message: "Out of memory" } });
    expect(await step("failed export", it(), ...up, ...verbose)).not.toBe(0);
    await cloud.emulator.control.setOptions({ failWith: null });
    const echo = ({ body }: { body: string }) => {
      record(body);
      const message = `can't read ${body} of ${TOKEN}`;
      return { status: 400, headers: { "content-type": "application/json" }, body: stringify({ message, toe: "ABC" }) };
    };
    const post = ({ method, url }: { method: string; url: string }) => method === "POST" && url.includes("/export/");
    const quiet = recorder.add({ match: post, answer: echo });
    expect(await step("refused export", it(), ...up)).not.toBe(0);
    quiet();
    const lost = recorder.add({ match: post, times: 1, edit: () => ({ status: 200, body: "<html>" }) });
    await step("lost answer", it(), ...up);
    lost();
    expect(await step("missing dataset", it({ dataset: "missing" }), "preview")).not.toBe(0);
    stack.workspace.env.DOMO_ACCESS_PATIENCE_SECONDS = "1";
    expect(await step("refused role", it({ path: "elsewhere" }), ...up, ...verbose)).not.toBe(0);

    const manifest = (await cloud.s3.get(cloud.bucket, `${path}/_sales.manifest.json`)).toString();
    const exported = stringify(await stack.workspace.stackExport());
    expect(await step("destroy", it(), "destroy", "--yes", "--skip-preview", ...verbose)).toBe(0);
    const places = new Map([
      ...said,
      ...filesBelow(stack.workspace.folder),
      ["stack export", exported],
      ["manifest", manifest],
      ["emulator's log", stringify([await cloud.emulator.control.requests(), await cloud.emulator.control.exports()])],
      ["process arguments", stopWatching().join("\n")],
    ]);
    const files = [...places.keys()].map((name) => name.replace(stack.workspace.folder, ""));
    expect(files).toContain("/plan.json");
    expect(files.filter((name) => /\/history\/.*\.json$/.test(name)).length).toBeGreaterThan(5);
    expect(said.get("output of refused export")).toContain("(hidden)");
    expect(secrets.size).toBeGreaterThanOrEqual(3 + 9);
    expect([...secrets.values()].every((secret) => secret.length > 15)).toBe(true);
    const control = findSecrets(new Map([["bucket", cloud.bucket]]), places);
    for (const place of ["manifest", "stack export", "output of up", "output of refresh", "emulator's log"]) {
      expect(control).toContain(`bucket (plain) in ${place}`);
    }
    expect(findSecrets(secrets, places)).toEqual([]);
  },
  600_000,
);

/** A stack whose token comes from its own configuration. */
async function stackWithToken(shell: Shell, flag: "--secret" | "--plaintext", token = TOKEN): Promise<TestStack> {
  const stack = await createStack(cloud, shell);
  stack.workspace.env.DOMO_DEVELOPER_TOKEN = "";
  const { code, stderr } = await stack.workspace.run(["config", "set", flag, "domo:developerToken", token]);
  expect(stderr + String(code)).toBe("0");
  return stack;
}

test.each(shells)(
  "%s: a token in plain stack configuration is refused before anything is recorded",
  async (shell) => {
    const stack = await stackWithToken(shell, "--plaintext");
    const { code, stdout, stderr } = await stack.run(sales("exports/plain"), ...up);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain(
      "The stack's configuration holds domo:developerToken in plain text: run pulumi config set --secret domo:developerToken, " +
        "or pulumi config rm domo:developerToken and set the environment variable DOMO_DEVELOPER_TOKEN",
    );
    expect(findSecrets(new Map([["token", TOKEN]]), new Map([["output", stdout + stderr]]))).toEqual([]);
    const { deployment } = await stack.workspace.stackExport();
    expect(deployment.resources?.filter(({ type }) => type !== "pulumi:pulumi:Stack")).toEqual([]);
  },
  120_000,
);

/** Where the engine keeps a token of stack configuration. */
const keptAt = {
  dynamic: { type: "pulumi:providers:pulumi-nodejs", name: "domo:developerToken" },
  plugin: { type: "pulumi:providers:domo", name: "developerToken" },
};

test.each(
  shells.flatMap((shell) => [
    { shell, form: "with signs that texts escape", token: TOKEN },
    { shell, form: "of letters and digits", token: ORDINARY_TOKEN },
  ]),
)(
  "$shell: a token $form in secret stack configuration works and lies encrypted in state; only the engine's -v=9 line of before 3.274 shows it",
  async ({ shell, token }) => {
    const stack = await stackWithToken(shell, "--secret", token);
    await newData();
    const exports = sales(`exports/${stack.workspace.folder.slice(-6)}`);
    const { code, stdout, stderr } = await stack.run(exports, ...up, ...verbose);
    expect(code, stdout).toBe(0);
    expect((await stack.state("sales"))?.outputs).toMatchObject({ exportStatus: "success" });
    const { deployment } = await stack.workspace.stackExport();
    const provider = deployment.resources?.find(({ type }) => type === keptAt[shell].type);
    expect(provider?.inputs).toHaveProperty([keptAt[shell].name, "ciphertext"]);
    const secret = new Map([["token", token]]);
    expect(findSecrets(secret, filesBelow(stack.workspace.folder))).toEqual([]);
    const lines = (stdout + stderr)
      .split("\n")
      .filter((line) => findSecrets(secret, new Map([["line", line]])).length > 0);
    expect(lines.length).toBeLessThanOrEqual(1);
    for (const line of lines)
      expect(line).toMatch(/Marshaling property for RPC\[Provider\[\w+\]\.Configure\(\)\.inputs\]/);
  },
  120_000,
);
