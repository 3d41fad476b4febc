import * as pulumi from "@pulumi/pulumi";
import type { QueryInput } from "../provider/query/build/input";

/** A column of a dataset. */
export interface DatasetColumn {
  /** Exact name; case counts. */
  name: string;
  /** Type in Domo: `STRING`, `LONG`, `DOUBLE`, `DECIMAL`, `DATE` or `DATETIME`. */
  type: string;
}

/** Facts of a dataset. */
export interface GetDatasetResult {
  /** Id of the dataset. */
  id: string;
  /** Name of the dataset. */
  name: string;
  /** Rows of the dataset; row policies are not counted in. */
  rowCount?: number;
  /** When the data last changed, ISO 8601 by Domo's clock. */
  lastUpdated?: string;
  /** The columns in their order. */
  columns: DatasetColumn[];
}

/** Facts of a dataset that the token's user may read. */
export function getDataset(
  args: { id: pulumi.Input<string> },
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetDatasetResult> {
  return pulumi.runtime.invokeOutput<GetDatasetResult>("domo:index:getDataset", args, opts);
}

/** What {@link countRows} counts: the query is given as `sql` or as `query`. */
export interface CountRowsArgs {
  /** Id of the dataset (the UUID in its address). */
  dataset: pulumi.Input<string>;
  /** The query as SQL text. */
  sql?: pulumi.Input<string>;
  /** The query by the builder, or as the JSON of Domo's documentation. */
  query?: pulumi.Input<QueryInput>;
}

/** How many rows a query has by Domo's own count, as the token's user sees them. Nothing is exported. */
export function countRows(args: CountRowsArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<{ rows: number }> {
  return pulumi.runtime.invokeOutput<{ rows: number }>("domo:index:countRows", { ...args }, opts);
}
