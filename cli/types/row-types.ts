import { realClock } from "../../provider/host/clock";
import { createDomoClient } from "../../provider/domo/client";
import { rowType } from "../../provider/query/build/row-type";
import { environmentSettings } from "../environment-settings";
import { writeReport } from "../write-report";

/** Asks Domo for the columns of each dataset and writes one row type for each, in the order of the ids. */
export async function writeRowTypes(datasets: string[], output: string | undefined): Promise<void> {
  const domo = await createDomoClient(environmentSettings(), realClock());
  const texts = await Promise.all(
    datasets.map(async (id) => {
      const [{ name }, columns] = await Promise.all([domo.dataset(id), domo.columns(id)]);
      return rowType({ name, columns });
    }),
  );
  writeReport(texts.join("\n"), output);
}
