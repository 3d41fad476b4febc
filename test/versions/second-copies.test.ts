import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../local/process";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { startPlugin } from "../plugin/plugin-process";
import { installedCopy } from "../support/installed-copy";

// npm nests a second gRPC or protobuf where a program wants another version than Pulumi's SDK does.
const seconds = ["@grpc/grpc-js", "google-protobuf"];
let folder: string;
let engine: EngineServer;
beforeAll(async () => {
  folder = installedCopy({ seconds });
  engine = await startEngineServer();
});
afterAll(() => {
  engine.close();
  rmSync(dirname(folder), { recursive: true });
});

const own = (file: string) => join(folder, "node_modules/pulumi-domo-s3-export/dist", file);
const urn = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/domo:S3Export::orders";
const tell = (address: string) =>
  runCommand(process.execPath, [
    "-e",
    `const { createReporter } = require(${JSON.stringify(own("provider/host/reporter.js"))});
     const reporter = createReporter(${JSON.stringify({ engine: address, urn })});
     reporter.progress("polling"); reporter.progress("polling still"); reporter.warn("the bucket is open");`,
  ]);

test("the package's gRPC and protobuf differ from those of Pulumi's SDK", async () => {
  const where = (from: string, name: string) =>
    `require("node:module").createRequire(${JSON.stringify(from)}).resolve("${name}")`;
  for (const name of seconds) {
    const file = name === "google-protobuf" ? "google-protobuf/google-protobuf.js" : name;
    const script = `const pulumi = ${where(own("provider/index.js"), "@pulumi/pulumi/package.json")};
      console.log(${where(own("provider/index.js"), file)} === require("node:module").createRequire(pulumi).resolve("${file}"));`;
    expect((await runCommand(process.execPath, ["-e", script])).stdout).toBe("false\n");
  }
});

test("progress and warnings reach the engine when npm has installed a second gRPC and protobuf", async () => {
  expect(await tell(engine.address)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(engine.messages).toEqual([
    { urn, severity: 1, text: "polling", ephemeral: true },
    { urn, severity: 1, text: "polling still", ephemeral: true },
    { urn, severity: 2, text: "the bucket is open", ephemeral: false },
  ]);
});

test("an engine that takes no message is said once on standard error, and warnings are written there", async () => {
  const silent = createServer((socket) => void socket.destroy()).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as { port: number };
  const { code, stdout, stderr } = await tell(`127.0.0.1:${port}`);
  silent.close();
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toMatch(
    /^sending a message to the Pulumi engine: 14 UNAVAILABLE: [^\n]* — exports go on; progress is not shown, warnings follow here\nwarning: orders: the bucket is open\n$/,
  );
});

test("review works when npm has installed a second gRPC and protobuf", async () => {
  writeFileSync(
    join(folder, "index.js"),
    `const pulumi = require("@pulumi/pulumi");
const { DomoS3Export, eq, select } = require("pulumi-domo-s3-export");
const caller = pulumi.output(pulumi.runtime.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, {}));
new DomoS3Export("orders", {
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: select("Region").where(eq("Region", "West")),
  bucket: "acme-exports",
  path: "orders",
  roleArn: pulumi.interpolate\`arn:aws:iam::\${caller.accountId}:role/export\`,
});\n`,
  );
  const { code, stdout, stderr } = await runCommand(
    process.execPath,
    [own("cli/main.js"), "review", "--stack", "dev"],
    { cwd: folder },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("1 export of 1 dataset, 1 column in all.");
});

test("the plugin answers a check with Pulumi's own gRPC and protobuf", async () => {
  const args = { dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17", bucket: "acme-exports", path: "orders" };
  const query = { columns: [{ exprType: "COLUMN", column: "Region" }] };
  // The second copies can't be loaded from here on.
  for (const name of seconds) {
    const copy = join(folder, "node_modules", name);
    rmSync(copy, { recursive: true });
    mkdirSync(copy);
    writeFileSync(join(copy, "index.js"), `throw new Error("a second copy of ${name}");`);
  }
  // Without settings, which nothing is read of Domo with.
  const plugin = await startPlugin({}, own("../plugin/pulumi-resource-domo"));
  const { inputs, failures } = await plugin.check({ ...args, query });
  await plugin.stop();
  expect(inputs).toMatchObject(args);
  expect(failures.map(({ reason }) => reason.split(": ")[0])).toEqual([
    "roleArn",
    "domo:instance",
    "domo:developerToken",
  ]);
});
