import { afterAll, beforeAll, expect, test } from "vitest";
import { salesDataset } from "../../local/cloud";
import { createWorkspace } from "../../local/workspace";
import { startTestCloud, type TestCloud } from "../support/stack";

const MARK = "MarkedSecretRegion0123456789";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ emulator: { exportSeconds: 0.1 } });
}, 900_000);
afterAll(() => cloud.stop());

/** A program in which each argument of a kind that may be secret is one. */
const program = (more: string): string => `
const pulumi = require("@pulumi/pulumi");
const { DomoS3Export, select, eq, and } = require("pulumi-domo-s3-export");
const secret = pulumi.secret;
const sales = new DomoS3Export("sales", {
  dataset: ${JSON.stringify(salesDataset)},
  bucket: ${JSON.stringify(cloud.bucket)},
  path: "exports/secret-arguments",
  roleArn: secret(${JSON.stringify(cloud.roleArn)}),
  query: select("Order ID").where(eq("Region", secret(${JSON.stringify(MARK)}))),
  triggers: { day: secret("${MARK} trigger") },
  acceptBucketAudience: secret("${MARK} is the reason"),
  timeoutSeconds: secret(600),
  verify: secret("rows"),
  ...(${more}),
});
exports.sql = sales.sql;
`;

test(
  "what is secret in an argument stays so in state, in previews and after a refresh",
  { timeout: 300_000 },
  async () => {
    const workspace = await createWorkspace({ env: cloud.env, files: { "index.js": program("{}") } });
    const said: string[] = [];
    for (const args of [
      ["preview", "--diff"],
      ["up", "--yes", "--skip-preview"],
      ["preview", "--diff"],
      ["refresh", "--yes", "--skip-preview"],
      ["stack", "output"],
    ]) {
      const { code, stdout, stderr } = await workspace.run(args, { env: { ...cloud.env, ...workspace.env } });
      said.push(stdout, stderr);
      expect(code, stdout + stderr).toBe(0);
    }
    expect(JSON.stringify(await workspace.stackExport())).not.toContain(MARK);
    expect(said.join("\n")).not.toContain(MARK);
    const manifest = await cloud.s3.get(cloud.bucket, "exports/secret-arguments/_sales.manifest.json");
    expect(manifest.toString()).not.toContain(MARK);
    expect(JSON.parse(manifest.toString())).not.toHaveProperty("sql");
    const exports = await cloud.emulator.control.exports();
    expect(exports).toHaveLength(1);
    expect(JSON.stringify(exports[0]?.order.queryRequest.query)).toContain(MARK);
  },
);

test("a secret that would stand in keys and in the id is refused", { timeout: 120_000 }, async () => {
  const files = { "index.js": program(`{ path: secret("exports/hidden") }`) };
  const workspace = await createWorkspace({ env: cloud.env, files });
  const { code, stdout, stderr } = await workspace.run(["preview"], { env: { ...cloud.env, ...workspace.env } });
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("path is a secret, but it stands in the keys of the objects");
});
