import { paintFor, widthOfTerminal, writeReport } from "../write-report";
import { doctorReport, type DoctorReport } from "./check";
import type { DoctorOptions } from "./command";
import { examine } from "./examine";
import { renderMarkdown, renderText } from "./write";

/** The SDK announces the end of Node 20 in each run; `doctor` checks the version itself. */
const SDK_WARNING = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/** Checks everything and writes what was found. Returns the exit code: 1 when a check failed. */
export async function runDoctor(options: DoctorOptions): Promise<0 | 1> {
  process.env[SDK_WARNING] ??= "true";
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interruption.abort());
  const { checks } = await examine(options, interruption.signal);
  const report: DoctorReport = { version: 1, checks: [...checks] };
  writeReport(render(report, options), options.output);
  return checks.some(({ verdict }) => verdict === "fail") ? 1 : 0;
}

function render({ version, checks }: DoctorReport, { format, output }: DoctorOptions): string {
  switch (format) {
    case undefined:
    case "text":
      return renderText(checks, { paint: paintFor(output), width: widthOfTerminal() });
    case "markdown":
      return renderMarkdown(checks);
    case "json":
      return `${JSON.stringify(doctorReport.parse({ version, checks }), null, 2)}\n`;
  }
}
