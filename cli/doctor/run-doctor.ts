import { packageVersion } from "../../provider/host/package-version";
import { interruption } from "../interruption";
import { paintFor, widthOfTerminal, writeReport } from "../write-report";
import { type Check, doctorReport, type DoctorReport, skipped } from "./check";
import type { DoctorOptions } from "./command";
import { examine, type Examination } from "./examine";
import type { LiveResult } from "./live/ask";
import { liveRows } from "./live/rows";
import { renderMarkdown, renderPublic, renderText } from "./write";

/** Checks everything and writes what was found. Returns the exit code: 1 when a check failed. */
export async function runDoctor(options: DoctorOptions): Promise<0 | 1> {
  const signal = interruption();
  const examination = await examine(options, signal);
  const live: LiveResult = options.live ? await liveResult(examination, options, signal) : { checks: [] };
  const report: DoctorReport = {
    version: 1,
    checks: [...examination.checks, ...live.checks],
    ...(live.answers && { live: liveRows(live.answers) }),
  };
  writeReport(render(report, options), options.output);
  if (options.report !== undefined) writeReport(renderPublic(report, packageVersion()), options.report);
  return report.checks.some(({ verdict }) => verdict === "fail") ? 1 : 0;
}

/** Only where all that an export needs is there: half of the answers would be guesses. */
async function liveResult(
  { access, place, checks }: Examination,
  options: DoctorOptions,
  signal: AbortSignal,
): Promise<LiveResult> {
  const { dataset } = options;
  const failed = checks.find(({ verdict }) => verdict === "fail");
  const not = (why: string): LiveResult => ({ checks: [{ name: "live", ...skipped(why) } satisfies Check] });
  if (failed) return not(`the check "${failed.name}" failed`);
  if (!access || !place || dataset === undefined) return not("dataset, bucket and role are needed");
  const { askLive } = await import("./live/ask.js");
  return askLive(access, { ...options, dataset, place }, signal);
}

function render(report: DoctorReport, { format, output }: DoctorOptions): string {
  switch (format) {
    case undefined:
    case "text":
      return renderText(report, { paint: paintFor(output), width: widthOfTerminal() });
    case "markdown":
      return renderMarkdown(report);
    case "json":
      return `${JSON.stringify(doctorReport.parse(report), null, 2)}\n`;
  }
}
