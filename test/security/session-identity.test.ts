import fc from "fast-check";
import { expect, test } from "vitest";
import { refusesSessionTags, sessionIdentity, sessionSeconds } from "../../provider/aws/session-identity";

const dataset = "b3f0e1f2-0000-4000-8000-123456789012";
const text = fc.string({ unit: "binary", maxLength: 300 });
const subject = fc.record({ stack: text, resource: text, dataset: text });

test("a session is named after stack, resource and dataset", () => {
  expect(sessionIdentity({ stack: "dev", resource: "sales", dataset }).name).toBe(`domo.dev.sales.${dataset}`);
});

test("a name that STS would refuse is cleaned, cut and told apart by a digest", () => {
  const name = sessionIdentity({ stack: "acme/dev", resource: "été-".repeat(20), dataset }).name;
  expect(name).toMatch(/^domo\.acme-dev\.-t---t-[A-Za-z0-9.-]*-[0-9a-f]{8}$/);
  expect(name).toHaveLength(64);
  expect(sessionIdentity({ stack: "acme/dev", resource: "été-".repeat(21), dataset }).name).not.toBe(name);
  expect(sessionIdentity({ stack: "acme-dev", resource: "a", dataset: "d" }).name).not.toBe(
    sessionIdentity({ stack: "acme/dev", resource: "a", dataset: "d" }).name,
  );
});

test("every name and tag is of STS's form", () => {
  const form = fc.property(subject, (any) => {
    expect(sessionIdentity(any).name).toMatch(/^[A-Za-z0-9_+=,.@-]{2,64}$/);
    for (const { Key, Value } of sessionIdentity(any).tags) {
      expect(Key).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u);
      expect(Value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
    }
  });
  fc.assert(form);
});

test("the tags carry stack, resource and dataset under names of their own", () => {
  expect(sessionIdentity({ stack: "acme/shop/dev", resource: "sales (eu)", dataset }).tags).toEqual([
    { Key: "domo-export/stack", Value: "acme/shop/dev" },
    { Key: "domo-export/resource", Value: "sales -eu-" },
    { Key: "domo-export/dataset", Value: dataset },
  ]);
});

test.each([
  [
    "AccessDenied",
    "not authorized to perform: sts:TagSession on r",
    "the role's trust policy does not allow sts:TagSession",
  ],
  ["PackedPolicyTooLarge", "", "session policy and session tags together are too long for STS"],
  ["PackedPolicyTooLargeException", "", "session policy and session tags together are too long for STS"],
  ["AccessDenied", "not authorized to perform: sts:AssumeRole on r", undefined],
  ["Throttling", "sts:TagSession", undefined],
] as const)("%s (%s) is a refusal of the tags: %s", (name, message, reason) => {
  expect(refusesSessionTags(Object.assign(new Error(message), { name }))).toBe(reason);
  expect(refusesSessionTags({ name, message })).toBeUndefined();
});

test.each([
  [1, 900],
  [839, 900],
  [900, 960],
  [1800.2, 1861],
  [3600, 3600],
])("a timeout of %d s asks for credentials of %d s", (timeout, seconds) => {
  expect(sessionSeconds(timeout)).toEqual({ seconds });
});

test("a timeout beyond an hour is told", () => {
  expect(sessionSeconds(7200)).toEqual({
    seconds: 3600,
    warning:
      "timeoutSeconds is 7200 s, but the credentials handed to Domo end after 3600 s: an export that starts to write later " +
      "than that will fail; narrow the query, or export when Domo is less busy",
  });
});
