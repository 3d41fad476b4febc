import { Command } from "commander";
import { addStackOptions, type StackOptions } from "../stack-options";

const formats = ["text", "markdown", "json"] as const;

/** Options of `list`. */
export type ListOptions = StackOptions<(typeof formats)[number]>;

/** The command `list`. What it needs is loaded when it runs. */
export const listCommand = addStackOptions(
  new Command("list").description("list the exports that state records, with rows, age, drift and the next step"),
  {
    formats,
    defaultFormat: "text",
    defaultStack: "the selected stack",
    allStacks: "list every stack of the project",
  },
)
  .addHelpText(
    "after",
    "\nReads state with your own pulumi. Contacts neither Domo nor AWS, and decrypts nothing; drift is what the last refresh found.\n" +
      "Exit codes: 0 listed, 1 a state could not be read, 64 wrong command line.",
  )
  .action(async (options: ListOptions) => {
    const { runList } = await import("./run-list.js");
    process.exitCode = await runList(options);
  });
