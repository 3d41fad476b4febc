import * as pulumi from "@pulumi/pulumi";
import type { QueryInput } from "../../provider/query/build/input";

/** What `check` gets: the plain value of everything, outputs resolved. */
export function resolved(query: QueryInput): Promise<unknown> {
  return new Promise((resolve) =>
    pulumi.output(query).apply((value) => resolve(JSON.parse(JSON.stringify({ ...value })))),
  );
}
