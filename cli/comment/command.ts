import { Command } from "commander";
import { limitOption } from "../limit-option";
import { outputOption } from "../stack-options";

/** Options of `comment`. */
export interface CommentOptions {
  /** Address of the whole report. */
  readonly link?: string;
  /** The fork whose code made the report. */
  readonly fork?: string;
  /** First line of the comment, by which it is found again; shown to nobody. */
  readonly marker?: string;
  /** Characters at most. */
  readonly limit: number;
  readonly output?: string;
}

/** The command `comment`. What it needs is loaded when it runs. */
export const commentCommand = new Command("comment")
  .description("write a report of review --format json as a comment that fits below a host's limit; runs no program")
  .argument("<report.json>", "the report")
  .option("--link <address>", "address of the whole report, written first")
  .option("--fork <name>", "say that the code of this fork made the report; nothing when empty")
  .option("--marker <text>", "write a hidden first line, by which the comment is found again")
  .addOption(limitOption("characters at most").default(65_000))
  .addOption(outputOption())
  .addHelpText(
    "after",
    "\nEverything in the report is escaped again, so a report from code that is not trusted can be posted.\n" +
      "Exit codes: 0 written, 1 the file is no report, 64 wrong command line.",
  )
  .action(async (file: string, options: CommentOptions) => {
    const { writeComment } = await import("./write-comment.js");
    writeComment(file, options);
  });
