import type { Change, Finding, Report, ReportedExport, StackReview } from "../../cli/review/report";

/** An export of a report, with nothing to look at. */
export function reportedExport(name: string, more: Partial<ReportedExport> = {}): ReportedExport {
  return {
    name,
    urn: `urn:pulumi:dev::shop::pulumi-nodejs:dynamic/domo:S3Export::${name}`,
    marks: [],
    faults: [],
    dataset: { value: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17" },
    columns: ['"Region"'],
    rowFilter: [`"Region" = 'West'`],
    sql: `SELECT\n  "Region"\nFROM dataset\nWHERE "Region" = 'West'`,
    destination: { bucket: { value: "acme-exports" }, path: { value: `exports/${name}` } },
    access: { roleArn: { value: "arn:aws:iam::000000000042:role/export" }, ownKeys: "no" },
    overrides: [],
    options: [],
    ...more,
  };
}

/** A change of an export. */
export function reportedChange(name: string, findings: Finding[], sqlDiff: string[] = []): Change {
  return { name, urn: `urn:pulumi:dev::shop::x::${name}`, kind: "changed", findings, sqlDiff };
}

/** A report of stacks. */
export function reportOf(...stacks: Partial<StackReview>[]): Report {
  return {
    version: 1,
    project: "shop",
    base: { ref: "main", commit: "6e1c6e1c6e1c6e1c" },
    differences: [],
    stacks: stacks.map((stack) => ({
      stack: "dev",
      domo: { settings: { value: "https://acme.domo.com" } },
      exports: [],
      alsoDeclares: [],
      notes: [],
      ...stack,
    })),
    notes: [],
  };
}
