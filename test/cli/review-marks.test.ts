import { expect, test } from "vitest";
import { compareExports } from "../../cli/review/compare";
import { describeExports, type ReviewedExport } from "../../cli/review/describe-export";
import { renderMarkdown } from "../../cli/review/markdown";
import { renderTerminal } from "../../cli/review/terminal";
import { waysOut } from "../../cli/review/ways-out";
import { paintWith } from "../../cli/colors";
import type { Report } from "../../cli/review/report";
import { declared, described, minimal, secret, unknown, urnOf } from "../support/declared";

const marks = async (...args: Parameters<typeof described>) => (await described(...args)).marks;

test("a bucket and a role that the same program makes are the usual layout: a quiet word, no alarm", async () => {
  const comesFrom = {
    bucket: [urnOf("aws:s3/bucket:Bucket", "exports")],
    region: [urnOf("aws:s3/bucket:Bucket", "exports")],
    kmsKeyId: [urnOf("aws:kms/key:Key", "exports")],
    roleArn: [urnOf("aws:iam/role:Role", "exports"), urnOf("aws:iam/rolePolicy:RolePolicy", "exports")],
  };
  const args = { bucket: unknown, region: unknown, kmsKeyId: unknown, roleArn: unknown };
  expect(await marks(args, { comesFrom })).toEqual(["no-row-filter", "made-here"]);
});

test.each([
  ["a bucket of no resource", { bucket: unknown }, {}],
  ["a bucket that a command finds", { bucket: unknown }, { bucket: [urnOf("command:local:Command", "find")] }],
  [
    "a bucket of a bucket and a command",
    { bucket: unknown },
    { bucket: [urnOf("aws:s3/bucket:Bucket", "a"), urnOf("command:local:Command", "b")] },
  ],
  ["a secret bucket", { bucket: secret("acme-exports") }, { bucket: [urnOf("aws:s3/bucket:Bucket", "a")] }],
  ["a path of a bucket", { path: unknown }, { path: [urnOf("aws:s3/bucket:Bucket", "a")] }],
  ["a dataset", { dataset: unknown }, {}],
  ["a role of a bucket", { roleArn: unknown }, { roleArn: [urnOf("aws:s3/bucket:Bucket", "a")] }],
  ["the bucket's owner", { expectedBucketOwner: unknown }, {}],
  ["the query", { query: unknown }, {}],
  [
    "a value of the query",
    {
      query: {
        ...minimal.query,
        where: { kind: "compare", operator: "eq", left: { kind: "column", name: "a" }, right: unknown },
      },
    },
    {},
  ],
])("%s that is not known is unusual", async (_, args, comesFrom) => {
  expect(await marks(args as Record<string, unknown>, { comesFrom })).toContain("not-all-known");
});

test("what is not known about the own keys counts as the worse", async () => {
  const without = (args: object) => described({ roleArn: undefined, ...args });
  expect(await without({ allowLongLivedCredentials: true })).toMatchObject({
    marks: ["no-row-filter", "own-keys"],
    access: { ownKeys: "yes" },
  });
  expect(await without({ allowLongLivedCredentials: unknown })).toMatchObject({
    marks: ["no-row-filter", "own-keys", "not-all-known"],
    access: { ownKeys: "not known" },
  });
  expect(await without({ allowLongLivedCredentials: secret(true) })).toMatchObject({
    marks: ["no-row-filter", "own-keys", "not-all-known"],
  });
  expect(await marks({ roleArn: unknown, allowLongLivedCredentials: true })).toContain("own-keys");
  expect(await marks({ allowLongLivedCredentials: true })).toEqual(["no-row-filter"]);
  expect(await marks({ roleArn: unknown })).not.toContain("own-keys");
});

test.each([["preflight"], ["acknowledgeUnrestricted"], ["acceptBucketAudience"]])(
  "%s that is not known, or secret, counts as switched off, and is marked: another reason reads alike",
  async (argument) => {
    for (const value of [unknown, secret("warn")])
      expect(await marks({ [argument]: value })).toEqual(["no-row-filter", "open-audience", "not-all-known"]);
  },
);

const findings = async (before: Record<string, unknown>, after: Record<string, unknown>) =>
  compareExports([await described(before)], [await described(after)]).changes.flatMap(({ findings }) => findings);

