import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { withoutNodeWarning } from "../../provider/aws/clients";
import { createDomoClient } from "../../provider/domo/client";
import { realClock } from "../../provider/host/clock";
import { CALL, COMMAND } from "../command-name";
import { environmentSettings } from "../environment-settings";
import { installed, isNode20, SDK_OF_NODE_20 } from "../doctor/installed";
import type { InitOptions } from "./command";
import { ownSpec } from "./own-spec";
import { type FirstExport, programText } from "./program";

const STACK = "dev";
/** For a program whose dataset is not known yet. */
const SOME_COLUMNS = ["Order ID", "Region"];
/** The SDK's oldest versions read a `tsconfig.json` with another default of `moduleResolution`. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    skipLibCheck: true,
  },
};

/** Writes the files that are not there, and prints what comes next. */
export async function runInit(given: string, { dataset }: InitOptions): Promise<void> {
  const folder = resolve(given);
  const first = await firstExport(dataset);
  const name = basename(folder).replaceAll(/[^A-Za-z0-9_.-]+/g, "-") || "exports";
  const settings = await knownSettings();
  const files = {
    "Pulumi.yaml": `name: ${name}\nruntime: nodejs\ndescription: Exports of Domo datasets to S3\n`,
    [`Pulumi.${STACK}.yaml`]: stackText(settings),
    "package.json": json({ name: name.toLowerCase(), private: true }),
    "tsconfig.json": json(TSCONFIG),
    "index.ts": programText(first),
    ".gitignore": "node_modules/\n",
  };
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files))
    say(`${writeNew(join(folder, file), text) ? "wrote " : "kept  "} ${file}`);
  const steps = nextSteps({ folder, given, dataset, settings });
  say(`\nNext:\n${steps.map((step) => `  ${step}`).join("\n")}`);
}

/** Writes a file unless there is one: also a file that appears meanwhile is kept. */
function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    throw new Error(`writing "${path}": ${code} — give a folder that you may write to`, { cause: error });
  }
}

async function firstExport(dataset: string | undefined): Promise<FirstExport> {
  if (dataset === undefined) return { name: "orders", columns: SOME_COLUMNS };
  const domo = await createDomoClient(environmentSettings(", or leave --dataset out"), realClock());
  const [facts, columns] = await Promise.all([domo.dataset(dataset), domo.columns(dataset)]);
  const slug = facts.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
  return { name: slug || "dataset", dataset, columns: columns.map((column) => column.name) };
}

/** Settings of the stack that the environment and AWS's own files know. The token stays there. */
async function knownSettings(): Promise<Map<string, string>> {
  const known = [
    ["domo:instance", process.env.DOMO_INSTANCE],
    ["aws:region", process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || (await regionOfProfile())],
  ] as const;
  return new Map(known.flatMap(([key, value]) => (value ? [[key, value] as const] : [])));
}

/** The region of the selected profile in AWS's configuration file. */
async function regionOfProfile(): Promise<string | undefined> {
  const { STSClient } = await import("@aws-sdk/client-sts");
  try {
    return await withoutNodeWarning(() => new STSClient({})).config.region();
  } catch {
    return undefined;
  }
}

function stackText(settings: ReadonlyMap<string, string>): string {
  if (settings.size === 0) return "config: {}\n";
  return `config:\n${[...settings].map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`).join("")}`;
}

function nextSteps({
  folder,
  given,
  dataset,
  settings,
}: {
  folder: string;
  given: string;
  dataset: string | undefined;
  settings: ReadonlyMap<string, string>;
}): string[] {
  const sdk = `@pulumi/pulumi${isNode20(process.versions.node) ? `@${SDK_OF_NODE_20}` : ""}`;
  const wanted = {
    [COMMAND]: ownSpec(join(__dirname, "..", "..", "..")),
    "@pulumi/pulumi": sdk,
    "@pulumi/aws": "@pulumi/aws",
    typescript: "typescript@6",
  };
  const missing = Object.entries(wanted).flatMap(([name, spec]) => (installed(folder, name) ? [] : [spec]));
  const unset = { "domo:instance": "acme", "aws:region": "eu-west-3" };
  return [
    ...(resolve(given) === process.cwd() ? [] : [`cd ${JSON.stringify(given)}`]),
    ...(missing.length === 0 ? [] : [`npm install ${missing.join(" ")}`]),
    `pulumi stack init ${STACK}`,
    ...Object.entries(unset).flatMap(([key, example]) =>
      settings.has(key) ? [] : [`pulumi config set ${key} ${example}`],
    ),
    ...(dataset === undefined ? ["pulumi config set dataset <id of the dataset>"] : []),
    ...(process.env.DOMO_DEVELOPER_TOKEN ? [] : ["export DOMO_DEVELOPER_TOKEN=…"]),
    `${CALL} doctor${dataset === undefined ? "" : ` --dataset ${dataset}`}`,
    "pulumi preview",
  ];
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
