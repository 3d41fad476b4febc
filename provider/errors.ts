/** A fault in one argument or setting, shown on the resource: `property` is a path such as `query.columns[1]`. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** The failure as one sentence, which names its argument or setting once. */
export function failureText({ property, reason }: CheckFailure): string {
  const isNamed = [": ", " "].some((gap) => reason.startsWith(property + gap));
  return isNamed ? reason : `${property}: ${reason}`;
}

/**
 * Base of every error that a user of the resource can see. It writes its own sentence, `<fact> — <advice>`, without
 * secrets; code reads the two parts and never the sentence.
 */
export class DomoExportError extends Error {
  override readonly name: string = "DomoExportError";
  /** What to do. */
  readonly advice: string | undefined;
  constructor(
    /** What was attempted, and what came back. */
    readonly fact: string,
    { advice, cause }: { advice?: string; cause?: unknown } = {},
  ) {
    super(advice === undefined ? fact : `${fact} — ${advice}`, { cause });
    this.advice = advice;
  }
}

/** Domo answered a request with a status that is not 2xx. */
export class DomoStatusError extends DomoExportError {
  override readonly name = "DomoStatusError";
  constructor(
    message: string,
    readonly status: number,
    /** Milliseconds that a `Retry-After` header asked to wait. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(message);
  }
}

/** No usable answer came: connection refused or reset, time limit, or the answer was cut off. */
export class DomoConnectionError extends DomoExportError {
  override readonly name = "DomoConnectionError";
  constructor(
    message: string,
    /** `true` when the request can't have reached Domo (connection refused, name not found). */
    readonly neverSent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Domo answered 2xx with something that the contract does not allow: not JSON, or the wrong shape. */
export class DomoAnswerError extends DomoExportError {
  override readonly name = "DomoAnswerError";
  constructor(
    message: string,
    /** `true` when the answer broke off, so that asking again may help. */
    readonly cutOff: boolean,
  ) {
    super(message);
  }
}

/** A call to AWS failed after its retries. */
export class AwsCallError extends DomoExportError {
  override readonly name = "AwsCallError";
  /** The service's own code, such as `AccessDenied` or `NoSuchBucket`. */
  readonly code: string;
  constructor(fact: string, { code, ...rest }: { code: string; advice: string; cause: unknown }) {
    super(fact, rest);
    this.code = code;
  }
}

/** A check before the POST says that this export must not run: nothing was started. */
export class PreflightError extends DomoExportError {
  override readonly name = "PreflightError";
}

/** Domo returned an earlier export that can't be shown to be this definition's. */
export class ForeignExportError extends DomoExportError {
  override readonly name = "ForeignExportError";
}

/** Domo ended the export with an error of its own. */
export class ExportFailedError extends DomoExportError {
  override readonly name = "ExportFailedError";
}

/** The time limit of the resource passed before the export ended. */
export class ExportTimeoutError extends DomoExportError {
  override readonly name = "ExportTimeoutError";
}

/** The POST may or may not have started an export, and Domo's list does not tell. */
export class LostAnswerError extends DomoExportError {
  override readonly name = "LostAnswerError";
}

/** What Domo reports as delivered is not what S3 holds. */
export class VerificationError extends DomoExportError {
  override readonly name = "VerificationError";
}

/** The run was cancelled by the shell around the lifecycle. */
export class CancelledError extends DomoExportError {
  override readonly name = "CancelledError";
  constructor(fact: string, { cause }: { cause?: unknown } = {}) {
    super(fact, {
      advice:
        "run pulumi up again: an export that was started goes on at Domo, and is looked for before another is started",
      cause,
    });
  }
}

/** An export runs at Domo, and can't be asked for any more: the token has ended, or Domo does not answer. */
export class UnwatchedExportError extends DomoExportError {
  override readonly name = "UnwatchedExportError";
}
