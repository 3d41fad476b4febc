import { z } from "zod";

const listedExport = z.strictObject({
  name: z.string().describe("Name of the resource"),
  urn: z.string(),
  dataset: z.string().optional().describe("Id of the dataset; absent when none is recorded, or when it is a secret"),
  rows: z
    .number()
    .optional()
    .describe("Rows of the recorded export; absent when none is recorded, or when it is a secret"),
  exportedAt: z.iso.datetime().optional().describe("When the recorded export ended or began, by Domo's clock"),
  status: z.string().describe('Where the export stands; only "success" is delivered and verified'),
  drift: z
    .array(z.string())
    .optional()
    .describe("Kinds of drift that the last refresh recorded; absent when they are a secret"),
  next: z.string().optional().describe("What to do; absent when there is nothing to do"),
});

const listedStack = z.strictObject({
  stack: z.string(),
  exports: z.array(listedExport).describe("Every export in state, by name"),
  error: z.string().optional().describe("Why the state could not be read"),
});

/** Shape of `list --format json`; published as `docs/list.schema.json`. */
export const listReport = z.strictObject({ version: z.literal(1), stacks: z.array(listedStack) });

/** One export in state. */
export type ListedExport = z.infer<typeof listedExport>;
/** One stack and its exports. */
export type ListedStack = z.infer<typeof listedStack>;
/** All stacks, in the order in which they were asked for. */
export type ListReport = z.infer<typeof listReport>;
