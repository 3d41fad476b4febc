import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localToken, salesDataset } from "../../local/cloud";
import { and, eq, gte, select } from "../../provider/query/build/builder";
import {
  createStack,
  type Exports,
  type Shell,
  shells,
  startTestCloud,
  type TestCloud,
  type TestStack,
} from "../support/stack";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.2 } });
}, 900_000);
afterAll(() => cloud.stop());

const plain = (query: unknown): unknown => JSON.parse(JSON.stringify(query));
const query = (region: string) =>
  plain(select("Order ID", "Region", "Sales").where(and(eq("Region", region), gte("Sales", 100))));

let paths = 0;
function sales(more: Record<string, unknown> = {}, path = `exports/e${++paths}`): Exports {
  const args = { dataset: salesDataset, query: query("West"), bucket: cloud.bucket, path, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, ...more } } };
}
const pathOf = (exports: Exports): string => String(exports.sales?.args.path);
const keysOf = (exports: Exports) => cloud.s3.dataKeys(cloud.bucket, `${pathOf(exports)}/`);
const allKeysOf = (exports: Exports) => cloud.s3.keys(cloud.bucket, `${pathOf(exports)}/`);
const started = async () => (await cloud.emulator.control.exports({})).length;
const newData = () => cloud.emulator.control.advanceData({ dataset: salesDataset });

/** A stack in which the exports are already up. */
async function stackWith(shell: Shell, exports: Exports): Promise<TestStack> {
  await newData();
  const stack = await createStack(cloud, shell);
  await stack.mustRun(exports, "up", "--yes", "--skip-preview");
  return stack;
}

test.each(shells)(
  "%s: up exports what preview announced, a second up changes nothing, destroy leaves the objects",
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const exports = sales();
    await newData();
    const before = await started();
    const preview = await stack.mustRun(exports, "preview");
    expect(preview).toContain(`${shell === "plugin" ? "domo:index" : "domo"}:S3Export sales create`);
    expect(await started()).toBe(before);
    expect(await allKeysOf(exports)).toEqual([]);

    await stack.mustRun(exports, "up", "--yes", "--skip-preview");
    const state = await stack.state("sales");
    expect(state?.outputs).toMatchObject({ exportStatus: "success", origin: "created" });
    const keys = await keysOf(exports);
    expect(keys).toEqual((state?.outputs?.files as { key: string }[]).map(({ key }) => key));
    const csv = gunzipSync(await cloud.s3.get(cloud.bucket, keys[0] ?? "")).toString();
    expect(csv.slice(0, csv.indexOf("\n")).trim()).toBe("Order ID,Region,Sales");

    const posts = await cloud.emulator.control.countRequests({ method: "POST" });
    const again = await stack.mustRun(exports, "up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(again).toContain("2 unchanged");
    expect(await cloud.emulator.control.countRequests({ method: "POST" })).toBe(posts);

    await stack.mustRun(exports, "destroy", "--yes", "--skip-preview");
    expect(await stack.state("sales")).toBeUndefined();
    expect(await keysOf(exports)).toEqual(keys);
  },
);

test.each(shells)("%s: destroy with deleteObjects needs no token, and no other setting of Domo", async (shell) => {
  const exports = sales({ deleteObjects: true });
  const stack = await stackWith(shell, exports);
  expect(await keysOf(exports)).toHaveLength(1);
  const none = { DOMO_DEVELOPER_TOKEN: "", DOMO_INSTANCE: "", DOMO_BASE_URL: "" };
  const { code, stdout, stderr } = await stack.workspace.run(["destroy", "--yes", "--skip-preview"], {
    env: { ...cloud.env, ...stack.workspace.env, ...none },
  });
  expect(code, stdout + stderr).toBe(0);
  expect(await allKeysOf(exports)).toEqual([]);
  expect(await stack.state("sales")).toBeUndefined();
});

test("the state holds no secret, and a provider text of at most 1.5 KB", async () => {
  const exports = sales();
  const stack = await stackWith("dynamic", exports);
  const text = JSON.stringify(await stack.workspace.stackExport());
  for (const secret of [
    localToken,
    cloud.moto.deployer.secretAccessKey,
    cloud.moto.deployer.accessKeyId,
    "SessionToken",
  ]) {
    expect(text).not.toContain(secret);
  }
  const state = await stack.state("sales");
  expect(String(state?.inputs?.__provider).length).toBeLessThanOrEqual(1500);
});

