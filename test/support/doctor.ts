import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { type CommandResult, runCommand } from "../../local/process";

/** A project for `doctor`: its stack's configuration, as a stand-in for `pulumi` prints it. */
export interface DoctorProject {
  readonly folder: string;
  /** Runs `doctor` in it, with the environment of this process and `env`. */
  doctor(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CommandResult>;
}

/** Makes a project in an empty folder, with packages of these versions and a stand-in for `pulumi`. */
export function doctorProject({
  config = {},
  packages = { typescript: "6.0.3" },
  configFails,
}: {
  config?: Readonly<Record<string, { value?: string; secret: boolean }>>;
  /** Packages without their code, in addition to Pulumi's own. */
  packages?: Readonly<Record<string, string>>;
  /** What `pulumi config` fails with. */
  configFails?: string;
} = {}): DoctorProject {
  const folder = mkdtempSync(join(tmpdir(), "domo-doctor-"));
  const write = (name: string, text: string, mode?: number) => writeFileSync(join(folder, name), text, { mode });
  write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
  installInto(folder, packages);
  mkdirSync(join(folder, "node_modules/@pulumi"), { recursive: true });
  symlinkSync(join(projectRoot, "node_modules/@pulumi/pulumi"), join(folder, "node_modules/@pulumi/pulumi"));
  write("config.json", JSON.stringify(config));
  const program = `#!${process.execPath}
const [command] = process.argv.slice(2);
if (command === "version") console.log("v3.259.0");
else if (command === "config" && ${JSON.stringify(configFails ?? "")}) {
  process.stderr.write("error: " + ${JSON.stringify(configFails ?? "")} + "\\n");
  process.exitCode = 255;
} else if (command === "config") process.stdout.write(require("node:fs").readFileSync(__dirname + "/config.json"));
else process.exit(3);
`;
  write("pulumi", program, 0o755);
  return {
    folder,
    doctor: (args, env = {}) =>
      runCommand(process.execPath, [join(projectRoot, "dist/cli/main.js"), "doctor", ...args], {
        cwd: folder,
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, FORCE_COLOR: undefined, ...env },
      }),
  };
}

/** Puts manifests of packages below a folder, without their code. */
export function installInto(folder: string, packages: Readonly<Record<string, string>>): void {
  for (const [name, version] of Object.entries(packages)) {
    const place = join(folder, "node_modules", name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ name, version }));
  }
}
