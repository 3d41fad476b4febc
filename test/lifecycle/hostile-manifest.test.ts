import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Lab, startLab } from "../support/lab";
import type { ExportState } from "../../provider/state/export-state";
import { failure, rowsOf, startedBy } from "./hostile";
import { proxyBefore, keysOf, kindsOf, manifestLab, md5, urnOf } from "./manifest-lab";

let lab: Lab;
let at: ReturnType<typeof manifestLab>;
let count = 0;
beforeAll(async () => {
  lab = await startLab();
}, 180_000);
beforeEach(async () => {
  await lab.emulator.control.reset();
  at = manifestLab(lab, `exports/hostile-manifest-${++count}`);
});
afterAll(() => lab.stop());

test("two resources share a path, and each has its own manifest", async () => {
  const one = await at.create({ resourceUrn: urnOf("one") });
  await at.newData();
  const two = await at.create({ resourceUrn: urnOf("two"), query: rowsOf("East") });
  expect((await at.manifestAt(at.place("one"))).export.id).toBe(one.exportId);
  expect((await at.manifestAt(at.place("two"))).export.id).toBe(two.exportId);
  await (await lab.process()).delete({ ...one, deleteObjects: true });
  expect(await at.stored()).toEqual([...keysOf(two), at.place("two")].sort());
});

test.each([
  [
    "another stack's",
    () => ({ resourceUrn: urnOf("orders").replace("prod", "dev") }),
    /it is the manifest of urn:pulumi:dev::/,
  ],
  [
    "that of a component's child",
    () => ({ resourceUrn: urnOf("orders", "my:index:Team$") }),
    /it is the manifest of urn:.*Team\$/,
  ],
])("a manifest at the place that is %s is never overwritten, and nothing is exported", async (_whose, theirs, why) => {
  const other = await at.create(theirs());
  const before = await at.contentAt();
  const error = await failure((await lab.process()).create(at.args({ query: rowsOf("East") })));
  expect(error.name).toBe("PreflightError");
  expect(error.message).toMatch(why);
  expect(error.message).toContain(`manifest: "s3://${lab.bucket}/${at.place()}" is there already, and`);
  expect(error.message).toContain(' — choose another path, or set "manifest" to another key; it is not overwritten');
  expect(await at.contentAt()).toBe(before);
  expect(await startedBy(lab)).toEqual([other.exportId]);
});

test.each(["hello", "{}", "[]", "null", JSON.stringify({ author: { name: "pulumi-domo-s3-export" } })])(
  "%j at the place is never overwritten, and nothing is exported",
  async (body) => {
    await lab.putObject(at.place(), body);
    const error = await failure((await lab.process()).create(at.args()));
    expect(error.message).toBe(
      `manifest: "s3://${lab.bucket}/${at.place()}" is there already, and it is no manifest of this resource — ` +
        'remove it, or set "manifest" to another key; it is not overwritten',
    );
    expect(await at.stored()).toEqual([at.place()]);
    expect(await startedBy(lab)).toEqual([]);
  },
);

test("the preview of a new export shows what lies in its manifest's place already", async () => {
  await lab.putObject(at.place(), "theirs");
  const { failures } = await (await lab.process()).check(at.args({ dryRun: true }));
  expect(failures).toEqual([
    {
      property: "manifest",
      reason: expect.stringContaining("it is no manifest of this resource — remove it") as string,
    },
  ]);
  await lab.removeObject(at.place());
  await at.create();
  expect((await (await lab.process()).check(at.args({ dryRun: true }))).failures).toEqual([]);
  const sibling = { dryRun: true, resourceUrn: urnOf("orders").replace("prod", "dev") };
  const query = { columns: [{ exprType: "COLUMN", column: "Region" }] };
  expect((await (await lab.process()).check(at.args({ ...sibling, query }))).failures[0]?.reason).toContain(
    `it is the manifest of ${urnOf("orders")}`,
  );
  // The same query of the same dataset: the export was moved from the other stack.
  expect((await (await lab.process()).check(at.args(sibling))).failures).toEqual([]);
});

