import { runSimulation } from "@cloud-copilot/iam-simulate";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { kmsKeyProblem } from "../../provider/aws/kms-key";
import { ExportTargetError, iamLiteral, pathProblem, targetOf } from "../../provider/aws/write-scope";
import {
  SESSION_POLICY_LIMIT,
  sessionPolicy,
  sessionPolicyProblem,
  SessionPolicyTooLong,
} from "../../provider/aws/session-policy";
import { allows } from "./iam-evaluator";

const bucket = "acme-exports";
const arn = (key: string, of = bucket) => `arn:aws:s3:::${of}/${key}`;
const policyFor = (prefix: string) => sessionPolicy({ partition: "aws", bucket, prefix });

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("*", "?", "$", "{", "}", "${", "${*}", "${aws:username}", "$*", "*/*", "\\", '"'),
  },
  { weight: 1, arbitrary: fc.constantFrom("sales", "é", "日本", " ", "%2F", "a+b", ":", "arn:aws:s3:::*") },
);
const path = fc
  .array(piece, { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(""))
  .filter((text) => pathProblem(text) === undefined && [...text].length < 60);

/** A key near the border: inside, beside, above or what the path would match if read as a pattern. */
const nearbyKey = (prefix: string) =>
  fc.oneof(
    fc.constantFrom(
      `${prefix}/export/data.csv.gz`,
      `${prefix}x/data.csv`,
      `x${prefix}/data.csv`,
      `${prefix}`,
      `${prefix.slice(0, -1)}/data.csv`,
      `${prefix.toUpperCase()}/data.csv`,
      `${prefix.split("/")[0]}/other/data.csv`,
      `other/${prefix}/data.csv`,
      "data.csv",
      "",
    ),
    fc
      .tuple(fc.constantFrom("", "x", "jane", "a/b", "/"), fc.constantFrom("x", "/", "é"))
      .map(([many, one]) => `${prefix.replace(/\$\{[^}]*\}|\*/g, many).replace(/\?/g, one)}/data.csv`),
    fc.string({ unit: "grapheme", maxLength: 20 }),
  );
const pathAndKey = path.chain((prefix) => fc.tuple(fc.constant(prefix), nearbyKey(prefix)));

const foreignActions = [
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:DeleteObject",
  "s3:PutObjectAcl",
  "s3:PutObjectTagging",
  "s3:ListBucket",
  "s3:PutBucketPolicy",
  "s3:PutBucketAcl",
  "kms:Decrypt",
  "sts:AssumeRole",
];

test("for random paths the session policy allows a put below the path and no other", () => {
  const verdict = fc.property(pathAndKey, ([prefix, key]) => {
    const inside = key.startsWith(`${prefix}/`);
    expect(allows(policyFor(prefix), { action: "s3:PutObject", resource: arn(key) })).toBe(inside);
    expect(allows(policyFor(prefix), { action: "s3:AbortMultipartUpload", resource: arn(key) })).toBe(inside);
    expect(allows(policyFor(prefix), { action: "s3:PutObject", resource: arn(key, `${bucket}x`) })).toBe(false);
    for (const action of foreignActions) expect(allows(policyFor(prefix), { action, resource: arn(key) })).toBe(false);
  });
  fc.assert(verdict, { numRuns: 3000 });
});

test("an independent simulator of IAM agrees for random paths", async () => {
  // The simulator reads wildcards in the *requested* ARN as a question about many, so those keys are the other test's.
  const plain = pathAndKey.filter(([, key]) => key !== "" && !/[*?$]/.test(key));
  const verdict = fc.asyncProperty(plain, async ([prefix, key]) => {
    const inside = key.startsWith(`${prefix}/`);
    expect(await simulate(policyFor(prefix), "s3:PutObject", arn(key))).toBe(inside ? "Allowed" : "ImplicitlyDenied");
    expect(await simulate(policyFor(prefix), "s3:GetObject", arn(key))).toBe("ImplicitlyDenied");
    expect(await simulate(policyFor(prefix), "s3:PutObject", arn(key, "other"))).toBe("ImplicitlyDenied");
  });
  await fc.assert(verdict, { numRuns: 300 });
});

test("a path as a raw resource would be wider, which is what the evaluators are there to notice", async () => {
  for (const [prefix, key] of [
    ["a*b", "axxb/k"],
    ["a?b", "axb/k"],
    ["${aws:username}", "jane/k"],
  ] as const) {
    const raw = policyFor("plain").replace("plain", () => prefix);
    expect(allows(raw, { action: "s3:PutObject", resource: arn(key) })).toBe(true);
    expect(await simulate(raw, "s3:PutObject", arn(key))).toBe("Allowed");
    expect(allows(policyFor(prefix), { action: "s3:PutObject", resource: arn(key) })).toBe(false);
    expect(await simulate(policyFor(prefix), "s3:PutObject", arn(key))).toBe("ImplicitlyDenied");
  }
});

test("the session policy is minimal JSON", () => {
  expect(policyFor("domo/sales/0123456789ab")).toBe(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:AbortMultipartUpload"],' +
      '"Resource":"arn:aws:s3:::acme-exports/domo/sales/0123456789ab/*"}]}',
  );
});

test("a key adds the two calls of an encrypted multipart upload, through S3 alone", () => {
  const kmsKeyArn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-2222-3333-4444-555555555555";
  const policy = sessionPolicy({ partition: "aws-cn", bucket, prefix: "p", kmsKeyArn, bucketOwner: "123456789012" });
  expect(JSON.parse(policy)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
        Resource: "arn:aws-cn:s3:::acme-exports/p/*",
        Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } },
      },
      {
        Effect: "Allow",
        Action: ["kms:GenerateDataKey", "kms:Decrypt"],
        Resource: kmsKeyArn,
        Condition: { StringLike: { "kms:ViaService": "s3.cn-north-1.*" } },
      },
    ],
  });
});

