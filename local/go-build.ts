import { runChecked } from "./process";
import type { Progress } from "./progress";

/** A command of a Go module, to be built. */
export interface GoCommand {
  /** What it is called towards people. */
  readonly name: string;
  /** What it is needed for and how long it takes, said before a build starts. */
  readonly purpose: string;
  /** Folder with the `go.mod` and `go.sum` that pin it. */
  readonly moduleFolder: string;
  /** Import path of the command. */
  readonly command: string;
  /** Go variables that the linker sets. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Options of {@link buildGoCommand}. */
export interface GoBuildOptions {
  /** The executable to write. */
  readonly output: string;
  readonly progress: Progress;
  /** Ends a build that is under way. */
  readonly signal?: AbortSignal;
}

/** Builds a command from its Go modules and shows how far it has come. */
export async function buildGoCommand(what: GoCommand, { output, progress, signal }: GoBuildOptions): Promise<void> {
  const { name, purpose, moduleFolder, command, variables = {} } = what;
  progress.say(`building ${name} from its Go modules (${purpose})`);
  const started = Date.now();
  const elapsed = () => clock(Date.now() - started);
  // Without cgo the build needs no C compiler.
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const go = (args: readonly string[], onOutput?: (text: string) => void) =>
    runChecked("go", args, { cwd: moduleFolder, env, onOutput, signal }).catch((error: unknown) =>
      explainMissingGo(name, error),
    );

  let downloads = 0;
  const listed = await go(["list", "-deps", command], (text) => {
    const found = text.match(/^go: downloading /gm)?.length ?? 0;
    downloads += found;
    if (found > 0) progress.tick(`downloading Go modules: ${downloads}, ${elapsed()}`);
  });
  const total = listed.stdout.trim().split("\n").length;

  let compiled = 0;
  const tick = () => progress.tick(`compiling: ${compiled} of ${total} packages, ${elapsed()}`);
  const timer = setInterval(tick, 1000);
  try {
    const settings = Object.entries(variables).map(([variable, value]) => ` -X ${variable}=${value}`);
    await go(["build", "-v", "-o", output, `-ldflags=-s -w${settings.join("")}`, command], (text) => {
      compiled += text.match(/^\S+$/gm)?.length ?? 0;
    });
  } finally {
    clearInterval(timer);
  }
  progress.say(`built ${name} in ${elapsed()}`);
}

function explainMissingGo(name: string, error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  throw new Error(`Building ${name} needs Go 1.25 or newer (https://go.dev/dl)`, { cause: error });
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
