import { expect, test } from "vitest";
import { bucketOpenings } from "../../provider/audience/bucket-exposures";

const context = { bucket: "exports", partition: "aws", ownAccounts: ["123456789012"], prefix: "domo/sales" };
const accept = 'or give the reason for this audience as acceptBucketAudience: "…"';
const shut = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

test.each([
  "",
  "{",
  "[]",
  '{"Statement":[{"Effect":"Perhaps"}]}',
  '{"Statement":[{"Effect":"Allow","Principals":"*"}]}',
])("a policy that can't be understood (%j) is refused, whatever the block says", (policy) => {
  const message = `bucket "exports" has a policy that can't be understood, so its audience is unknown; correct the policy, ${accept}`;
  const facts = { policy, policyIsPublic: true, publicAccessBlock: shut, grants: [], website: false };
  expect(bucketOpenings(facts, context)).toEqual([{ kind: "unclear", evidence: policy, message }]);
});

test("S3's verdict that a policy is public holds, even where no statement explains it or the policy can't be read", () => {
  const message = `bucket "exports" is open to everyone: S3 calls its policy public; switch on RestrictPublicBuckets of its public access block, ${accept}`;
  const harmless = '{"Statement":[]}';
  for (const policy of [harmless, undefined]) {
    const facts = { policy, policyIsPublic: true, grants: [], website: false };
    const evidence = policy ?? "policy status";
    expect(bucketOpenings(facts, context)).toEqual([{ kind: "everyone", evidence, message }]);
    expect(bucketOpenings({ ...facts, publicAccessBlock: shut }, context)).toEqual([]);
  }
});

test("a policy that is public for other keys alone does not concern the exports", () => {
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::exports/public/*",
  };
  const facts = { policy: JSON.stringify({ Statement: statement }), policyIsPublic: true, grants: [], website: false };
  expect(bucketOpenings(facts, context)).toEqual([]);
  expect(bucketOpenings(facts, { ...context, prefix: undefined })).toMatchObject([
    { kind: "everyone", message: expect.stringContaining("statement number 1 of its policy allows") as string },
  ]);
});

test("a statement for several is told with all of them, under the widest", () => {
  const statement = { Effect: "Allow", Principal: { AWS: ["999999999999", "*"] }, Action: "s3:*", Resource: "*" };
  const facts = { policy: JSON.stringify({ Statement: [statement] }), grants: [], website: false };
  expect(bucketOpenings(facts, context)).toMatchObject([
    { kind: "everyone", message: expect.stringContaining('allows s3:* to "999999999999", "*"; ') as string },
  ]);
});
