import type { DuckDBInstance } from "@duckdb/node-api";
import type { Clock } from "./clock";
import type { ExportRecord } from "./export-record";
import type { Credentials } from "./export-request";
import type { EmulatorOptions, RuntimeOptions } from "./options";
import type { Statement } from "./query-sql";

/** An error that an export ends in. */
export interface ExportFailure {
  readonly errorCode: string;
  readonly message: string;
}

/** What an export needs while it runs. */
export interface ExportJob {
  readonly record: ExportRecord;
  readonly statement: Statement;
  /** Absent for an export that only occupies the slot and writes nothing. */
  readonly credentials?: Credentials;
  readonly seconds: number;
  readonly fails?: ExportFailure;
  /** Ends the waiting at once. */
  readonly hurry: AbortSignal;
}

/** What jobs share. */
export interface JobSurroundings {
  readonly instance: DuckDBInstance;
  readonly clock: Clock;
  readonly storage: Pick<EmulatorOptions, "s3Endpoint" | "regionProbe">;
  options(): RuntimeOptions;
}

/** Runs an export to its end: none → exporting → success | error. Never rejects; the record tells the outcome. */
export async function runExport(job: ExportJob, around: JobSurroundings): Promise<void> {
  const { record, seconds, hurry, credentials } = job;
  const preparing = seconds / 10;
  await around.clock.sleep(preparing, hurry);
  record.status = "exporting";
  await around.clock.sleep(seconds - preparing, hurry);
  try {
    const { failWith, endWord } = around.options();
    const failure = failWith ?? job.fails;
    if (failure) throw Object.assign(new Error(failure.message), { name: failure.errorCode });
    if (record.errorCode === null) record.endWord ??= endWord;
    const isGood = record.errorCode === null && record.endWord === null;
    if (isGood && credentials) {
      // The AWS SDK is slow to load, and many an emulator never writes.
      const { writeFiles } = await import("./export-files.js");
      await writeFiles({ ...job, credentials }, around);
    }
    record.status = isGood ? "success" : "error";
  } catch (error) {
    record.errorCode = errorCode(error);
    record.message = withoutSecrets(error instanceof Error ? error.message : String(error), credentials);
    record.files.length = 0;
    record.status = "error";
  }
  record.finishedAt = around.clock.now();
}

function errorCode(error: unknown): string {
  const { name = "Error", code } = error as { name?: string; code?: string };
  return name === "Error" ? (code ?? "InternalError") : name;
}

function withoutSecrets(message: string, credentials: Credentials | undefined): string {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials ?? {};
  const secrets = [accessKeyId, secretAccessKey, sessionToken];
  return secrets.reduce<string>((text, secret) => (secret ? text.replaceAll(secret, "***") : text), message);
}
