/** How a POST is taken and how an export runs. */
export interface RunOptions {
  /** Seconds from the POST to the end of an export, on the emulator's clock. */
  readonly exportSeconds: number;
  /** Share of `exportSeconds` by which lengths differ from it at random, to either side; the same sequence in every run. */
  readonly lengthSpread: number;
  /**
   * When a POST on unchanged data is answered with the previous successful export. `always` is the contract's worst case. Row
   * policies are never compared: after they changed, the old file is handed back.
   */
  readonly reuse: "always" | "same-user" | "same-request" | "never";
  /** What a POST gets while the dataset's slot is taken. `starts-second` runs a second export next to the first. */
  readonly busy: "running-200" | "400" | "409" | "starts-second";
  /**
   * What a POST that starts an export is answered: that export, 200 without a body, or (`foreign`) somebody else's export. The latter
   * is a running one, which keeps ours from starting only if `busy` refuses; when there is none, one is started, without files.
   */
  readonly postAnswer: "fresh" | "empty-200" | "foreign";
  /** HTTP status of a POST that started an export. */
  readonly createdStatus: 200 | 201;
  /** Name of the request's field for the session token. Under any other name it is ignored. */
  readonly sessionTokenField: string;
  /** Whether a request with a `source` is taken. */
  readonly source: "accepted" | "refused";
  /** Whether an order of rows is kept in the file. */
  readonly orderBy: "applied" | "ignored";
  /** Makes every export end in this error. */
  readonly failWith: { readonly errorCode: string; readonly message: string } | null;
  /** Makes every export end without files or error code, in this word, such as `CANCELLED`. */
  readonly endWord: string | null;
  /** How wrong the emulator's clock is; the `Date` header follows it. */
  readonly clockSkewMs: number;
  /** Calls a second (real time) above which the answer is 429 with `Retry-After`; 0 sets no limit. */
  readonly requestsPerSecond: number;
}

/** Runs of which nothing else was said. */
export const defaultRunOptions: RunOptions = {
  exportSeconds: 1,
  lengthSpread: 0,
  reuse: "always",
  busy: "running-200",
  postAnswer: "fresh",
  createdStatus: 200,
  sessionTokenField: "sessionToken",
  source: "accepted",
  orderBy: "applied",
  failWith: null,
  endWord: null,
  clockSkewMs: 0,
  requestsPerSecond: 0,
};
