import fc from "fast-check";
import { expect, test } from "vitest";
import { acceptedBefore, exposureId } from "../../provider/audience/acceptance";
import { type BucketFacts, bucketExposures } from "../../provider/audience/bucket-exposures";
import type { Exposure } from "../../provider/audience/exposure";
import { type AudienceTerms, encryptionProblem, judgeAudience, notAccepted } from "../../provider/audience/judge";
import { accept, foreign, own, policyOf, statement } from "./bucket-statements";

const context = { bucket: "B", ownAccounts: [own], prefix: "domo/sales" };
const open = (facts: Partial<BucketFacts>) => bucketExposures({ grants: [], website: false, ...facts }, context);
const ofPolicy = (...statements: object[]) => open({ policy: policyOf(...statements) });

const auditor = statement({ Sid: "Auditor", Principal: { AWS: `arn:aws:iam::${foreign}:root` } });
const everyone = statement({ Sid: "Everyone", Principal: "*" });
const reason = "SEC-7: the auditor reads these exports";
const judge = (exposures: readonly Exposure[], terms: Partial<AudienceTerms> = {}, unreadable = [] as object[]) =>
  judgeAudience({ bucket: "B", exposures, unreadable: unreadable as never }, { preflight: "strict", ...terms });

const auditorFact = `bucket "B" is open to another account: statement "Auditor" of its policy allows s3:GetObject to "arn:aws:iam::${foreign}:root"`;
const everyoneFact = 'bucket "B" is open to everyone: statement "Everyone" of its policy allows s3:GetObject to "*"';
const confine = "remove the statement, confine it with StringEquals on aws:PrincipalAccount to accounts of yours";
const renew = "or accept this too by changing the text of acceptBucketAudience, which was given before this was open";

test("a closed bucket is allowed, with nothing to say and nothing accepted", () => {
  expect(judge([])).toEqual({ kind: "allowed", warnings: [], accepted: undefined });
});

test("an open bucket is refused without a reason", () => {
  expect(judge(ofPolicy(auditor))).toEqual({ kind: "refused", fact: auditorFact, advice: `${confine}, ${accept}` });
});

test("a reason accepts what is found when it is given, and says so", () => {
  const found = ofPolicy(auditor);
  expect(judge(found, { acceptBucketAudience: reason })).toEqual({
    kind: "allowed",
    warnings: [`accepted by acceptBucketAudience: ${auditorFact}`],
    accepted: found.map(exposureId),
  });
  expect(judge([], { acceptBucketAudience: reason })).toEqual({ kind: "allowed", warnings: [], accepted: [] });
});

test("a reason given for an auditor does not cover a bucket that is public later", () => {
  const accepted = ofPolicy(auditor).map(exposureId);
  const terms = { acceptBucketAudience: reason, accepted };
  expect(judge(ofPolicy(auditor), terms)).toMatchObject({ kind: "allowed", accepted });
  expect(judge(ofPolicy(auditor, everyone), terms)).toEqual({
    kind: "refused",
    fact: everyoneFact,
    advice: `${confine}, ${renew}`,
  });
  expect(judge([], terms)).toEqual({ kind: "allowed", warnings: [], accepted });
});

test("a reason given while nothing was open covers nothing", () => {
  expect(judge(ofPolicy(auditor), { acceptBucketAudience: reason, accepted: [] })).toMatchObject({ kind: "refused" });
});

test("what was accepted counts for nothing once the reason is gone", () => {
  const accepted = ofPolicy(auditor).map(exposureId);
  expect(judge(ofPolicy(auditor), { accepted })).toEqual({
    kind: "refused",
    fact: auditorFact,
    advice: `${confine}, ${accept}`,
  });
  expect(judge([], { accepted })).toEqual({ kind: "allowed", warnings: [], accepted: undefined });
});

test("a foreign owner is never accepted", () => {
  const found = open({ notOwnedBy: own });
  const fact = `bucket "B" does not belong to account ${own}`;
  const advice = "correct bucket, or set expectedBucketOwner to the account that owns it";
  for (const accepted of [undefined, found.map(exposureId)])
    expect(judge(found, { acceptBucketAudience: reason, accepted })).toEqual({ kind: "refused", fact, advice });
  expect(notAccepted(found, found.map(exposureId))).toEqual(found);
});

test("settings that can't be read are refused, or said with preflight: warn", () => {
  const unreadable = [
    { setting: "policy", action: "s3:GetBucketPolicy", code: "AccessDenied" },
    { setting: "ACL", action: "s3:GetBucketAcl", code: "AccessDenied" },
  ];
  const said = `the audience of bucket "B" can't be checked: the caller lacks s3:GetBucketPolicy (policy), s3:GetBucketAcl (ACL)`;
  expect(judge([], {}, unreadable)).toEqual({
    kind: "refused",
    fact: said,
    advice: 'grant the actions, or set preflight: "warn" to go on without this check',
  });
  const warned = `${said}; going on because preflight is "warn"`;
  expect(judge([], { preflight: "warn" }, unreadable)).toEqual({
    kind: "allowed",
    warnings: [warned],
    accepted: undefined,
  });
  const terms = { preflight: "warn", acceptBucketAudience: reason } as const;
  expect(judge(ofPolicy(auditor), terms, unreadable)).toMatchObject({
    kind: "allowed",
    warnings: [`accepted by acceptBucketAudience: ${auditorFact}`, warned],
    accepted: ofPolicy(auditor).map(exposureId),
  });
  expect(judge(ofPolicy(auditor), { preflight: "warn" }, unreadable)).toMatchObject({ kind: "refused" });
});

