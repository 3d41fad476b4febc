import { and, between, eq, inList, select, type SelectBuilder } from "../../provider/query/build/builder";

/** What a benchmark's program declares. */
export interface Plan {
  /** `export` is this package, `floor` does nothing, `textbook` does the job as tutorials do. */
  readonly kind: "export" | "floor" | "textbook";
  readonly count: number;
  /** The resources are dealt out to the datasets in turn. */
  readonly datasets: readonly string[];
  readonly bucket: string;
  readonly path: string;
  readonly roleArn: string;
}

/** Arguments that all kinds are given alike. */
export interface PlannedArgs {
  readonly dataset: string;
  readonly query: SelectBuilder;
  readonly bucket: string;
  readonly path: string;
  readonly roleArn: string;
}

export const columnNames = Array.from({ length: 20 }, (_, index) => `Column ${String(index + 1).padStart(2, "0")}`);

/** Twenty columns and three predicates. */
export function plannedQuery(index: number): SelectBuilder {
  const [text, number, other] = [columnNames[0]!, columnNames[1]!, columnNames[2]!];
  return select(...columnNames).where(
    and(eq(text, "West"), between(number, 0, 1000 + index), inList(other, ["West", "East", "North"])),
  );
}

/** Name and arguments of each resource. */
export function plannedResources(plan: Plan): [name: string, args: PlannedArgs][] {
  const { count, datasets, bucket, path, roleArn } = plan;
  return Array.from({ length: count }, (_, index) => {
    const name = `export-${String(index).padStart(4, "0")}`;
    const dataset = datasets[index % datasets.length]!;
    return [name, { dataset, query: plannedQuery(index), bucket, path: `${path}/${name}`, roleArn }];
  });
}