test("a bucket that has changed hands is out of reach", async () => {
  const policy = sessionPolicy({ partition: "aws", bucket, prefix: "p", bucketOwner: "123456789012" });
  const put = (owner: string) => simulate(policy, "s3:PutObject", arn("p/data.csv"), { "aws:ResourceAccount": owner });
  expect(await put("123456789012")).toBe("Allowed");
  expect(await put("999999999999")).toBe("ImplicitlyDenied");
});

test("the policy is text that STS takes: no character above U+00FF, within the limit", () => {
  const accepted = fc.property(path, (prefix) => {
    const policy = policyFor(prefix);
    expect(policy).toMatch(/^[\u0020-\u007e]*$/);
    expect(policy.length).toBeLessThanOrEqual(SESSION_POLICY_LIMIT);
    const { Statement } = JSON.parse(policy) as { Statement: { Resource: string }[] };
    expect(Statement[0]?.Resource).toBe(arn(`${iamLiteral(prefix)}/*`));
  });
  fc.assert(accepted);
});

test("a policy over the limit is refused before STS sees it", () => {
  expect(() => policyFor("é".repeat(400))).toThrow(new SessionPolicyTooLong(2551));
  expect(new SessionPolicyTooLong(2551).message).toBe(
    "the session policy for this path has 2551 characters, STS accepts 2048; " +
      "shorten path, or use fewer characters outside of plain ASCII in it",
  );
});

test.each([
  ["", 'path "" is the whole bucket; name a folder for exports, such as "domo/sales"'],
  ["/sales", 'path "/sales" starts or ends with a slash; leave it out'],
  ["sales/", 'path "sales/" starts or ends with a slash; leave it out'],
  ["a//b", 'path "a//b" has an empty, "." or ".." component, which HTTP clients rewrite; leave it out'],
  ["a/../b", 'path "a/../b" has an empty, "." or ".." component, which HTTP clients rewrite; leave it out'],
  ["a\nb", 'path "a\\nb" has a control character, which no IAM policy can express; choose a path without it'],
  ["a\ud800", 'path "a\\ud800" is not valid Unicode text; choose a path without half characters'],
])("path %j is refused", (prefix, message) => {
  expect(() => policyFor(prefix)).toThrow(new ExportTargetError("path", message));
});

test.each([
  [
    { bucket: "b/../other" },
    "bucket",
    'bucket "b/../other" is not a bucket name; give the plain name, not a URL or an ARN',
  ],
  [{ bucket: "*" }, "bucket", 'bucket "*" is not a bucket name; give the plain name, not a URL or an ARN'],
  [{ partition: "*" }, "partition", 'partition "*" is not an AWS partition; use "aws", "aws-cn" or "aws-us-gov"'],
  [{ bucketOwner: "*" }, "bucketOwner", 'bucket owner "*" is not an account; give its 12 digits'],
  [
    { kmsKeyArn: "arn:aws:kms:eu-west-3:123456789012:alias/exports" },
    "kmsKeyArn",
    '"arn:aws:kms:eu-west-3:123456789012:alias/exports" is not the ARN of a key in partition "aws"; give "arn:aws:kms:<region>:<account>:key/<id>", as IAM matches neither aliases nor bare ids',
  ],
] as const)("target %j is refused", (part, setting, message) => {
  const target = { partition: "aws", bucket, prefix: "p", ...part };
  expect(() => sessionPolicy(target)).toThrow(new ExportTargetError(setting, message));
});

const roleArn = "arn:aws:iam::123456789012:role/export";
const problemOf = (inputs: object) =>
  sessionPolicyProblem({ bucket, path: "domo/sales", roleArn, ...inputs }, { digestLength: 32 });

