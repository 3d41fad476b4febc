import { Command } from "commander";
import { cwdOption, formatOption, outputOption } from "../stack-options";
import { UsageError } from "../usage-error";

const formats = ["text", "markdown", "json"] as const;

/** Options of `doctor`. */
export interface DoctorOptions {
  /** Folder of the Pulumi project. */
  readonly cwd: string;
  /** The stack whose configuration is read; the selected one when absent. */
  readonly stack?: string;
  readonly dataset?: string;
  readonly role?: string;
  readonly externalId?: string;
  readonly bucket?: string;
  readonly path?: string;
  readonly kmsKey?: string;
  readonly format?: (typeof formats)[number];
  readonly output?: string;
  readonly live?: boolean;
  readonly yes?: boolean;
  /** File for a report without names and secrets. */
  readonly report?: string;
}

const LIVE_NEEDS = ["dataset", "role", "bucket", "path"] as const;

/** The command `doctor`. What it needs is loaded when it runs. */
export const doctorCommand = new Command("doctor")
  .description("check everything that an export needs, and say what to do; changes nothing without --live")
  .addOption(cwdOption())
  .option("-s, --stack <name>", "stack whose configuration is read (default: the selected stack)")
  .option("-d, --dataset <id>", "check this dataset: access, columns, row policies, exports, counts")
  .option("--bucket <name>", "check this bucket: region, owner, audience, encryption")
  .option("--role <arn>", "check this role: a test write below --path of --bucket")
  .option("--path <path>", "prefix in the bucket, below which the role may write")
  .option("--external-id <id>", "external id that the role's trust policy asks for")
  .option("--kms-key <arn>", "KMS key that encrypts the objects")
  .option("--live", "export up to ten rows and show what your Domo does")
  .option("-y, --yes", "agree to the exports of --live")
  .option("--report <file>", "write a report without names and secrets, to attach to an issue")
  .addOption(formatOption(formats, "text"))
  .addOption(outputOption())
  .addHelpText(
    "after",
    "\nSettings come from the environment, then from the stack's configuration, as in an export. No secret is shown.\n" +
      "--live starts one to five exports of ten rows at most (up to ten where some fail), below <path>/doctor-…, and removes what they wrote.\n" +
      "Exit codes: 0 nothing failed, 1 a check failed, 64 wrong command line.",
  )
  .action(async (options: DoctorOptions) => {
    if (options.live) requireLive(options);
    const { runDoctor } = await import("./run-doctor.js");
    process.exitCode = await runDoctor(options);
  });

function requireLive(options: DoctorOptions): void {
  const missing = LIVE_NEEDS.filter((name) => options[name] === undefined);
  if (missing.length > 0)
    throw new UsageError(`--live exports ten rows; give ${missing.map((name) => `--${name}`).join(", ")} too`);
  if (!options.yes)
    throw new UsageError(
      "--live exports ten rows of the dataset to the bucket, up to ten times; give --yes if you agree",
    );
}
