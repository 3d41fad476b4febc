import { Command } from "commander";

/** The command `types`. What it needs is loaded when it runs. */
export const typesCommand = new Command("types")
  .description("write the row types of datasets, for dataset<Row>() in a program, to standard output")
  .argument("<dataset...>", "ids of the datasets")
  .addHelpText("after", "\nDOMO_INSTANCE (or DOMO_BASE_URL) and DOMO_DEVELOPER_TOKEN say where to ask.")
  .action(async (datasets: string[]) => {
    const { printRowTypes } = await import("./row-types.js");
    await printRowTypes(datasets);
  });
