/** Words of `exportStatus`. */
export type StatusWord = "none" | "exporting" | "success" | "error";

/** How an export is shown, in the POST's answer and in the list. */
export interface AnswerOptions {
  /** `iso-without-zone` is UTC without the Z, `iso-offset` is the same moment at +02:00. */
  readonly timeFormat: "iso" | "iso-without-zone" | "iso-offset" | "epoch" | "epoch-text";
  readonly startedTimes: "present" | "absent" | "null";
  readonly finishedTimes: "present" | "absent" | "null";
  /**
   * How `urlRowCountMap` names a file: `s3://b/key` (`s3-encoded`: percent-encoded, `s3-double-slash`: `s3://b//key`), `b/key`, the key
   * itself or relative to the request's path, `https://b.s3.…/key` or `https://s3.…/b/key`.
   */
  readonly urlForm: "s3" | "s3-encoded" | "s3-double-slash" | "bucket-key" | "relative" | "key" | "virtual" | "path";
  /** Whether keys in URLs are percent-encoded. `usual` does so in https URLs and in `s3-encoded`. */
  readonly urlEncoding: "usual" | "raw" | "encoded";
  /** Query string of every URL, without the question mark. */
  readonly urlQuery: string;
  /** Seconds after its end from which an export has URLs. */
  readonly urlsLaterSeconds: number;
  /** What stands in place of the URLs' maps until then. */
  readonly urlMapLess: "absent" | "null" | "empty";
  /** Other words for a status, such as `{"exporting": "RUNNING"}`. */
  readonly statusWords: Readonly<Partial<Record<StatusWord, string>>>;
  /** The word of exports that ended that long ago, such as `EXPIRED`. */
  readonly laterWord: { readonly afterSeconds: number; readonly word: string } | null;
  /**
   * Every `message` quotes what was sent: an export's the AWS keys and session token of its request (if this was on when it was made),
   * a refusal's also the developer token. Only while this is on, the emulator keeps keys longer than the job that uses them.
   */
  readonly quoteSecrets: boolean;
  /** Every `message` quotes a presigned URL. */
  readonly quoteSignedUrl: boolean;
  /**
   * How messages quote: as it is; `escaped` in the answer's JSON (`\/`, `\u003d`), so that only a parser sees it as it is; `double-escaped`,
   * as the JSON text of a body, so that escapes are left after parsing; percent-encoded.
   */
  readonly quoteForm: "raw" | "escaped" | "double-escaped" | "percent";
}

/** Answers of which nothing else was said. */
export const defaultAnswerOptions: AnswerOptions = {
  timeFormat: "iso",
  startedTimes: "present",
  finishedTimes: "present",
  urlForm: "s3",
  urlEncoding: "usual",
  urlQuery: "",
  urlsLaterSeconds: 0,
  urlMapLess: "absent",
  statusWords: {},
  laterWord: null,
  quoteSecrets: false,
  quoteSignedUrl: false,
  quoteForm: "raw",
};
