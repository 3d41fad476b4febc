import { z } from "zod";
import { DomoExportError } from "../../provider/errors";

const check = z.strictObject({
  name: z.string().describe("What was checked"),
  verdict: z.enum(["ok", "warn", "fail", "skipped"]),
  text: z.string().describe("What was found; for skipped, why"),
  advice: z.string().optional().describe("What to do; absent when there is nothing to do"),
});

const liveRow = z.strictObject({
  id: z.string().describe("The question"),
  grade: z
    .enum(["B", "C", "?"])
    .describe("How well it is known of Domo in general: B = from other callers, C = from one source, ? = not at all"),
  asks: z.string().describe("The question in words"),
  verdict: z.enum(["expected", "differs", "not asked"]).describe("differs = something has to be done"),
  answer: z.string().describe("What this Domo does; for not asked, why"),
  means: z.string().optional().describe("The setting for it, or what follows from it"),
});

/** Shape of `doctor --format json`; published as `docs/doctor.schema.json`. */
export const doctorReport = z.strictObject({
  version: z.literal(1),
  checks: z.array(check),
  live: z.array(liveRow).optional().describe("What this Domo does; only with --live"),
});

/** One row of what a Domo does. */
export type LiveRow = z.infer<typeof liveRow>;

/** One thing that was checked, in one sentence, with what to do. */
export type Check = z.infer<typeof check>;
/** All that was checked, in its order. */
export type DoctorReport = z.infer<typeof doctorReport>;

/** A check without its name. */
export type Finding = Omit<Check, "name">;

export const ok = (text: string): Finding => ({ verdict: "ok", text });
export const warn = (text: string, advice: string): Finding => ({ verdict: "warn", text, advice });
export const fail = (text: string, advice?: string): Finding => ({ verdict: "fail", text, ...(advice && { advice }) });
export const skipped = (text: string, advice?: string): Finding => ({
  verdict: "skipped",
  text,
  ...(advice && { advice }),
});

/** Runs one check. What it throws is its finding, so that the checks after it go on. */
export async function checked(name: string, run: () => Promise<Finding> | Finding): Promise<Check> {
  try {
    return { name, ...(await run()) };
  } catch (error) {
    return { name, ...failure(error) };
  }
}

/** What an error says, as a finding. */
export function failure(error: unknown): Finding {
  if (error instanceof DomoExportError) {
    const [fact = "", advice] = error.advice === undefined ? split(error.message) : [error.fact, error.advice];
    return fail(fact, advice);
  }
  // An unforeseen error may quote anything: its name is all that is safe to show.
  return fail(
    `the check itself failed (${error instanceof Error ? error.name : "unknown error"})`,
    "report this as a bug",
  );
}

/** Errors of requests to Domo have both parts in one text. */
function split(message: string): [string, string | undefined] {
  const at = message.indexOf(" — ");
  return at < 0 ? [message, undefined] : [message.slice(0, at), message.slice(at + 3)];
}
