import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { describedExactly } from "../support/declared";
import { exportArguments, programText, type Veil, veiled, veils } from "../support/random-arguments";
import { command, copyProgram } from "../support/review";
import { asked, slips } from "../support/slips";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../cli/review/report";

beforeAll(() => {
  process.env.DOMO_INSTANCE = "acme";
  delete process.env.DOMO_DEVELOPER_TOKEN;
});

test("whatever the program: what is shown is what is asked of Domo, or is marked as not known", async () => {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(exportArguments, veils(8), async (args, veilOf) => {
      const inputs = await asked(args);
      if (!inputs) return;
      checked++;
      expect(await slips(await describedExactly(veiled(args, veilOf)), inputs)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  expect(checked).toBeGreaterThan(300);
  process.stdout.write(`${checked} programs\n`);
}, 300_000);

test("an argument that turns out to be absent was marked as not known", async () => {
  const optional = [
    "roleArn",
    "region",
    "kmsKeyId",
    "expectedBucketOwner",
    "acceptBucketAudience",
    "verify",
    "triggers",
  ];
  await fc.assert(
    fc.asyncProperty(exportArguments, fc.subarray(optional, { minLength: 1 }), async (args, absent) => {
      const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !absent.includes(name)));
      const inputs = await asked(rest);
      if (!inputs) return;
      const wire = veiled(
        { ...args, ...Object.fromEntries(absent.map((name) => [name, args[name] ?? "later"])) },
        (path) => (absent.includes(path.slice(1)) ? "unknown" : undefined),
      );
      const shown = await describedExactly(wire);
      const known = Object.fromEntries(
        Object.entries({ ...shown.destination, roleArn: shown.access.roleArn }).filter(
          ([, item]) => item && "value" in item,
        ),
      );
      for (const name of absent) expect(known).not.toHaveProperty(name);
      if (inputs.roleArn === undefined) expect(shown.access.ownKeys).not.toBe("no");
    }),
    { numRuns: 300 },
  );
}, 300_000);

/** Every fifth export goes to a bucket that the program makes. */
const made = (index: number, args: string) => (index % 5 ? args : `{ ...(${args}), bucket: ours.id }`);

test("the same holds for programs that run, of both classes, with outputs, secrets, unknown values, buckets of their own and conditions on the stack", async () => {
  const folder = copyProgram("faults");
  for (const stack of ["dev", "prod"])
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "config:\n  domo:instance: acme\n");
  const exports: {
    dev: Record<string, unknown>;
    prod: Record<string, unknown>;
    veilOf: (path: string) => Veil | undefined;
  }[] = [];
  for (const {
    both: [dev, prod],
    veilOf,
  } of fc.sample(fc.record({ both: fc.tuple(exportArguments, exportArguments), veilOf: veils(6) }), 400))
    if (exports.length < 40 && (await asked(dev)) && (await asked(prod))) exports.push({ dev, prod, veilOf });
  const declarations = exports.map(
    ({ dev, prod, veilOf }, index) =>
      `new ${index % 2 ? "plugin." : ""}DomoS3Export("e${index}", ${made(index, `pulumi.getStack() === "prod" ? ${programText(prod, veilOf)} : ${programText(dev, veilOf)}`)});`,
  );
  writeFileSync(
    join(folder, "index.js"),
    `const pulumi = require("@pulumi/pulumi");
const { DomoS3Export } = require("pulumi-domo-s3-export");
const plugin = require("pulumi-domo-s3-export/plugin");
const ours = new pulumi.CustomResource("aws:s3/bucket:Bucket", "ours", {});
const later = new pulumi.CustomResource("test:index:Thing", "thing", {}).id;
${declarations.join("\n")}\n`,
  );
  const { code, stdout, stderr } = await command(folder, ["review", "--all-stacks", "--format", "json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const report = JSON.parse(stdout) as Report;
  let checked = 0;
  for (const { stack, exports: shown } of report.stacks) {
    for (const item of shown) {
      const drawn = exports[Number(item.name.slice(1))]!;
      expect(
        await slips(item, (await asked(drawn[stack as "dev" | "prod"]))!),
        `${stack} ${declarations[Number(item.name.slice(1))]}`,
      ).toEqual([]);
      checked++;
    }
  }
  expect(checked).toBe(80);
}, 300_000);
