import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Lab, startLab } from "../support/lab";
import { createHash } from "node:crypto";
import { s3Of } from "../../local/aws-fixtures";
import type { ExportState } from "../../provider/state/export-state";
import { rowsOf, startedBy } from "./hostile";
import { keysOf, manifestLab, urnOf } from "./manifest-lab";

let lab: Lab;
let at: ReturnType<typeof manifestLab>;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
}, 180_000);
beforeEach(async () => {
  await lab.emulator.control.reset();
  at = manifestLab(lab, `exports/manifest-${++count}`);
});
afterAll(() => lab.stop());

test("the manifest names what lies in S3, and state records it", async () => {
  const outs = await at.create();
  expect(await at.stored()).toEqual([...keysOf(outs), at.place()].sort());
  expect(outs.manifestObject).toEqual({ key: at.place(), etag: await at.etagAt(), exportId: outs.exportId });
  const { entries, schema, meta, ...rest } = await at.manifestAt();
  const sizes = await Promise.all(keysOf(outs).map(async (key) => (await s3Of(lab.moto).get(lab.bucket, key)).length));
  expect(entries).toEqual(
    keysOf(outs).map((key, index) => ({
      url: `s3://${lab.bucket}/${key}`,
      mandatory: true,
      meta: { content_length: sizes[index], record_count: 2 },
    })),
  );
  expect(meta).toEqual({ content_length: sizes.reduce((a, b) => a + b), record_count: 2 });
  expect(schema.elements).toEqual([
    { name: "Order ID", type: { base: "character varying" } },
    { name: "Sales", type: { base: "double precision" } },
  ]);
  expect(rest).toEqual({
    version: 1,
    author: { name: "pulumi-domo-s3-export", version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string },
    resource: urnOf("orders"),
    dataset: { id: lab.dataset, name: "Orders", instance: outs.instance },
    sql: outs.sql,
    export: {
      id: outs.exportId,
      definition: outs.definition,
      started: outs.startedAt,
      finished: outs.finishedAt,
    },
    rowPolicies: { enabled: false, digest: outs.pdp?.digest },
    counts: outs.counts,
    verified: "objects",
  });
});

test("the manifest moves on with each export, at the same place", async () => {
  const first = await at.create();
  await at.newData();
  const second = await at.up(first, { triggers: 2 });
  expect(second.exportId).not.toBe(first.exportId);
  expect((await at.manifestAt()).export.id).toBe(second.exportId);
  expect(second.manifestObject?.etag).toBe(await at.etagAt());
});

test('with verify "rows" each entry has the SHA-256 of the object as stored, and so has state', async () => {
  const outs = await at.create({ verify: "rows" });
  const digests = await Promise.all(
    keysOf(outs).map(async (key) =>
      createHash("sha256")
        .update(await s3Of(lab.moto).get(lab.bucket, key))
        .digest("hex"),
    ),
  );
  expect(outs.files.map(({ sha256 }) => sha256)).toEqual(digests);
  const { entries, verified } = await at.manifestAt();
  expect(entries.map(({ sha256 }) => sha256)).toEqual(digests);
  expect(verified).toBe("rows");
});

test('verify that is changed to "rows" writes the manifest again, without another export', async () => {
  const outs = await at.create();
  expect((await at.manifestAt()).verified).toBe("objects");
  const after = await at.up(outs, { verify: "rows" });
  expect((await at.manifestAt()).verified).toBe("rows");
  expect(after.exportId).toBe(outs.exportId);
  expect(await startedBy(lab)).toHaveLength(1);
});

test("a query that is secret stays out of the manifest", async () => {
  const provider = await lab.process();
  const { outs } = await provider.create(at.args({ sql: "", __secretArguments: ["query"] })); // as the dynamic shell marks it
  expect(outs.sql).toContain("West");
  expect(await at.contentAt()).not.toContain("West");
  expect(await at.manifestAt()).not.toHaveProperty("sql");
});

test("without a name, or with manifest: false, there is none", async () => {
  const nameless = await at.create({ resourceUrn: undefined });
  await at.newData();
  const none = await at.create({ manifest: false, query: rowsOf("East") });
  expect([nameless.manifestObject, none.manifestObject]).toEqual([undefined, undefined]);
  expect(await at.stored()).toEqual([...keysOf(nameless), ...keysOf(none)].sort());
});

test.each([
  ["", 'manifest is empty; give a key below path, such as "_orders.manifest.json", or false for none'],
  ["/a.json", "starts or ends with a slash; leave it out"],
  ["a/", "starts or ends with a slash; leave it out"],
  ["../a.json", 'has an empty, "." or ".." component; leave it out'],
  ["a//b.json", 'has an empty, "." or ".." component; leave it out'],
  [
    `${"0a".repeat(16)}/a.json`,
    "has a component that looks like the digest below which an export writes; choose another name",
  ],
  ["a\n.json", 'manifest "a\\n.json" has a control character or half a character; choose a name without it'],
  ["ä".repeat(61), "has 122 bytes; keep it to 120, so that it fits below every path"],
])("the key %j is a fault", async (manifest, reason) => {
  const { failures } = await (await lab.process()).check(at.args({ manifest }));
  expect(failures).toEqual([{ property: "manifest", reason }]);
});

test.each([true, 7])("%j is a fault", async (manifest) => {
  const { failures } = await (await lab.process()).check(at.args({ manifest }));
  expect(failures).toEqual([
    { property: "manifest", reason: `${JSON.stringify(manifest)} is neither a key below path nor false` },
  ]);
});

test.each([
  ["team/orders", "_team-orders-"],
  ["ä".repeat(200), `_${"-".repeat(80)}-`],
])("a resource named %j has a manifest with a key that S3 and IAM take", async (name, start) => {
  const outs = await at.create({ resourceUrn: urnOf(name) });
  expect(outs.manifestObject?.key).toMatch(new RegExp(`^${at.path}/${start}[0-9a-f]{8}\\.manifest\\.json$`));
  expect((await at.manifestAt(outs.manifestObject?.key)).resource).toBe(urnOf(name));
});

test("a manifest that is declared elsewhere moves without another export, and so does one that is no longer declared", async () => {
  const outs = await at.create();
  const moved = await at.up(outs, { manifest: "for/warehouse.json" });
  expect(moved.manifestObject).toMatchObject({ key: `${at.path}/for/warehouse.json`, exportId: outs.exportId });
  expect(await at.stored()).toEqual([...keysOf(outs), `${at.path}/for/warehouse.json`].sort());
  const back = await at.up(moved);
  expect(await at.stored()).toEqual([...keysOf(outs), at.place()].sort());
  const none = await at.up(back, { manifest: false });
  expect(none.manifestObject).toBeUndefined();
  expect(await at.stored()).toEqual(keysOf(outs));
  expect(await startedBy(lab)).toHaveLength(1);
});

test("a state from before manifests is no difference, and gets one with its next update", async () => {
  const { manifestObject, ...old } = await at.create({ manifest: false });
  expect(manifestObject).toBeUndefined();
  const before = { ...old, manifest: undefined } as unknown as ExportState;
  const { changes } = await (await lab.process()).diff(before, at.args());
  expect(changes).toBe(false);
  const after = await at.up(before, { timeoutSeconds: 600 });
  expect(after.manifestObject?.etag).toBe(await at.etagAt());
  expect(await startedBy(lab)).toHaveLength(1);
});
