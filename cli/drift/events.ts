import { z } from "zod";
import { isExportType } from "../../provider/host/resource-types";
import { shortName } from "../../provider/host/urn";
import { compareText } from "../compare-text";
import { type ExportReport, type Finding, recordedDrift, type StackReport } from "./report";

const TOO_OLD = "Pulumi 3.200 or newer is needed";

const side = z.object({
  outputs: z.record(z.string(), z.unknown()).nullish(),
  initErrors: z.array(z.string()).nullish(),
});
const step = z.object({
  metadata: z.object({ op: z.string(), urn: z.string(), type: z.string(), old: side.nullish(), new: side.nullish() }),
});

/** The parts of the engine's events that show drift; other events and members are ignored. */
const engineEvent = z.object({
  resourcePreEvent: step.optional(),
  resOutputsEvent: step.optional(),
  resOpFailedEvent: step.optional(),
  diagnosticEvent: z.object({ urn: z.string().optional(), message: z.string(), severity: z.string() }).optional(),
  summaryEvent: z.object({ result: z.string().optional() }).optional(),
});

type EngineEvent = z.infer<typeof engineEvent>;
type Step = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];

const exportOutputs = z.object({
  exportId: z.string().optional(),
  exportStatus: z.string(),
  onNewData: z.string().optional().catch(undefined), // a secret has another form
  drift: z.array(recordedDrift),
});

/** What a run of `pulumi refresh --preview-only` left behind. */
export interface RefreshRun {
  readonly code: number;
  /** Engine events, one JSON object a line. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Reads the findings of one stack from the engine's events. Drift is in the new outputs of each export's
 * `resOutputsEvent`, also where the engine sees no change: its exit code and the summary of `--json` leave that out.
 * An export that the engine began and did not end, or a run without a summary, is an error, never "no drift".
 */
export function readStackReport(stack: string, run: RefreshRun): StackReport {
  try {
    const events = parseEvents(run.stdout);
    const ended = events.flatMap(({ resOutputsEvent }) => exportStep(resOutputsEvent));
    const exports = ended.map(exportReportOf).sort((a, b) => compareText(a.name, b.name) || compareText(a.urn, b.urn));
    const error = errorOf(run, events, new Set(ended.map(({ urn }) => urn)));
    return error === undefined ? { stack, exports } : { stack, exports, error };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const reason = `the answer of "pulumi refresh" is not understood: ${z.prettifyError(error)}`;
    return { stack, exports: [], error: reason };
  }
}

function parseEvents(stdout: string): EngineEvent[] {
  return stdout.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return []; // a notice of the command line itself
    try {
      return [engineEvent.parse(JSON.parse(line))];
    } catch (error) {
      if (error instanceof SyntaxError) return []; // a line cut short: the missing summary shows it
      throw error;
    }
  });
}

function exportStep(event: { metadata: Step } | undefined): Step[] {
  return event && isExportType(event.metadata.type) ? [event.metadata] : [];
}

function exportReportOf({ op, urn, old, new: now }: Step): ExportReport {
  const name = shortName(urn);
  if (op === "delete" || !now)
    return { name, urn, drift: [goneOf(exportOutputs.parse(old?.outputs).exportId ?? name)] };
  const { exportId, exportStatus, onNewData, drift } = exportOutputs.parse(now.outputs);
  const which = { name, urn, ...(onNewData !== undefined && { onNewData }) };
  const why = old?.initErrors ?? now.initErrors ?? []; // the refresh takes the mark off the new state
  if (exportStatus === "success" && why.length === 0) return { ...which, drift };
  const actual = [exportStatus === "success" ? "not initialised" : exportStatus, ...why].map(oneLine).join(": ");
  return {
    ...which,
    drift: [{ kind: "not-delivered", subject: exportId ?? name, expected: "success", actual }, ...drift],
  };
}

function goneOf(subject: string): Finding {
  return { kind: "gone", subject, expected: "an export", actual: "neither an object in S3 nor an entry at Domo" };
}

function errorOf(run: RefreshRun, events: readonly EngineEvent[], ended: ReadonlySet<string>): string | undefined {
  const began = events.flatMap(({ resourcePreEvent }) => exportStep(resourcePreEvent)).map(({ urn }) => urn);
  const left = [...new Set(began)]
    .filter((urn) => !ended.has(urn))
    .map(shortName)
    .sort(compareText);
  const summary = events.some(({ summaryEvent }) => summaryEvent !== undefined);
  if (run.code === 0 && summary && left.length === 0) return undefined;
  const faults = faultsOf(events);
  if (faults.length > 0) return faults.join("\n");
  const said = run.stderr.replace(/^error: /gm, "").trim();
  if (said.startsWith("unknown flag")) return `"pulumi refresh": ${said}; ${TOO_OLD}`;
  if (run.code !== 0) return said || `"pulumi refresh" ended with exit code ${run.code} and gave no reason`;
  if (!summary) return `"pulumi refresh" sent no events; ${TOO_OLD}`;
  return `"pulumi refresh" did not look at ${left.join(", ")}`;
}

/** Error messages, each once with the exports that it is about. */
function faultsOf(events: readonly EngineEvent[]): string[] {
  const about = new Map<string, Set<string>>();
  for (const { diagnosticEvent } of events) {
    if (diagnosticEvent?.severity !== "error") continue;
    const text = oneLine(diagnosticEvent.message).replace(/^Preview failed: /, "");
    if (text === "preview failed") continue; // repeats that there was an error
    const names = about.get(text) ?? new Set();
    if (diagnosticEvent.urn) names.add(shortName(diagnosticEvent.urn));
    about.set(text, names);
  }
  return [...about]
    .map(([text, names]) => (names.size ? `${[...names].sort(compareText).join(", ")}: ${text}` : text))
    .sort(compareText);
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}
