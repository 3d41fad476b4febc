/* What `npm install` of this package adds to a project that has Pulumi's SDK. Builds nothing: run `npm run build` first. */
import { Command } from "commander";
import { runCommandLine } from "../cli/command-line";
import { type InstallCost, measureInstall } from "./harness/install-cost";

const program = new Command("bench:install")
  .description("Measures what an installation of this package adds to a project that has @pulumi/pulumi")
  .option("--json", "all figures, and each added package with its size", false)
  .option("--once", "install once only: the seconds may be those of downloads", false)
  .action(async ({ json, once }: { json: boolean; once: boolean }) => {
    const cost = await measureInstall({ timed: !once });
    process.stdout.write(json ? `${JSON.stringify(cost, null, 2)}\n` : renderCost(cost));
  });

const LARGEST = 10;

function renderCost({ bytes, packages, seconds, tarballBytes, added }: InstallCost): string {
  const largest = added.slice(0, LARGEST).map((one) => `${megabytes(one.bytes).padStart(8)}  ${one.name}`);
  const own = `${megabytes(bytes)} in ${packages} packages, ${seconds.toFixed(1)} s with a warm cache`;
  return [`${own}; the packed package is ${megabytes(tarballBytes)}`, ...largest, ""].join("\n");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

void runCommandLine(program);
