import type { UserDefinition } from "./options";

/** Whether a user may read a dataset. */
export function mayRead({ datasetAdmin, datasets }: UserDefinition, id: string): boolean {
  return Boolean(datasetAdmin || datasets?.[id]);
}
