import { expect, test } from "vitest";
import { compareExports } from "../../cli/review/compare";
import { type ArgumentName, argumentNames } from "../../provider/args/arguments";
import { described } from "../support/declared";
import { treeArguments } from "../support/random-arguments";
import fc from "fast-check";

/** Two values of each argument. */
const two: Record<ArgumentName, readonly [unknown, unknown]> = {
  dataset: ["5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17", "0c9c2f4e-1f1b-4d5e-8a44-6f0d2b1c7e90"],
  query: [
    { kind: "sql", text: "SELECT a FROM dataset" },
    { kind: "sql", text: "SELECT b FROM dataset" },
  ],
  bucket: ["acme-exports", "acme-other"],
  path: ["exports", "public"],
  region: ["eu-west-3", "us-east-1"],
  roleArn: ["arn:aws:iam::000000000042:role/export", "arn:aws:iam::000000000043:role/export"],
  externalId: ["acme-1", "acme-2"],
  sourceIdentity: ["jane", "john"],
  allowLongLivedCredentials: [false, true],
  timeoutSeconds: [60, 3600],
  includeBom: [false, true],
  useCache: [false, true],
  kmsKeyId: ["key-1", "key-2"],
  triggers: ["a", "b"],
  deleteObjects: [false, true],
  verify: ["objects", "rows"],
  expectRows: [{ min: 1 }, { min: 2 }],
  countRows: ["auto", "off"],
  onNewData: ["report", "export"],
  adopt: ["export-1", "export-2"],
  preflight: ["strict", "warn"],
  expectedBucketOwner: ["111111111111", "222222222222"],
  acceptBucketAudience: ["agreed with the owner", "agreed with the auditor"],
  acknowledgeUnrestricted: [false, true],
  manifest: ["_current.json", false],
};

test.each(argumentNames)("a changed %s is shown by a comparison", async (name) => {
  const [before, after] = two[name];
  // Own keys are passed only where there is no role.
  const more = name === "allowLongLivedCredentials" ? { roleArn: undefined } : {};
  const [old, now] = [await described({ ...more, [name]: before }), await described({ ...more, [name]: after })];
  expect(compareExports([old], [now]).changes).toHaveLength(1);
});

test("the arguments that the properties draw are all that there are", () => {
  const drawn = new Set(fc.sample(treeArguments, 100).flatMap((args) => Object.keys(args)));
  expect([...drawn].sort()).toEqual([...argumentNames].sort());
});