test.each([
  ["bucket", "acme-exports", "acme-other"],
  ["path", "exports", "other"],
  ["region", undefined, "eu-west-3"],
  ["kmsKeyId", "key", undefined],
  ["roleArn", minimal.roleArn, "arn:aws:iam::000000000043:role/export"],
  ["externalId", "one", "two"],
  ["expectedBucketOwner", "111111111111", "222222222222"],
  ["expectedBucketOwner", "111111111111", undefined],
  ["expectedBucketOwner", undefined, "222222222222"],
  ["bucket", "acme-exports", unknown],
  ["bucket", unknown, "acme-exports"],
  ["allowLongLivedCredentials", unknown, true],
])("%s: %s → %s is a new destination", async (argument, before, after) => {
  const role = argument === "allowLongLivedCredentials" ? { roleArn: undefined } : {};
  const found = await findings({ ...role, [argument]: before }, { ...role, [argument]: after });
  expect(found.map(({ mark, rules }) => ({ mark, rules }))).toEqual([
    { mark: "new-destination", rules: ["new-destination"] },
  ]);
});

test("another source identity is a change, though of no rule", async () => {
  expect(await findings({ sourceIdentity: "jane" }, { sourceIdentity: "john" })).toEqual([
    { mark: "other", subject: "sourceIdentity", text: "jane → john", rules: [] },
  ]);
});

test("a secret that changed is undecided, though both versions read alike, and is shown nowhere", async () => {
  const filter = (value: unknown) => ({
    query: {
      ...minimal.query,
      where: { kind: "compare", operator: "eq", left: { kind: "column", name: "a" }, right: { kind: "text", value } },
    },
  });
  expect(await findings(filter(secret("hunter2")), filter(secret("hunter2")))).toEqual([]);
  expect(await findings(filter(secret("hunter2")), filter(secret("hunter3")))).toEqual([
    {
      mark: "undecided",
      subject: "query",
      text: "a secret in it changed; it can't be shown",
      rules: ["new-columns", "wider-filter"],
    },
  ]);
  expect(await findings({ bucket: secret("hunter2") }, { bucket: secret("hunter3") })).toMatchObject([
    { mark: "undecided", rules: ["new-destination"] },
  ]);
});

test("no argument that is a secret is printed, in any format, right or wrong, and its change neither", async () => {
  const names = [
    ...["dataset", "query", "bucket", "path", "region", "roleArn", "externalId", "sourceIdentity", "kmsKeyId", "adopt"],
    ...["allowLongLivedCredentials", "timeoutSeconds", "includeBom", "useCache", "triggers", "deleteObjects", "verify"],
    ...["onNewData", "preflight", "expectedBucketOwner", "acceptBucketAudience", "acknowledgeUnrestricted"],
  ];
  const node = (name: string, value: unknown) => ({
    query: {
      kind: "select",
      columns: [
        { kind: "column", name: name === "name" ? value : "Region" },
        { kind: "count", column: { kind: "column", name: "x" }, distinct: name === "distinct" ? value : false },
      ],
      where: {
        kind: "in",
        left: { kind: "column", name: "a" },
        not: name === "not" ? value : false,
        values: [{ kind: "text", value: name === "value" ? value : "West" }],
      },
      limit: name === "limit" ? value : 5,
    },
  });
  const parts = ["name", "value", "not", "distinct", "limit"];
  const all = (text: string): Record<string, unknown>[] => [
    ...names.map((name) => ({ [name]: secret(`${text} ${name}`) })),
    ...parts.map((name) => node(name, secret(`${text} ${name}`))),
    { query: { kind: "sql", text: secret(`SELECT ${text} FROM dataset`) } },
    { query: { columns: [{ exprType: "COLUMN", column: secret(text) }] } },
    { triggers: { deep: [secret(text)] } },
    Object.fromEntries(names.map((name) => [name, secret(text)])),
  ];
  const review = (text: string): Promise<ReviewedExport[]> =>
    describeExports(
      all(text).map((args, index) =>
        declared(args, { name: `e${index}`, urn: urnOf("pulumi-nodejs:dynamic/domo:S3Export", `e${index}`) }),
      ),
      { root: "/", secretKeys: [] },
    );
  const [before, after] = [await review("hunter2"), await review("hunter3")];
  const comparison = { findings: [], ...compareExports(before, after) };
  expect(comparison.unchanged).toBe(0);
  const report = {
    version: 1,
    project: "shop",
    base: { ref: "main", commit: "0" },
    differences: [],
    stacks: [
      {
        stack: "dev",
        domo: { settings: { value: "https://acme.domo.com" } },
        alsoDeclares: [],
        notes: [],
        exports: after.map(({ query: _q, secrets: _s, ...shown }) => shown),
        comparison,
      },
    ],
    notes: [],
  } satisfies Report;
  for (const text of [
    renderMarkdown(report),
    JSON.stringify(report),
    renderTerminal(report, { paint: paintWith(true), width: 80 }),
  ]) {
    expect(text).toContain("e21");
    expect(text).not.toContain("hunter");
  }
});

