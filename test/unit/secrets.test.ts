import { expect, test } from "vitest";
import { findSecrets } from "../support/secrets";

const secret = 'Marked"Secret/+\\~1';

test.each([
  ["plain", secret],
  ["JSON", JSON.stringify({ token: secret })],
  ["JSON twice", JSON.stringify(JSON.stringify({ token: secret }))],
  ["URL", `?token=${encodeURIComponent(secret)}`],
  ["hex", Buffer.from(secret).toString("hex")],
  ["base64 at 0", Buffer.from(secret).toString("base64")],
  ["base64 at 1", Buffer.from(`user:${secret}:1234`.slice(1)).toString("base64")],
  ["base64 at 2", Buffer.from(`user:${secret}:1234`).toString("base64")],
  ["base64url at 2", Buffer.from(`user:${secret}:1234`).toString("base64url")],
])("the scan finds a secret as %s", (spelling, text) => {
  const found = findSecrets(new Map([["token", secret]]), new Map([["log", `before ${text} after`]]));
  expect(found).toContain(`token (${spelling}) in log`);
});

test("the scan finds nothing where nothing is", () => {
  expect(findSecrets(new Map([["token", secret]]), new Map([["log", "Marked Secret"]]))).toEqual([]);
});
