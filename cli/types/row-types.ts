import { realClock } from "../../provider/host/clock";
import { createDomoClient } from "../../provider/domo/client";
import { PreflightError } from "../../provider/errors";
import { rowType } from "../../provider/query/build/row-type";
import { readSettings } from "../../provider/host/settings";
import { writeReport } from "../write-report";

/** Asks Domo for the columns of each dataset and writes one row type for each, in the order of the ids. */
export async function writeRowTypes(datasets: string[], output: string | undefined): Promise<void> {
  const result = readSettings({});
  if (!result.ok) throw new PreflightError(result.failures.map(({ reason }) => reason).join("\n"));
  const domo = await createDomoClient(result.settings, realClock());
  const texts = await Promise.all(
    datasets.map(async (id) => {
      const [{ name }, columns] = await Promise.all([domo.dataset(id), domo.columns(id)]);
      return rowType({ name, columns });
    }),
  );
  writeReport(texts.join("\n"), output);
}
