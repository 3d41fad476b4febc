import fc from "fast-check";
import { expect, test } from "vitest";
import { createSecretGuard, type SecretGuard } from "../../provider/domo/hide-secrets";
import { spellings } from "../support/secrets";

const FIELDS = ["awsAccessKey", "awsAccessSecret", "sessionToken", "x-domo-developer-token"];
function guardOf(...secrets: string[]): SecretGuard {
  const guard = createSecretGuard(FIELDS);
  guard.remember(...secrets);
  return guard;
}

/** Ways to write a text that Domo, or what stands in front of it, may go on to quote. */
const escapes: ((text: string) => string)[] = [
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => text.replaceAll("/", "\\/"),
  (text) => text.replace(/[^A-Za-z]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
  encodeURIComponent,
  (text) =>
    encodeURIComponent(text)
      .toLowerCase()
      .replace(/[a-z]/gi, (_, at: number) => encodeURIComponent(text)[at]!),
  (text) => new URLSearchParams({ s: text }).toString().slice(2),
  (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
  (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
];

const printable = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
const secretText = fc
  .array(printable, { minLength: 2, maxLength: 8 })
  .map((parts) => parts.join(""))
  .filter((text) => text.length >= 12);
const chain = fc.array(fc.constantFrom(...escapes), { maxLength: 3 });

test("a secret is found however often it was escaped, and whatever stands around it", () => {
  fc.assert(
    fc.property(secretText, chain, printable, printable, (secret, steps, before, after) => {
      const written = steps.reduce((text, step) => step(text), secret);
      const shown = guardOf(secret).hide(`${before} ${written} ${after}`) as string;
      expect(shown).not.toContain(written);
      expect([...spellings(secret).values()].slice(0, 5).filter((spelling) => shown.includes(spelling))).toEqual([]);
      expect(shown).toContain("(hidden)");
      expect(shown.startsWith(before.slice(0, 1))).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test("a quote that was cut short shows fewer than eight characters of the secret", () => {
  fc.assert(
    fc.property(secretText, fc.integer({ min: 8, max: 40 }), (secret, length) => {
      const shown = guardOf(secret).hide(`can't read ${secret.slice(0, length)}…`) as string;
      expect(shown).not.toContain(secret.slice(0, 8));
    }),
    { numRuns: 1_000 },
  );
});

test("texts without a secret stay as they are", () => {
  const guard = guardOf("lab-developer-token", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(guard.hide(value)).toEqual(value);
    }),
    { numRuns: 1_000 },
  );
  for (const text of [
    "https://b.s3.eu-west-3.amazonaws.com/exports/a%20b%2Bc/data.csv.gz",
    "s3://bucket/exports/0a1b2c3d/export/data.csv.gz",
    "awsAccessKey: must not be empty",
    "The request signature we calculated does not match",
    "100% of R&D \\ Überlänge",
  ])
    expect(guard.hide(text)).toBe(text);
});

test("secrets are hidden in free texts, however deep they lie", () => {
  const guard = guardOf("first-secret");
  expect(guard.hide([{ message: "x first-secret y", more: { errorCode: ["first-secret"] } }])).toEqual([
    { message: "x (hidden) y", more: { errorCode: ["(hidden)"] } },
  ]);
});

test("what identifies something stays as it is, even where it looks like a secret", () => {
  const entry = {
    exportId: "first-secret",
    bucket: "first-secret-bucket",
    urlRowCountMap: { "s3://first-secret/k": 1 },
  };
  expect(guardOf("first-secret").hide(entry)).toEqual(entry);
});

test.each([
  "https://b.s3.amazonaws.com/k.csv?X-Amz-Expires=3600&X-Amz-Credential=ASIA%2Fx&X-Amz-Signature=abc",
  "https://b.s3.amazonaws.com/k.csv?AWSAccessKeyId=x&Expires=1&Signature=a%2Fb%3D",
  "https://b.s3.amazonaws.com/k.csv?response-content-type=a%20b&x-amz-security-token=IQo",
])("the query of the presigned URL %s is hidden, also where it is escaped", (url) => {
  const guard = guardOf();
  const [place = "", query = ""] = url.split("?");
  expect(guard.hide(url)).toBe(`${place}?(hidden)`);
  expect(guard.hide(`at "${url}" (403)`)).toBe(`at "${place}?(hidden)" (403)`);
  for (const written of [JSON.stringify({ url }), encodeURIComponent(url), JSON.stringify(JSON.stringify({ url }))]) {
    const shown = guard.hide(written) as string;
    expect(shown).toContain("(hidden)");
    for (const value of query.split("&").map((pair) => pair.split("=")[1]!)) {
      if (value.length > 2) expect(shown).not.toContain(value);
    }
  }
});

test.each([
  '{"awsAccessSecret":"0123456789abcdefghij/0123456789abcdefghij"}',
  "awsAccessSecret=0123456789abcdefghij%2F0123456789abcdefghij&x=1",
  '{\\"sessionToken\\": \\"0123456789abcdefghij\\"}',
  "X-DOMO-Developer-Token: DDCI0123456789abcdef",
  "the key AKIAIOSFODNN7EXAMPLE was refused",
])("what an earlier process sent is hidden by its name or its form in %s", (text) => {
  const shown = guardOf().hide(text) as string;
  expect(shown).toContain("(hidden)");
  expect(shown).not.toMatch(/0123456789abcdef|IOSFODNN/);
});

test("the oldest secrets are forgotten, the last thousands are not", () => {
  const secret = (number: number) => `secret-number-${number}.`;
  const guard = guardOf(...Array.from({ length: 10_000 }, (_, number) => secret(number)));
  expect(guard.hide(secret(0))).toBe("(hidden)0.");
  for (const number of [6_000, 9_999]) expect(guard.hide(`x${secret(number)}x`)).toBe("x(hidden)x");
});

test("what is nested beyond any answer of Domo's is hidden, not followed for ever", () => {
  const deep = JSON.parse("[".repeat(5_000) + "]".repeat(5_000)) as unknown;
  expect(JSON.stringify(guardOf().hide(deep))).toContain("(hidden)");
});

test.each([
  ["a secret of eight characters", ["12345678"], "12345678", "(hidden)"],
  ["not one of seven", ["1234567"], "1234567", "1234567"],
  ["eight of its characters at the end", ["1234567890"], "x12345678", "x(hidden)"],
  ["a secret at the start", ["first-secret"], "first-secret!", "(hidden)!"],
  ["secrets that touch as one", ["first-secret", "other-secret"], "a first-secretother-secret b", "a (hidden) b"],
  ["secrets that overlap as one", ["first-secret", "secret-other"], "a first-secret-other b", "a (hidden) b"],
  ["the longer of two that begin alike", ["first-secret", "first-secret-too"], "first-secret-too!", "(hidden)!"],
  ["the longer one, whichever came first", ["first-secret-too", "first-secret"], "first-secret-too!", "(hidden)!"],
  ["a secret in escaped quotes", ["first-secret"], '{\\"a\\":\\"first-secret\\"}', '{\\"a\\":\\"(hidden)"}'],
  ["a key's id before a secret", ["first-secret"], "AKIAIOSFODNN7EXAMPLE of first-secret", "(hidden) of (hidden)"],
  ["a secret in a query", ["first-secret"], "https://b/k?a=first-secret&Signature=x at b", "https://b/k?(hidden) at b"],
  ["a query without its address", [], "X-Amz-Signature=abc", "(hidden)"],
  ["a query from its first character on", [], "a&X-Amz-Signature=abc", "(hidden)"],
  ["a query with escaped blanks", [], "k?a=b%20c%0Ad&Signature=x%20y, b", "k?(hidden) b"],
  [
    "a space as a plus sign",
    ["first secret"],
    "first+secret first%20secret first%2Bsecret",
    "(hidden) (hidden) (hidden)",
  ],
  ["every entity", [`a&b<c>d"e'f`], "a&amp;b&lt;c&gt;d&quot;e&apos;f", "(hidden)"],
  ["entities in upper case", [`a&b<c>d"e'f`], "a&AMP;b&LT;c&GT;d&QUOT;e&APOS;f", "(hidden)"],
  ["characters by number", ["a/bcdefgh"], "&#97;&#x2f;bcdefgh &#x61;&#47;bcdefgh!", "(hidden) (hidden)!"],
  ["a secret with an escape in it", ["ab%41cdefgh"], "ab%41cdefgh ab%2541cdefgh.", "(hidden) (hidden)."],
  ["one that looks like an escape", ["u0041%42cdefghij"], "\\u0041%42cdefghij.", "\\(hidden)."],
  ["a secret that was escaped twice, up to the end", ["/bcdefgh/"], "x %252Fbcdefgh%252F", "x (hidden)"],
  ["eight rounds of escapes", ["Abcdefgh"], `%${"25".repeat(7)}41bcdefgh.`, "(hidden)."],
  ["no ninth round", ["Abcdefgh"], `%${"25".repeat(8)}41bcdefgh.`, `%${"25".repeat(8)}41bcdefgh.`],
])("hidden is %s", (_, secrets, text, shown) => {
  expect(guardOf(...secrets).hide(text)).toBe(shown);
});

test.each(["message", "errorCode", "exportStatus", "statusReason", "toe"])("the text of %s is free", (name) => {
  expect(guardOf("first-secret").hide({ [name]: "a first-secret", name: "a first-secret" })).toEqual({
    [name]: "a (hidden)",
    name: "a first-secret",
  });
});

test("what is no text is no secret, and stays as it is", () => {
  const guard = createSecretGuard(FIELDS);
  guard.remember(undefined, 12345678, null, "first-secret");
  const value = { message: [null, 12345678, true, { name: "first-secret" }] };
  expect(guard.hide(value)).toEqual({ message: [null, 12345678, true, { name: "(hidden)" }] });
});

test("4096 secrets are kept, and the oldest goes first, also where another begins like it", () => {
  const secret = (number: number) => `${String(number).padStart(8, "0")}-secret`;
  const guard = guardOf(
    secret(0),
    `${secret(0)}-too`,
    ...Array.from({ length: 4094 }, (_, index) => secret(index + 1)),
  );
  expect(guard.hide(`${secret(0)}!`)).toBe("(hidden)!");
  guard.remember(secret(4095));
  expect(guard.hide(`${secret(0)}-too! ${secret(1)}! ${secret(4095)}!`)).toBe("(hidden)! (hidden)! (hidden)!");
  guard.remember(secret(4096), secret(4097));
  expect(guard.hide(`${secret(0)}-too! ${secret(1)}! ${secret(2)}!`)).toBe(`${secret(0)}-too! ${secret(1)}! (hidden)!`);
  expect(guard.hide(`${secret(1)}! 100%20`)).toBe(`${secret(1)}! 100%20`);
});

test.each([
  ["lists", (inner: unknown) => [inner]],
  ["objects", (inner: unknown) => ({ a: inner })],
])("a hundred %s in one another are followed, and no more", (_, around) => {
  const nested = (count: number, inner: unknown) =>
    Array.from({ length: count }).reduce<unknown>((value) => around(value), inner);
  expect(guardOf().hide(nested(101, 1))).toEqual(nested(101, 1));
  expect(guardOf().hide(nested(102, 1))).toEqual(nested(101, "(hidden)"));
});
