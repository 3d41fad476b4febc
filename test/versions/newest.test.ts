import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installNewest, type NewestInstall } from "../../local/newest-install";
import { runCommand } from "../../local/process";
import { installedCopy } from "../support/installed-copy";

let newest: NewestInstall;
let folder: string;
beforeAll(async () => {
  newest = await installNewest();
  folder = installedCopy({ from: newest.modules });
}, 600_000);
afterAll(() => rmSync(dirname(folder), { recursive: true }));

test("review answers the provider functions of a program under the newest SDK and Node", async () => {
  writeFileSync(
    join(folder, "index.js"),
    `const pulumi = require("@pulumi/pulumi");
const { DomoS3Export, eq, select } = require("pulumi-domo-s3-export");
console.log(require("@pulumi/pulumi/package.json").version, process.version);
const caller = pulumi.output(pulumi.runtime.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, {}));
new DomoS3Export("orders", {
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: select("Region").where(eq("Region", "West")),
  bucket: "acme-exports",
  path: "orders",
  roleArn: pulumi.interpolate\`arn:aws:iam::\${caller.id}:role/export\`,
});\n`,
  );
  const main = join(folder, "node_modules/pulumi-domo-s3-export/dist/cli/main.js");
  const { code, stdout, stderr } = await runCommand(newest.node, [main, "review", "--stack", "dev"], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "3.270.0 v24.21.0\n" });
  expect(stdout).toContain("1 export of 1 dataset, 1 column in all.");
});
