import type { DatasetDefinition, UserDefinition } from "../../emulator/options";

export const TOKEN = "lab-developer-token";

export const orderColumns = [
  { name: "Order ID", type: "STRING" },
  { name: "Region", type: "STRING" },
  { name: "Sales", type: "DOUBLE" },
] as const;

/** A dataset of four rows. */
export function orders(id: string): DatasetDefinition {
  return {
    id,
    name: "Orders",
    columns: [...orderColumns],
    rows: [
      ["A-1", "West", 10.5],
      ["A-2", "East", 20],
      ["A-3", "West", 30],
      ["A-4", null, 40],
    ],
  };
}

/** The user of `TOKEN`, who may read the dataset. */
export function deployer(dataset: string): UserDefinition {
  return { token: TOKEN, id: 7, displayName: "Deployer", datasets: { [dataset]: "READ" } };
}
