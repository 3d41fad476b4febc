/*
 * The one declaration of the arguments, as this folder reads it. TODAY it is `args/schema.ts` without descriptions, and what a
 * change does stands in `diff.ts`.
 */
import type { z } from "zod";
import { inputSchema, type ExportInputs } from "../../provider/args/schema";
import { differences, type Consequence } from "../../provider/diff";
import type { ExportState } from "../../provider/state/export-state";

export type ArgumentName = Exclude<keyof typeof inputSchema.shape, "resourceUrn">;
export const argumentNames = Object.keys(inputSchema.shape).filter((name) => name !== "resourceUrn") as ArgumentName[];
export const argumentSchema: z.ZodObject = inputSchema.omit({ resourceUrn: true });

/** What stands next to the form of an argument. */
export interface ArgumentFacts {
  description: string;
  onChange: Consequence;
  otherwise?: string;
}

export function argumentFacts(name: ArgumentName): ArgumentFacts {
  const unchanged = { exportStatus: "success", drift: [] } as unknown as ExportState;
  const [difference] = differences(unchanged, { [name]: "changed" } as unknown as ExportInputs);
  if (!difference) throw new Error(`diff has no rule for ${name}`);
  return { description: "", onChange: difference.consequence };
}