test("a changed filter is one changed line of SQL in the preview, and is exported in place", async () => {
  const exports = sales();
  const stack = await stackWith("dynamic", exports);
  const old = await stack.state("sales");
  await newData();
  const changed = sales({ query: query("East") }, pathOf(exports));
  const diff = await stack.mustRun(changed, "preview", "--diff");
  const sqlLines = diff.split("\n").filter((line) => /^\s*[-+]\s.*"Region" = '/.test(line));
  expect(sqlLines.map((line) => line.trim().replace(/^([-+])\s+/, "$1 "))).toEqual([
    `- WHERE "Region" = 'West'`,
    `+ WHERE "Region" = 'East'`,
  ]);
  await stack.mustRun(changed, "up", "--yes", "--skip-preview");
  const state = await stack.state("sales");
  expect(state?.id).toBe(old?.id);
  expect(state?.outputs?.exportId).not.toBe(old?.outputs?.exportId);
  const [key = ""] = (state?.outputs?.files as { key: string }[]).map((file) => file.key);
  const rows = gunzipSync(await cloud.s3.get(cloud.bucket, key))
    .toString()
    .split("\n")
    .slice(1)
    .filter(Boolean);
  expect(rows.length).toBe(state?.outputs?.rowCount);
  expect(rows.every((row) => row.includes(",East,"))).toBe(true);
});

test.each(shells)("%s: another spelling of the same query is no change", async (shell) => {
  const exports = sales();
  const stack = await stackWith(shell, exports);
  const sqlText = `SELECT "Order ID", "Region", "Sales" FROM dataset WHERE "Region" = 'West' AND "Sales" >= 100`;
  const same = sales({ query: { kind: "sql", text: sqlText }, timeoutSeconds: 3600 }, pathOf(exports));
  await stack.mustRun(same, "up", "--yes", "--skip-preview", "--expect-no-changes");
});

test.each(shells)("%s: another path replaces the resource", async (shell) => {
  const exports = sales({ deleteObjects: true });
  const stack = await stackWith(shell, exports);
  await newData();
  const moved = sales({ deleteObjects: true });
  expect(await stack.mustRun(moved, "preview")).toContain("S3Export sales replace");
  await stack.mustRun(moved, "up", "--yes", "--skip-preview");
  expect(await keysOf(moved)).toHaveLength(1);
  expect(await allKeysOf(exports)).toEqual([]);
});

test.each(shells)("%s: refresh finds a deleted object, and the next up exports it again", async (shell) => {
  const exports = sales();
  const stack = await stackWith(shell, exports);
  await stack.mustRun(exports, "refresh", "--preview-only", "--expect-no-changes");
  const [key = ""] = await keysOf(exports);
  await cloud.s3.remove(cloud.bucket, key);
  const gate = await stack.run(exports, "refresh", "--preview-only", "--expect-no-changes", "--diff");
  expect(gate.code).not.toBe(0);
  expect(gate.stdout).toContain("object-missing");
  await newData();
  await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
  await stack.mustRun(exports, "up", "--yes", "--skip-preview");
  expect(await keysOf(exports)).toHaveLength(1);
  expect((await stack.state("sales"))?.outputs).toMatchObject({ drift: [], exportStatus: "success" });
});

test.each(shells)(
  "%s: refresh finds a replaced object and newer data, and up --refresh repairs in one go",
  async (shell) => {
    const exports = sales({ onNewData: "export" });
    const stack = await stackWith(shell, exports);
    const [key = ""] = await keysOf(exports);
    await cloud.s3.put(cloud.bucket, key, "tampered");
    await newData();
    const { stdout } = await stack.run(exports, "refresh", "--preview-only");
    expect(stdout).toMatch(/drift: object-changed ".*": expected \d+ bytes, etag \w+, found 8 bytes, etag \w+/);
    expect(stdout).toMatch(/drift: new-data ".*": expected data as of .*Z, found data of .*Z/);
    await stack.mustRun(exports, "up", "--yes", "--refresh", "--skip-preview");
    const state = await stack.state("sales");
    expect(state?.outputs).toMatchObject({ drift: [], exportStatus: "success" });
    expect((state?.outputs?.files as { key: string }[])[0]?.key).not.toBe(key);
  },
);

test.each(shells)("%s: an export that neither Domo nor S3 knows any more is created again", async (shell) => {
  const exports = sales();
  const stack = await stackWith(shell, exports);
  const state = await stack.state("sales");
  await cloud.emulator.control.forgetExport(String(state?.outputs?.exportId));
  for (const key of await keysOf(exports)) await cloud.s3.remove(cloud.bucket, key);
  await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
  expect(await stack.state("sales")).toBeUndefined();
  await stack.mustRun(exports, "up", "--yes", "--skip-preview");
  expect(await keysOf(exports)).toHaveLength(1);
});

test.each(shells)("%s: a refresh that can't reach Domo fails and keeps the state", async (shell) => {
  const exports = sales();
  const stack = await stackWith(shell, exports);
  const refused = { status: 401, body: { status: 401, message: "expired", toe: "TOE1" } };
  await cloud.emulator.control.inject({
    method: "GET",
    path: "data/v3/datasources",
    fault: { kind: "answer", ...refused },
  });
  const { code, stdout, stderr } = await stack.run(exports, "refresh", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("the developer token is invalid or expired");
  expect((await stack.state("sales"))?.outputs).toMatchObject({ exportStatus: "success" });
});

test.each(shells)(
  "%s: an export that fails at Domo is kept with its reason, and the next up exports again",
  async (shell) => {
    const exports = sales();
    const stack = await createStack(cloud, shell);
    await newData();
    await cloud.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
    const failed = await stack.run(exports, "up", "--yes", "--skip-preview");
    await cloud.emulator.control.setOptions({ failWith: null });
    expect(failed.code).not.toBe(0);
    expect(failed.stdout).toContain("failed at Domo: QUERY_FAILED: Out of memory");
    const kept = await stack.state("sales");
    expect(kept?.outputs).toMatchObject({ exportStatus: "error", files: [] });
    expect(kept?.initErrors).toHaveLength(1);
    await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
    await stack.mustRun(exports, "up", "--yes", "--skip-preview");
    const state = await stack.state("sales");
    expect(state?.outputs).toMatchObject({ exportStatus: "success" });
    expect(state?.initErrors ?? []).toEqual([]);
  },
);

test.each(shells)("%s: a misspelt column fails the preview with the right name", async (shell) => {
  const stack = await createStack(cloud, shell);
  const wrong = sales({ query: plain(select("Order ID").where(eq("Regoin", "West"))) });
  const { code, stdout, stderr } = await stack.run(wrong, "preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain(`the dataset "Orders" has no column "Regoin"; did you mean "Region"?`);
});

test.each(shells)("%s: a wrong token and a missing dataset fail the preview with what to do", async (shell) => {
  const stack = await createStack(cloud, shell);
  const token = await stack.workspace.run(["preview"], {
    env: { ...cloud.env, ...stack.workspace.env, TEST_EXPORTS: JSON.stringify(sales()), DOMO_DEVELOPER_TOKEN: "wrong" },
  });
  expect(token.code).not.toBe(0);
  expect(token.stdout + token.stderr).toContain("set a new one in DOMO_DEVELOPER_TOKEN");
  const missing = await stack.run(sales({ dataset: "00000000-0000-0000-0000-000000000000" }), "preview");
  expect(missing.code).not.toBe(0);
  expect(missing.stdout + missing.stderr).toContain("there is no such dataset in this instance");
});

test.each(shells)(
  "%s: a missing token is a warning in a preview and a failure of the up, naming both ways to give it",
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const env = {
      ...cloud.env,
      ...stack.workspace.env,
      TEST_EXPORTS: JSON.stringify(sales()),
      DOMO_DEVELOPER_TOKEN: "",
    };
    const preview = await stack.workspace.run(["preview"], { env });
    expect(preview.code).toBe(0);
    expect(preview.stdout).toContain("no Domo developer token is set (DOMO_DEVELOPER_TOKEN)");
    const up = await stack.workspace.run(["up", "--yes", "--skip-preview"], { env });
    expect(up.code).not.toBe(0);
    expect(up.stdout + up.stderr).toContain(
      'set the environment variable DOMO_DEVELOPER_TOKEN, or run "pulumi config set --secret domo:developerToken"',
    );
  },
);

test.each(shells)("%s: a role that may not write fails before anything is started", async (shell) => {
  const stack = await createStack(cloud, shell);
  const before = await started();
  const env = { ...cloud.env, ...stack.workspace.env, DOMO_ACCESS_PATIENCE_SECONDS: "2" };
  const exports = JSON.stringify(sales({}, "elsewhere/sales"));
  const { code, stdout } = await stack.workspace.run(["up", "--yes", "--skip-preview"], {
    env: { ...env, TEST_EXPORTS: exports },
  });
  expect(code).not.toBe(0);
  expect(stdout).toContain("AccessDenied — the caller needs s3:PutObject and s3:AbortMultipartUpload below this path");
  expect(await started()).toBe(before);
  expect(await stack.state("sales")).toBeUndefined();
});
