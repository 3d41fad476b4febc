import { Command } from "commander";
import { outputOption } from "../stack-options";

/** The command `types`. What it needs is loaded when it runs. */
export const typesCommand = new Command("types")
  .description("write the row types of datasets, for dataset<Row>() in a program")
  .argument("<dataset...>", "ids of the datasets")
  .addOption(outputOption())
  .addHelpText(
    "after",
    "\nDOMO_INSTANCE (or DOMO_BASE_URL) and DOMO_DEVELOPER_TOKEN say where to ask.\n" +
      "Exit codes: 0 written, 1 Domo could not be asked, 64 wrong command line.",
  )
  .action(async (datasets: string[], { output }: { output?: string }) => {
    const { writeRowTypes } = await import("./row-types.js");
    await writeRowTypes(datasets, output);
  });
