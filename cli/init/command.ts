import { Command } from "commander";

/** Options of `init`. */
export interface InitOptions {
  readonly dataset?: string;
}

/** The command `init`. What it needs is loaded when it runs. */
export const initCommand = new Command("init")
  .description("write a project with a private bucket, a role and one export; never overwrites a file")
  .argument("[folder]", "folder of the project; it may be new", ".")
  .option("-d, --dataset <id>", "dataset to export; its columns are asked of Domo")
  .addHelpText(
    "after",
    "\nDOMO_INSTANCE, DOMO_DEVELOPER_TOKEN, AWS_REGION and the region of AWS's profile are used where they are set. No token is written.\n" +
      "Exit codes: 0 written, 1 nothing could be written, or Domo could not be asked, 64 wrong command line.",
  )
  .action(async (folder: string, options: InitOptions) => {
    const { runInit } = await import("./run-init.js");
    await runInit(folder, options);
  });
