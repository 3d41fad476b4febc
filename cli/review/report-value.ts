import type { ReportedExport, ReportValue } from "./report";

/** A value as text, or in brackets why it is not shown. */
export function text(value: ReportValue | undefined): string {
  if (value === undefined) return "none";
  if ("value" in value) return value.value;
  return `⟨${value.unknown}${value.from.length > 0 ? `, from ${value.from.join(" and ")}` : ""}⟩`;
}

/** Where an export goes, on one line. */
export function placeOf({ destination }: Pick<ReportedExport, "destination">): string {
  return `s3://${shortText(destination.bucket)}/${shortText(destination.path)}`;
}

/** As {@link text}, but of a value that comes from other resources only their names. */
function shortText(value: ReportValue): string {
  return "unknown" in value && value.from.length > 0 ? `⟨from ${value.from.join(" and ")}⟩` : text(value);
}
