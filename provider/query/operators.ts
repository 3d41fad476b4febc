import type { Operator } from "./ast";

const MIRRORED = { eq: "eq", ne: "ne", gt: "lt", lt: "gt", gte: "lte", lte: "gte" } satisfies Record<
  Operator,
  Operator
>;

/** The operator that says the same with its sides exchanged: `1 < "x"` is `"x" > 1`. */
export function mirrored(operator: Operator): Operator {
  return MIRRORED[operator];
}