test("a manifest that a killed run wrote, or a destroyed stack left, is recognised and written again", async () => {
  const lost = await at.create();
  await at.newData();
  const again = await at.create();
  expect(again.exportId).not.toBe(lost.exportId);
  expect((await at.manifestAt()).export.id).toBe(again.exportId);
});

test("the two shells are one resource", async () => {
  await at.create({ resourceUrn: "urn:pulumi:prod::shop::domo:index:S3Export::orders" });
  await at.newData();
  const outs = await at.create();
  expect((await at.manifestAt()).resource).toBe(urnOf("orders"));
  expect(outs.manifestObject?.etag).toBe(await at.etagAt());
});

test("what somebody puts at the place while the export runs is not overwritten; the export is recorded and not run again", async () => {
  await lab.emulator.control.setOptions({ exportSeconds: 2 });
  const running = failure((await lab.process()).create(at.args()));
  await expect.poll(async () => (await startedBy(lab)).length, { timeout: 30_000 }).toBe(1);
  await lab.putObject(at.place(), "theirs");
  const { name, properties } = await running;
  expect(name).toBe("IncompleteExportError");
  expect(await at.contentAt()).toBe("theirs");
  expect(properties).toMatchObject({ exportStatus: "success", manifestObject: { key: at.place() } });
  expect(kindsOf(properties)).toEqual(["manifest-missing"]);
  await lab.removeObject(at.place());
  const repaired = await at.up(await at.refresh(properties as ExportState));
  expect(repaired).toMatchObject({ exportId: properties?.exportId, drift: [] });
  expect(repaired.manifestObject?.etag).toBe(await at.etagAt());
  expect(await startedBy(lab)).toHaveLength(1);
});

test("a manifest that is gone is drift, and written again without another export", async () => {
  const outs = await at.create();
  await lab.removeObject(at.place());
  const seen = await at.refresh(outs);
  expect(seen.drift).toEqual([
    {
      kind: "manifest-missing",
      subject: at.place(),
      expected: `the manifest of export ${outs.exportId}`,
      actual: "no such object",
    },
  ]);
  const repaired = await at.up(seen);
  expect(repaired).toMatchObject({ exportId: outs.exportId, drift: [], manifestObject: { etag: await at.etagAt() } });
  expect(await startedBy(lab)).toHaveLength(1);
  expect((await at.refresh(repaired)).drift).toEqual([]);
});

test("an edited manifest is drift, and written again without another export", async () => {
  const outs = await at.create();
  const edited = (await at.contentAt()).replaceAll('"record_count": 2', '"record_count": 3');
  await lab.putObject(at.place(), edited);
  const seen = await at.refresh(outs);
  expect(seen.drift).toMatchObject([
    {
      kind: "manifest-replaced",
      subject: at.place(),
      expected: `etag ${outs.manifestObject?.etag}`,
      actual: `etag ${md5(edited)}`,
    },
  ]);
  const repaired = await at.up(seen);
  expect((await at.manifestAt()).meta.record_count).toBe(2);
  expect(repaired.manifestObject?.etag).toBe(await at.etagAt());
  expect(await startedBy(lab)).toHaveLength(1);
});

test("a foreign object in the manifest's place is drift; up refuses to overwrite it, and says what to do", async () => {
  const outs = await at.create();
  await lab.putObject(at.place(), "theirs");
  const seen = await at.refresh(outs);
  expect(kindsOf(seen)).toEqual(["manifest-replaced"]);
  const error = await failure(at.up(seen));
  expect(error.message).toContain("it is no manifest of this resource — remove it");
  expect(await at.contentAt()).toBe("theirs");
  await lab.removeObject(at.place());
  expect((await at.up(error.properties as ExportState)).manifestObject?.etag).toBe(await at.etagAt());
});

test("missing data and a missing manifest are repaired by one export", async () => {
  const outs = await at.create();
  for (const key of await at.stored()) await lab.removeObject(key);
  await at.newData();
  const seen = await at.refresh(outs);
  expect(kindsOf(seen)).toEqual(["object-missing", "manifest-missing", "new-data"]);
  const repaired = await at.up(seen);
  expect(await at.stored()).toEqual([...keysOf(repaired), at.place()].sort());
});