test("an unchanged reason is bound to what state recorded, a new or changed one to what is found", () => {
  const state = { acceptBucketAudience: reason, acceptedExposures: ["account:1"] };
  expect(acceptedBefore(state, { acceptBucketAudience: reason })).toEqual(["account:1"]);
  expect(acceptedBefore(state, { acceptBucketAudience: `${reason}, and the regulator` })).toBeUndefined();
  expect(acceptedBefore({ acceptedExposures: ["account:1"] }, { acceptBucketAudience: reason })).toBeUndefined();
  expect(acceptedBefore(undefined, { acceptBucketAudience: reason })).toBeUndefined();
  expect(acceptedBefore({ acceptBucketAudience: reason }, { acceptBucketAudience: reason })).toBeUndefined();
});

test("an exposure stays the same however S3 orders its lists, and differs in everything else", () => {
  const idOf = (rest: object, ownAccounts = [own]) => {
    const facts = { policy: policyOf(statement(rest)), grants: [], website: false };
    return bucketExposures(facts, { ...context, ownAccounts })
      .map(exposureId)
      .join();
  };
  const base = { Principal: { AWS: [foreign, own, "888888888888"] }, Action: ["s3:GetObject", "s3:ListBucket"] };
  const same = { Principal: { AWS: ["888888888888", foreign, own] }, Action: ["s3:ListBucket", "s3:GetObject"] };
  expect(idOf(base)).toMatch(/^account:[0-9a-f]{32}$/);
  expect(idOf(same)).toBe(idOf(base));
  expect(idOf({ Principal: { AWS: [foreign] }, Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::B/*"] })).toBe(
    idOf({ Action: "s3:GetObject", Resource: "arn:aws:s3:::B/*", Principal: { AWS: foreign } }),
  );
  const others = [
    { ...base, Action: ["s3:GetObject"] },
    { ...base, Action: ["s3:GetObject", "s3:PutObject"] },
    { ...base, Resource: "arn:aws:s3:::B/domo/*" },
    { ...base, Principal: { AWS: [foreign, own] } },
    { ...base, Principal: "*" },
    { ...base, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
  ];
  expect(new Set([base, ...others].map((rest) => idOf(rest))).size).toBe(others.length + 1);
  // The same statement lets in one more outsider once an account is no longer an own one.
  expect(idOf(base, [own, foreign])).not.toBe(idOf(base));
});

test("an exposure is the same whatever the order of its evidence's keys, and evidence that is no object counts as it is", () => {
  const idOf = (evidence: string) => exposureId({ kind: "unclear", evidence, fact: "", advice: "" });
  expect(idOf('{"a":{"c":1,"b":[2,null]},"d":3}')).toBe(idOf('{"d":3,"a":{"b":[null,2],"c":1}}'));
  const all = ['{"a":1}', '{"a":2}', '{"b":1}', '{"a":null}', '{"a":{}}', "null", "", "{", "website configuration"];
  expect(new Set(all.map(idOf)).size).toBe(all.length);
});

test("what includes a foreign owner can't be accepted", () => {
  const found = [...open({ notOwnedBy: own }), ...ofPolicy(auditor)];
  const advice = `correct bucket, or set expectedBucketOwner to the account that owns it; ${confine}`;
  expect(judge(found)).toMatchObject({ kind: "refused", advice });
  expect(judge(found, { acceptBucketAudience: reason })).toMatchObject({ kind: "refused" });
});

test("whatever is open, exactly what was not accepted is refused", () => {
  const some = fc.subarray([foreign, "888888888888", "777777777777", "*"]);
  const verdict = fc.property(some, some, (before, now) => {
    const found = (accounts: string[]) =>
      ofPolicy(...accounts.map((AWS) => statement({ Sid: AWS, Principal: { AWS } })));
    const terms = { acceptBucketAudience: reason, accepted: found(before).map(exposureId) };
    const fresh = now.filter((account) => !before.includes(account));
    const judged = judge(found(now), terms);
    expect(judged.kind).toBe(fresh.length === 0 ? "allowed" : "refused");
    const fact = judged.kind === "refused" ? judged.fact : "";
    for (const account of now) expect(fact.includes(`statement "${account}"`)).toBe(fresh.includes(account));
  });
  fc.assert(verdict, { numRuns: 200 });
});

test("rows with policies need encryption: the bucket's own, or a key of the export", () => {
  const bare = { unreadable: [] };
  const needs = { rowPolicies: true };
  const refusal = {
    fact: 'bucket "B" has no default encryption, which a dataset with row policies needs',
    advice: "set the bucket's server-side encryption, or give kmsKeyId",
  };
  expect(encryptionProblem("B", bare, needs)).toEqual(refusal);
  expect(encryptionProblem("B", bare, { rowPolicies: false })).toBeUndefined();
  expect(encryptionProblem("B", bare, { ...needs, kmsKeyId: "k-1" })).toBeUndefined();
  expect(encryptionProblem("B", { ...bare, encryption: { algorithm: "AES256" } }, needs)).toBeUndefined();
  const refused = (setting: string) => ({ unreadable: [{ setting, action: "a", code: "AccessDenied" }] });
  expect(encryptionProblem("B", refused("default encryption"), needs)).toBeUndefined();
  expect(encryptionProblem("B", refused("policy"), needs)).toEqual(refusal);
});