test("what STS can't take is found from the arguments alone", () => {
  expect(problemOf({})).toBeUndefined();
  const reason = new SessionPolicyTooLong(2052).message;
  expect(problemOf({ path: "ü".repeat(300) })).toEqual({ property: "path", reason });
  expect(problemOf({ path: "ü".repeat(300), roleArn: undefined })).toBeUndefined();
});

test("the longest path that the check lets pass makes a policy within the limit, and one more character does not", () => {
  const longest = Array.from({ length: 900 }, (_, length) => "ü".repeat(length + 1))
    .filter((path) => !problemOf({ path }))
    .at(-1);
  const made = (path: string) =>
    sessionPolicy({ partition: "aws", bucket, prefix: `${path}/${"a".repeat(32)}`, bucketOwner: "123456789012" });
  expect(made(longest ?? "").length).toBeLessThanOrEqual(SESSION_POLICY_LIMIT);
  expect(() => made(`${longest}ü`)).toThrow(SessionPolicyTooLong);
});

test("a path of the greatest length that is allowed still takes the definition's digest", () => {
  const path = `${"domo/".repeat(179)}sales`;
  expect(Buffer.byteLength(path)).toBe(900);
  expect(pathProblem(path)).toBeUndefined();
  expect(pathProblem(`${path}s`)).toContain("path of 901 bytes is too long; keep it to 900");
  expect(problemOf({ path })).toBeUndefined();
});

test("a policy that no packing can make fit is told", () => {
  const random = (length: number) =>
    Array.from(
      { length },
      (_, at) =>
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-_="[
          createHash("sha1").update(String(at)).digest()[0]! % 66
        ],
    ).join("");
  expect(problemOf({ path: random(700) })).toEqual({
    property: "path",
    reason: expect.stringMatching(
      /^path has 5\d\d bytes even when packed, and STS has room for about 450 in a session policy; shorten path$/,
    ) as string,
  });
  expect(problemOf({ path: random(500) })).toBeUndefined();
  expect(problemOf({ path: "domo/".repeat(170) + "x" })).toBeUndefined();
});

test.each([
  ["alias/exports", "is an alias, which an IAM policy can't name; give the ARN of the key that it stands for, "],
  [
    "arn:aws:kms:eu-west-3:123456789012:alias/exports",
    "is an alias, which an IAM policy can't name; give the ARN of the key that it stands for, ",
  ],
  ["key/x", "is neither the ARN nor the id of a KMS key; give "],
  ["arn:aws:s3:::bucket", "is neither the ARN nor the id of a KMS key; give "],
])("kmsKeyId %s is told", (kmsKeyId, reason) => {
  const message = `kmsKeyId "${kmsKeyId}" ${reason}"arn:aws:kms:<region>:<account>:key/<id>"`;
  expect(kmsKeyProblem({ kmsKeyId, roleArn })).toBe(message);
  expect(problemOf({ kmsKeyId })).toEqual({ property: "kmsKeyId", reason: message });
  expect(kmsKeyProblem({ kmsKeyId })).toBeUndefined();
});

test("a key of another partition is told, and a key's id or ARN is fine", () => {
  const id = "1a2b3c4d-1111-2222-3333-444455556666";
  const arnIn = (partition: string) => `arn:${partition}:kms:cn-north-1:123456789012:key/${id}`;
  expect(kmsKeyProblem({ kmsKeyId: arnIn("aws-cn"), roleArn })).toBe(
    `kmsKeyId "${arnIn("aws-cn")}" is in partition "aws-cn" and the role in "aws"; give a key of the role's partition`,
  );
  for (const kmsKeyId of [undefined, id, `mrk-${id}`, arnIn("aws")]) expect(problemOf({ kmsKeyId })).toBeUndefined();
});

test("a target is made of the arguments: role's account and partition, and the key's id completed", () => {
  const inputs = { bucket, roleArn: "arn:aws-cn:iam::123456789012:role/export", kmsKeyId: "k-1" };
  expect(targetOf(inputs, { region: "cn-north-1", keyPrefix: "p/d" })).toEqual({
    partition: "aws-cn",
    bucket,
    prefix: "p/d",
    kmsKeyArn: "arn:aws-cn:kms:cn-north-1:123456789012:key/k-1",
    bucketOwner: "123456789012",
  });
  const declared = targetOf(
    { ...inputs, expectedBucketOwner: "999999999999" },
    { region: "cn-north-1", keyPrefix: "p/d" },
  );
  expect(declared.bucketOwner).toBe("999999999999");
});

async function simulate(policy: string, action: string, resource: string, contextVariables = {}): Promise<string> {
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const answer = await runSimulation(
    {
      request: {
        principal: "arn:aws:sts::123456789012:assumed-role/export/domo",
        action,
        resource: { resource, accountId: "123456789012" },
        contextVariables: { "aws:username": "jane", ...contextVariables },
      },
      sessionPolicy: JSON.parse(policy) as unknown,
      identityPolicies: [{ name: "role", policy: everything }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === "error") throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult;
}
