import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { askPulumi } from "../../pulumi-run";
import { type Check, checked, fail, type Finding, ok, warn } from "../check";
import { projectKind } from "../project-kind";
import { installed, isAtLeast, isNode20, SDK_OF_NODE_20 } from "../installed";

const NODE = "20.18.1";
const PULUMI = "3.200.0";
/** The oldest Node that loads TypeScript without a flag. */
const STRIPS_TYPES = "22.18.0";
/** The oldest engine that imports with the plugin as it should. */
const IMPORTING = "3.252.0";

/** What the checks of versions need to know. */
export interface VersionOptions {
  /** Folder of the program. */
  readonly folder: string;
  /** Folder of this package. */
  readonly own: string;
  readonly node: string;
}

const PLUGIN_ADVICE = "add domo: ./node_modules/pulumi-domo-s3-export/plugin under packages:";

/** Node, Pulumi's command line and SDK, TypeScript, and whether there are two of what must be one. */
export async function checkVersions(options: VersionOptions): Promise<Check[]> {
  const folder = realpathSync(options.folder);
  const { isNode, usesPlugin } = projectKind(folder);
  const before = [
    await checked("Node", () => nodeFinding(options.node)),
    await checked("Pulumi CLI", () => cliFinding(folder, usesPlugin)),
  ];
  if (!isNode)
    return usesPlugin
      ? before
      : [...before, { name: "plugin", ...fail("Pulumi.yaml does not name the plugin", PLUGIN_ADVICE) }];
  return [
    ...before,
    await checked("Pulumi SDK", () => sdkFinding({ ...options, folder })),
    await checked("TypeScript", () => typescriptFinding({ ...options, folder })),
    await checked("one Pulumi SDK", () => copiesFinding({ ...options, folder })),
  ];
}

function nodeFinding(version: string): Finding {
  if (!isAtLeast(version, NODE)) return fail(`Node ${version} is too old`, `install Node ${NODE} or newer`);
  return ok(`Node ${version}`);
}

async function cliFinding(cwd: string, usesPlugin: boolean): Promise<Finding> {
  const version = (await askPulumi(["version"], { cwd, signal: new AbortController().signal })).trim();
  if (!isAtLeast(version, PULUMI)) return fail(`Pulumi ${version} is too old`, `install Pulumi ${PULUMI} or newer`);
  if (usesPlugin && !isAtLeast(version, IMPORTING))
    return warn(`Pulumi ${version} can't import exports with the plugin`, `install Pulumi ${IMPORTING} or newer`);
  return ok(`Pulumi ${version}`);
}

function sdkFinding({ folder, node }: VersionOptions): Finding {
  const sdk = installed(folder, "@pulumi/pulumi");
  if (!sdk)
    return fail("@pulumi/pulumi is not installed here", "run npm install @pulumi/pulumi in the project's folder");
  const text = `@pulumi/pulumi ${sdk.version}`;
  if (!isAtLeast(sdk.version, PULUMI) || isAtLeast(sdk.version, "4.0.0"))
    return fail(`${text} is not supported`, "install @pulumi/pulumi 3.200 or newer, below 4");
  if (isNode20(node) && !isAtLeast(SDK_OF_NODE_20, sdk.version))
    return fail(
      `${text} needs Node 22, and this is Node ${node}`,
      `update Node, or install @pulumi/pulumi@${SDK_OF_NODE_20}`,
    );
  return ok(text);
}

function typescriptFinding({ folder, node }: VersionOptions): Finding {
  if (!isAtLeast(node, STRIPS_TYPES) && isTypeScriptModule(folder))
    return fail(
      `Node ${node} can't load a TypeScript program with "type": "module"`,
      'compile it (npx tsc --outDir bin) and write main: bin/index.js into Pulumi.yaml, or update Node, or remove "type"',
    );
  const typescript = installed(folder, "typescript");
  if (!typescript)
    return warn("TypeScript is not installed here", "run npm install typescript@6 unless the program is JavaScript");
  if (!isAtLeast(typescript.version, "7.0.0")) return ok(`TypeScript ${typescript.version}`);
  return fail(`Pulumi runs no program with TypeScript ${typescript.version}`, "run npm install typescript@6");
}

/** Whether the program, where Pulumi looks for it, is TypeScript that only a newer Node takes as a module. */
function isTypeScriptModule(folder: string): boolean {
  const manifest = join(folder, "package.json");
  if (projectKind(folder).main !== undefined || !existsSync(manifest)) return false;
  const { type } = JSON.parse(readFileSync(manifest, "utf8")) as { type?: string };
  return type === "module" && existsSync(join(folder, "index.ts")) && !existsSync(join(folder, "index.js"));
}

/** Two copies share no state: what one registers, the other does not know. */
function copiesFinding({ folder, own }: VersionOptions): Finding {
  const ofProgram = installed(folder, "@pulumi/pulumi");
  const ofPackage = installed(own, "@pulumi/pulumi");
  if (!ofProgram || !ofPackage || ofProgram.folder === ofPackage.folder) {
    const grpc = ofProgram && installed(ofProgram.folder, "@grpc/grpc-js");
    const other = [folder, own].flatMap((from) => installed(from, "@grpc/grpc-js") ?? []);
    const second = other.find((copy) => grpc !== undefined && copy.folder !== grpc.folder);
    const text = `one copy of @pulumi/pulumi${grpc ? `, which uses gRPC ${grpc.version}` : ""}`;
    return ok(second ? `${text}; a second gRPC (${second.version}) does no harm` : text);
  }
  return fail(
    `the program uses @pulumi/pulumi ${ofProgram.version}, and this package another copy (${ofPackage.version})`,
    "run npm dedupe, and remove links to packages outside of the project",
  );
}