test("other ways out of the program are listed, and what keeps a bucket closed is not", () => {
  const of = (type: string, inputs: Record<string, unknown> = {}) => ({ ...declared({}), type, name: "x", inputs });
  const closed = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  };
  const listed = [
    of("pulumi-nodejs:dynamic:Resource"),
    of("pulumi-nodejs:dynamic/other:Thing"),
    of("command:local:Command"),
    of("command:remote:CopyToRemote"),
    of("aws:s3/bucketReplicationConfig:BucketReplicationConfig"),
    of("aws:s3/bucketPolicy:BucketPolicy"),
    of("aws:s3/bucketNotification:BucketNotification"),
    of("aws:s3/bucketObjectv2:BucketObjectv2"),
    of("aws:s3/objectCopy:ObjectCopy"),
    of("aws:s3/bucket:Bucket", { acl: "public-read" }),
    of("aws:s3/bucket:Bucket", { replicationConfiguration: {} }),
    of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { ...closed, blockPublicPolicy: false }),
    of("aws:lambda/function:Function"),
    of("aws:datasync/task:Task"),
  ];
  const quiet = [
    declared({}),
    of("pulumi:pulumi:Stack"),
    of("aws:s3/bucket:Bucket"),
    of("aws:s3/bucket:Bucket", { acl: "private" }),
    of("aws:s3/bucketVersioning:BucketVersioning"),
    of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", closed),
    of("aws:iam/role:Role"),
  ];
  expect(waysOut([...listed, ...quiet], "/root").map(({ type }) => type)).toEqual(
    listed.map(({ type }) => type).sort(),
  );
});

test("an export of the plugin is reviewed as one of the dynamic resource, SQL text included, and so is its own Domo address", async () => {
  const plugin = { type: "domo:index:S3Export", urn: urnOf("domo:index:S3Export", "orders") };
  const { query: _query, ...rest } = minimal;
  const sql = { ...rest, sql: `SELECT "Region" FROM dataset WHERE "Region" = 'West'` };
  const provider = (name: string, inputs: Record<string, unknown>) => ({
    ...declared({}, { name, urn: urnOf("pulumi:providers:domo", name), type: "pulumi:providers:domo" }),
    inputs,
  });
  const of = async (inputs: Record<string, unknown>, own?: Record<string, unknown>) => {
    const given = own ? { provider: provider("other", own).urn } : {};
    const resources = [declared({}, { ...plugin, ...given, inputs }), ...(own ? [provider("other", own)] : [])];
    return (await describeExports(resources, { root: "/", secretKeys: [] }))[0]!;
  };
  expect(await of(sql)).toMatchObject({ rowFilter: [`"Region" = 'West'`], marks: [], faults: [] });
  expect((await of(sql)).domo).toBeUndefined();
  expect(await of(minimal)).toMatchObject({ columns: ['"Region"'], faults: [] });
  expect(await of({ ...rest, sql: secret("SELECT x FROM dataset") })).toMatchObject({ marks: ["not-all-known"] });
  expect(await of({ ...rest, sql: unknown })).toMatchObject({ marks: ["not-all-known"] });

  expect((await of(sql, { instance: "other" })).domo).toEqual({ value: "https://other.domo.com" });
  expect(await of(sql, { instance: unknown })).toMatchObject({ marks: ["not-all-known"] });
  expect(await of(sql, { instance: "evil.example" })).toMatchObject({ faults: [{ argument: "provider" }] });
  const { changes } = compareExports([await of(sql)], [await of(sql, { baseUrl: "https://evil.example" })]);
  expect(changes[0]?.findings).toMatchObject([{ mark: "new-destination", subject: "none → https://evil.example" }]);
});
