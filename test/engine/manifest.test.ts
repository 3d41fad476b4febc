import { afterAll, beforeAll, expect, test } from "vitest";
import { ordersDataset } from "../../emulator/make-orders";
import { salesDataset } from "../../local/cloud";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import type { Manifest } from "../../provider/manifest/shape";
import { select } from "../../provider/query/build/builder";
import type { ManifestObject } from "../../provider/state/export-state";
import { expectDeliveredOnce } from "../support/delivered";
import { endOrphans, startRun, until, upUntilDone } from "../support/engine-run";
import { readByRecipe } from "../support/manifest-reader";
import { openOracle } from "../support/oracle";
import { createStack, type Exports, shells, startTestCloud, type TestCloud, type TestStack } from "../support/stack";

let cloud: TestCloud;
let aws: FaultProxy;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1, reuse: "never" } });
  aws = await startFaultProxy(cloud.moto.endpoint);
  cloud.env.AWS_ENDPOINT_URL = aws.url;
}, 900_000);
afterAll(async () => {
  endOrphans();
  await aws.shut();
  await cloud.stop();
});

const limit = { timeout: 180_000 };
const up = ["up", "--yes", "--skip-preview"];
let paths = 0;
function sales(more: Record<string, unknown> = {}): Exports {
  const query: unknown = JSON.parse(JSON.stringify(select("Order ID", "Sales")));
  const args = { dataset: salesDataset, query, bucket: cloud.bucket, roleArn: cloud.roleArn };
  return { sales: { args: { ...args, path: `exports/m${++paths}`, ...more } } };
}
const placeOf = (exports: Exports) => `${String(exports.sales?.args.path)}/_sales.manifest.json`;
const started = async () => (await cloud.emulator.control.exports({})).length;
const outputsOf = async (stack: TestStack) => (await stack.state("sales"))?.outputs ?? {};
const manifestAt = async (key: string) => JSON.parse((await cloud.s3.get(cloud.bucket, key)).toString()) as Manifest;

test.each(shells)(
  "%s: after pulumi up, DuckDB reads the manifest and gives its own answer on the dataset",
  limit,
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const exports = sales();
    await stack.mustRun(exports, ...up);
    expect((await outputsOf(stack)).manifestObject).toMatchObject({ key: placeOf(exports) });
    const manifest = await manifestAt(placeOf(exports));
    const { rows } = await readByRecipe(cloud.s3, { bucket: cloud.bucket, manifest });
    const oracle = await openOracle(ordersDataset());
    const own = (await oracle.run('SELECT "Order ID", "Sales" FROM dataset')).rows;
    oracle.close();
    const text = (all: readonly (readonly unknown[])[]) =>
      all.map(([id, sum]) => `${String(id)} ${Number(sum)}`).sort();
    expect(rows.length).toBeGreaterThan(100);
    expect(text(rows)).toEqual(text(own));
    expect(manifest.meta.record_count).toBe(own.length);
    await stack.mustRun(exports, ...up, "--expect-no-changes");
    await stack.mustRun(exports, "refresh", "--preview-only", "--expect-no-changes");
  },
);

test.each(shells)(
  "%s: a manifest that somebody removes, or edits, is found by refresh and written again; nothing is exported",
  limit,
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const exports = sales();
    await stack.mustRun(exports, ...up);
    const before = await started();
    const key = placeOf(exports);
    const content = await cloud.s3.get(cloud.bucket, key);
    await cloud.s3.remove(cloud.bucket, key);
    const { stdout } = await stack.run(exports, "refresh", "--preview-only");
    expect(stdout).toMatch(/drift: manifest-missing ".*": expected the manifest of export .*, found no such object/);
    await stack.mustRun(exports, ...up, "--refresh");
    expect((await cloud.s3.get(cloud.bucket, key)).equals(content)).toBe(true);
    await cloud.s3.put(cloud.bucket, key, content.toString().replace("mandatory", "optional"));
    expect((await stack.run(exports, "refresh", "--preview-only")).stdout).toContain("drift: manifest-replaced");
    await stack.mustRun(exports, ...up, "--refresh");
    expect((await cloud.s3.get(cloud.bucket, key)).equals(content)).toBe(true);
    expect(await started()).toBe(before);
    await expectDeliveredOnce({ cloud, stack, exports });
  },
);

test.each(shells)(
  "%s: a manifest that S3 refuses makes up fail; the next up writes it, even after a refresh, and exports nothing",
  limit,
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const exports = sales();
    const isManifest = ({ method, url }: { method: string; url: string }) =>
      method === "PUT" && url.includes("manifest");
    const body = "<Error><Code>InternalError</Code><Message>no</Message></Error>";
    const lift = aws.add({ match: isManifest, answer: () => ({ status: 500, body }) });
    const { code, stdout } = await stack.run(exports, ...up);
    lift();
    expect(code).not.toBe(0);
    expect(stdout).toContain(`[S3 PutObject] "s3://${cloud.bucket}/${placeOf(exports)}": InternalError`);
    expect(await outputsOf(stack)).toMatchObject({ exportStatus: "success", drift: [{ kind: "manifest-missing" }] });
    await stack.mustRun(exports, "refresh", "--yes", "--skip-preview");
    expect(await outputsOf(stack)).toMatchObject({ drift: [{ kind: "manifest-missing" }] });
    await stack.mustRun(exports, ...up);
    await expectDeliveredOnce({ cloud, stack, exports });
  },
);

const moments = ["before the manifest is written", "after it is written"];
test.each(shells.flatMap((shell) => moments.map((when) => [shell, when] as const)))(
  "%s: the engine killed after the delivery and %s: the next up has both, and exports nothing again",
  limit,
  async (shell, when) => {
    const it = { cloud, stack: await createStack(cloud, shell), exports: sales() };
    let seen = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const isAfter = when.startsWith("after");
    const lift = aws.add({
      match: ({ method, url }) => method === "PUT" && url.includes("manifest"),
      ...(isAfter
        ? { edit: async (answer) => (seen++, await held, answer) }
        : { before: async () => (seen++, await held), answer: () => ({ status: 500 }) }),
    });
    const run = startRun(it, ...up);
    await until("the manifest is sent", () => seen > 0);
    run.killEngine();
    await run.ended;
    endOrphans();
    lift();
    release();
    expect((await cloud.s3.keys(cloud.bucket, placeOf(it.exports))).length).toBe(isAfter ? 1 : 0);
    await upUntilDone(it.stack, it.exports);
    await expectDeliveredOnce(it);
  },
);

test.each(shells)(
  "%s: a declared key, a changed one and none: the manifest follows without an export",
  limit,
  async (shell) => {
    const stack = await createStack(cloud, shell);
    const path = `exports/m${++paths}`;
    const key = async () => ((await outputsOf(stack)).manifestObject as ManifestObject | undefined)?.key;
    await stack.mustRun(sales({ path, manifest: "one.json" }), ...up);
    const before = await started();
    expect(await key()).toBe(`${path}/one.json`);
    await stack.mustRun(sales({ path, manifest: "two.json" }), ...up);
    expect(await key()).toBe(`${path}/two.json`);
    await stack.mustRun(sales({ path, manifest: false }), ...up);
    expect(await key()).toBeUndefined();
    expect(await cloud.s3.keys(cloud.bucket, `${path}/`)).toHaveLength(1);
    expect(await started()).toBe(before);
  },
);