test("when an export fails, the old manifest still points to whole files, and deleteObjects has not removed them", async () => {
  const outs = await at.create({ deleteObjects: true });
  await at.newData();
  const before = await at.contentAt();
  await lab.emulator.control.setOptions({ failWith: { errorCode: "QUERY_FAILED", message: "Out of memory" } });
  const { properties } = await failure(at.up(outs, { deleteObjects: true, triggers: 2 }));
  expect(await at.contentAt()).toBe(before);
  expect(await at.stored()).toEqual([...keysOf(outs), at.place()].sort());
  await lab.emulator.control.setOptions({ failWith: null });
  await at.newData();
  const next = await at.up(properties as ExportState, { deleteObjects: true, triggers: 2 });
  expect(await at.stored()).toEqual([...keysOf(next), at.place()].sort());
  expect((await at.manifestAt()).export.id).toBe(next.exportId);
});

test("what the old manifest points to is removed only after the new one is written", async () => {
  const proxy = await proxyBefore(lab);
  const atRemoval: string[] = [];
  proxy.add({
    match: ({ method, url }) => method === "POST" && url.includes("?delete"),
    times: 1,
    before: async () => atRemoval.push((await at.manifestAt()).export.id),
  });
  const outs = await at.create({ deleteObjects: true });
  await at.newData();
  const next = await at.up(outs, { deleteObjects: true, triggers: 2 });
  expect(atRemoval).toEqual([next.exportId]);
  expect(await at.stored()).toEqual([...keysOf(next), at.place()].sort());
});

test("a manifest that can't be written leaves the export recorded and the old files there; the next up writes it", async () => {
  const outs = await at.create({ deleteObjects: true });
  await at.newData();
  const proxy = await proxyBefore(lab);
  const refused = proxy.add({
    match: ({ method, url }) => method === "PUT" && url.includes("manifest.json"),
    answer: () => ({ status: 403, body: "<Error><Code>AccessDenied</Code><Message>no</Message></Error>" }),
  });
  const error = await failure(at.up(outs, { deleteObjects: true, triggers: 2 }));
  expect(error.message).toBe(
    `[S3 PutObject] "s3://${lab.bucket}/${at.place()}": AccessDenied — the caller needs s3:PutObject on it in the role's policy`,
  );
  const state = error.properties as ExportState;
  expect(state).toMatchObject({
    exportStatus: "success",
    manifestObject: { key: at.place(), etag: await at.etagAt() },
  });
  expect((await at.manifestAt()).export.id).toBe(outs.exportId);
  expect(await at.stored()).toEqual([...keysOf(outs), ...keysOf(state), at.place()].sort());
  refused();
  const seen = await at.refresh(state);
  expect(kindsOf(seen)).toEqual(["manifest-missing"]);
  const repaired = await at.up(seen, { deleteObjects: true, triggers: 2 });
  expect(repaired.exportId).toBe(state.exportId);
  expect(await at.stored()).toEqual([...keysOf(repaired), at.place()].sort());
  expect(await startedBy(lab)).toHaveLength(2);
});

test("the role's session for the manifest may put this one object into the owner's bucket, and nothing else", async () => {
  const proxy = await proxyBefore(lab);
  const policies: unknown[] = [];
  proxy.add({
    match: ({ method, body }) => {
      const form = new URLSearchParams(body);
      if (method === "POST" && form.get("Action") === "AssumeRole") policies.push(JSON.parse(form.get("Policy") ?? ""));
      return false;
    },
  });
  await at.create();
  expect(policies).toHaveLength(2);
  expect(policies[1]).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:PutObject"],
        Resource: `arn:aws:s3:::${lab.bucket}/${at.place()}`,
        Condition: { StringEquals: { "aws:ResourceAccount": lab.roleArn.split(":")[4] } },
      },
    ],
  });
});

test("a write whose answer is lost is found to be done", async () => {
  const proxy = await proxyBefore(lab);
  proxy.add({
    match: ({ method, url }) => method === "PUT" && url.includes("manifest.json"),
    times: 1,
    edit: () => ({ status: 503, body: "<Error><Code>SlowDown</Code><Message>no</Message></Error>" }),
  });
  const outs = await at.create();
  expect(outs.manifestObject?.etag).toBe(await at.etagAt());
});

