/* Runs `pulumi up` in every shard, some at once. A run that was interrupted goes on when it is started again. */
import { parseArgs } from "node:util";
import { ConcurrentUpdateError, LocalWorkspace } from "@pulumi/pulumi/automation";
import { readCatalogue, shardNames } from "./shards";

const { values: options } = parseArgs({
  options: {
    "at-once": { type: "string", default: "2" },
    refresh: { type: "boolean", default: false },
  },
});
const atOnce = Number(options["at-once"]);
if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 16) {
  process.stderr.write(`--at-once: "${options["at-once"]}" is not a whole number from 1 to 16\n`);
  process.exit(64);
}
const workDir = process.cwd();
// Each stack has a provider process of its own: together they must not ask Domo for more than one may.
const envVars = {
  DOMO_MAX_REQUESTS_PER_SECOND: String(Number(process.env.DOMO_MAX_REQUESTS_PER_SECOND ?? 6) / atOnce),
  DOMO_REQUEST_BURST: String(Math.max(1, Math.floor(60 / atOnce))),
  DOMO_MAX_REQUESTS_IN_FLIGHT: String(Math.max(1, Math.floor(16 / atOnce))),
};

interface Outcome {
  readonly shard: string;
  readonly failed: boolean;
  readonly text: string;
}

async function runShard(shard: string): Promise<Outcome> {
  let rest = "";
  const show = (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) process.stdout.write(`${shard} | ${line}\n`);
  };
  try {
    const stack = await LocalWorkspace.createOrSelectStack({ stackName: shard, workDir }, { envVars });
    const { summary } = await stack.up({ parallel: 64, refresh: options.refresh, onOutput: show });
    const changes = Object.entries(summary.resourceChanges ?? {}).map(([kind, count]) => `${count} ${kind}`);
    return { shard, failed: false, text: changes.join(", ") };
  } catch (error) {
    const locked = `is locked: another run is at work, or was killed; then pulumi cancel --stack ${shard} --yes`;
    return { shard, failed: true, text: error instanceof ConcurrentUpdateError ? locked : faultOf(error) };
  }
}

/** What the engine called an error; the rest of its output was shown already. */
function faultOf(error: unknown): string {
  const { message } = error as Error;
  return /^ *error: .+/m.exec(message)?.[0].trim() ?? message;
}

async function main(): Promise<void> {
  const workspace = await LocalWorkspace.create({ workDir });
  const known = (await workspace.listStacks()).map(({ name }) => name).filter((name) => /^shard-\d+$/.test(name));
  // A shard that a smaller number of shards leaves over has nothing declared any more, and is emptied.
  const waiting = [...new Set([...shardNames(readCatalogue().shards), ...known])];
  const outcomes: Outcome[] = [];
  // Ctrl-C reaches the engines too, which end in good order; no further shard is begun.
  process.once("SIGINT", () => {
    outcomes.push(...waiting.splice(0).map((shard) => ({ shard, failed: true, text: "not begun" })));
  });
  const worker = async () => {
    for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift())
      outcomes.push(await runShard(shard));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  outcomes.sort((a, b) => a.shard.localeCompare(b.shard, "en", { numeric: true }));
  for (const { shard, failed, text } of outcomes)
    process.stdout.write(`${failed ? "FAILED" : "ok    "} ${shard}: ${text}\n`);
  if (outcomes.some(({ failed }) => failed)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