test("a store without conditional writes is written to after the look", async () => {
  const proxy = await proxyBefore(lab);
  proxy.add({
    match: ({ method, headers }) => method === "PUT" && headers["if-none-match"] === "*",
    answer: () => ({ status: 501, body: "<Error><Code>NotImplemented</Code><Message>no</Message></Error>" }),
  });
  const outs = await at.create();
  expect(outs.manifestObject?.etag).toBe(await at.etagAt());
});

test("the caller's own credentials write it where there is no role, over the one that was seen", async () => {
  const own = { roleArn: undefined, allowLongLivedCredentials: true };
  const outs = await at.create(own);
  await at.newData();
  const proxy = await proxyBefore(lab);
  const conditions: unknown[] = [];
  proxy.add({
    match: ({ method, url }) => method === "PUT" && url.includes("manifest.json"),
    times: 1,
    answer: ({ headers }) => {
      conditions.push(headers["if-match"]);
      return { status: 403, body: "<Error><Code>AccessDenied</Code><Message>no</Message></Error>" };
    },
  });
  const next = await at.up(outs, { ...own, triggers: 2 });
  expect(conditions).toEqual([`"${outs.manifestObject?.etag}"`]);
  expect((await at.manifestAt()).export.id).toBe(next.exportId);
});

test("with deleteObjects destroy removes the manifest, without it the manifest stays with the files", async () => {
  const stays = await at.create();
  await (await lab.process()).delete(stays);
  expect(await at.stored()).toEqual([...keysOf(stays), at.place()].sort());
  await (await lab.process()).delete({ ...stays, deleteObjects: true });
  expect(await at.stored()).toEqual([]);
});

test("destroy leaves what somebody else has put at the manifest's place", async () => {
  const outs = await at.create({ deleteObjects: true });
  await lab.putObject(at.place(), "theirs");
  await (await lab.process()).delete(outs);
  expect(await at.stored()).toEqual([at.place()]);
});

test("destroy removes a manifest whose write was not recorded", async () => {
  const outs = await at.create({ deleteObjects: true });
  await (
    await lab.process()
  ).delete({ ...outs, resourceUrn: urnOf("orders"), manifestObject: { key: at.place() } } as never);
  expect(await at.stored()).toEqual([]);
});

test("a replacement writes over the manifest of what it replaces without reading it, and the deletion leaves it", async () => {
  const old = await at.create({ deleteObjects: true });
  await at.newData();
  const proxy = await proxyBefore(lab);
  proxy.add({
    match: ({ method, url }) => method === "GET" && url.includes("manifest.json?x-id"),
    answer: () => ({ status: 403, body: "<Error><Code>AccessDenied</Code><Message>no</Message></Error>" }),
  });
  const next = at.args({ deleteObjects: true, query: rowsOf("East") });
  const stranger = await failure((await lab.process()).create(next));
  const run = await lab.process();
  expect((await run.diff({ ...old, dataset: "other" }, next)).replaces).toEqual(["dataset"]);
  // The engine checks a replacement once more, as something new.
  expect((await run.check({ ...next, dryRun: true })).failures).toEqual([]);
  const { outs } = await run.create(next);
  await run.delete(old);
  expect(stranger.message).toContain(
    "is there already, and state does not record it, and the caller may not read whose it is (s3:GetObject) — ",
  );
  expect((await at.manifestAt()).export.id).toBe(outs.exportId);
  expect(await at.stored()).toEqual([...keysOf(outs), at.place()].sort());
});

test("the deletion of what is replaced leaves its successor's manifest, even of the same bytes", async () => {
  const first = await at.create({ deleteObjects: true });
  const reused = await at.create({ deleteObjects: true });
  const run = await lab.process();
  const successor = (await run.create(at.args({ deleteObjects: true }))).outs;
  expect(successor.manifestObject).toEqual(reused.manifestObject);
  await run.delete(reused);
  expect(await at.stored()).toEqual([...keysOf(first), at.place()].sort());
});
