import fc from "fast-check";
import type { RuntimeOptions } from "../../emulator/options";

/** What a Domo is like, in addition to what its emulator is by default. */
export type Quirks = Partial<RuntimeOptions>;

/** Something that happens. `stack` is one of two stacks that export the same dataset. */
export type Step =
  | { do: "up"; stack: number; during?: Disturbance }
  | { do: "change query"; stack: number; region: string | undefined }
  | { do: "trigger"; stack: number }
  | { do: "new data" }
  | { do: "policy"; policy: "all" | readonly string[] }
  | { do: "open bucket"; open: boolean }
  | { do: "foreign export"; own: boolean; seconds: number; fails: boolean }
  | { do: "stuck entry"; ageDays: number; holdsSlot: boolean }
  /** An export of the stack that Domo loses: its entry stays as that of one that runs. */
  | { do: "lost export"; stack: number; hasTime: boolean }
  /** The program takes over what the stack has exported last. */
  | { do: "adopt"; stack: number }
  | { do: "refresh"; stack: number }
  | { do: "tamper"; stack: number; what: "file" | "manifest"; how: "replace" | "remove" }
  | { do: "quirks"; quirks: Quirks }
  | { do: "destroy"; stack: number };

/** What happens while an `up` runs. */
export type Disturbance =
  | { what: "new data" | "open bucket" | "policy" | "foreign export"; afterMs: number }
  /** The bytes of an object stop coming once. */
  | { what: "stall"; afterMs: number }
  | { what: "kill"; afterMs: number };

export interface History {
  quirks: Quirks;
  verify: "objects" | "rows";
  countRows: "auto" | "require" | "off";
  onNewData: "ignore" | "report" | "export";
  deleteObjects: boolean;
  /** Whether Domo gets credentials of a role, or the caller's own. */
  hasRole: boolean;
  steps: Step[];
}

const odd: readonly unknown[] = [
  { exportId: "odd-1", exportStatus: "success", urlRowCountMap: { "s3://x/y": -1 } },
  { exportId: "odd-2", exportStatus: null },
  { exportId: "odd-3", exportStatus: "success", started: "yesterday", finished: "soon", urlRowCountMap: [] },
  { exportStatus: "exporting" },
  null,
  7,
  "https://x.s3.amazonaws.com/y?X-Amz-Signature=EMULATOR-SECRET-SIGNATURE",
];

/** Each quirk is there in one of four Domos; all may come together. */
const quirk = {
  reuse: fc.constantFrom("always", "same-user", "same-request", "never"),
  busy: fc.constantFrom("running-200", "400", "409", "starts-second"),
  postAnswer: fc.constantFrom("fresh", "empty-200", "foreign"),
  createdStatus: fc.constantFrom(200, 201),
  timeFormat: fc.constantFrom("iso", "iso-without-zone", "iso-offset", "epoch", "epoch-text"),
  startedTimes: fc.constantFrom("present", "absent", "null"),
  finishedTimes: fc.constantFrom("present", "absent", "null"),
  urlForm: fc.constantFrom("s3", "s3-encoded", "s3-double-slash", "bucket-key", "relative", "key", "virtual", "path"),
  urlEncoding: fc.constantFrom("usual", "raw", "encoded"),
  urlQuery: fc.constantFrom("", "X-Amz-Signature=EMULATOR-SECRET-SIGNATURE"),
  urlsLaterSeconds: fc.constantFrom(0, 1, 1000),
  urlMapLess: fc.constantFrom("absent", "null", "empty"),
  laterWord: fc.constantFrom(null, { afterSeconds: 1, word: "EXPIRED" }, { afterSeconds: 0, word: "ARCHIVED" }),
  statusWords: fc.constantFrom(
    {},
    { exporting: "RUNNING", success: "SUCCESS" },
    { error: "FAILED", none: "NONE" },
    { exporting: "BREWING" },
  ),
  quoteSecrets: fc.boolean(),
  quoteSignedUrl: fc.boolean(),
  quoteForm: fc.constantFrom("raw", "escaped", "double-escaped", "percent"),
  partRows: fc.constantFrom(0, 1, 2),
  compression: fc.constantFrom("gzip", "none"),
  layout: fc.constantFrom("id-export", "id", "flat"),
  missingRows: fc.constantFrom(0, 1),
  wordRows: fc.constantFrom(0, 1, -100),
  lostRows: fc.constantFrom(0, 1),
  executeStatus: fc.constantFrom(null, 403, 404, 500),
  executeSeconds: fc.constantFrom(0, 5),
  countAs: fc.constantFrom("number", "text"),
  countRows: fc.constantFrom(0, 1, -1),
  unnamedFiles: fc.constantFrom(0, 1),
  missingFiles: fc.constantFrom(0, 1),
  truncatedBytes: fc.constantFrom(0, 10),
  listLimit: fc.constantFrom(0, 1, 2),
  oddEntries: fc.constantFrom([], odd, odd.slice(2, 5)),
  oddEntriesAt: fc.constantFrom("before", "after"),
  lastUpdated: fc.constantFrom("present", "absent"),
  dataLastUpdated: fc.constantFrom("present", "absent", "zero"),
  failWith: fc.constantFrom(null, { errorCode: "QUERY_FAILED", message: "Out of memory" }),
  endWord: fc.constantFrom(null, "CANCELLED"),
  clockSkewMs: fc.constantFrom(0, 3_600_000, -3_600_000),
} satisfies Partial<Record<keyof RuntimeOptions, fc.Arbitrary<unknown>>>;

const quirks: fc.Arbitrary<Quirks> = fc
  .tuple(
    ...Object.entries(quirk).map(([name, values]) =>
      fc.option(
        (values as fc.Arbitrary<unknown>).map((value) => [name, value]),
        { freq: 3, nil: undefined },
      ),
    ),
  )
  .map((drawn) => Object.fromEntries(drawn.filter((entry) => entry !== undefined)) as Quirks)
  // Three of four quirks are dropped again, so that most Domos differ in a few things and some in many.
  .chain((all) =>
    fc.oneof(
      fc.constant(all),
      fc.shuffledSubarray(Object.keys(all), { maxLength: 3 }).map((names) => pick(all, names)),
      fc.constant({}),
    ),
  );

function pick(all: Quirks, names: readonly string[]): Quirks {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

const stack = fc.constantFrom(0, 0, 1);
const policy = fc.constantFrom<"all" | readonly string[]>("all", ["West"], ["West", "East"], ["East"]);
const during = fc.option(
  fc.record({
    what: fc.constantFrom("new data", "open bucket", "policy", "foreign export", "stall", "kill"),
    afterMs: fc.constantFrom(0, 20, 50, 90, 140),
  }),
  { freq: 3, nil: undefined },
);
const up: fc.Arbitrary<Step> = fc.record({ do: fc.constant("up"), stack, during });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: up },
  { weight: 2, arbitrary: fc.constant<Step>({ do: "new data" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("change query"),
      stack,
      region: fc.constantFrom(undefined, "West", "East"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("trigger"), stack }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("policy"), policy }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("open bucket"), open: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("foreign export"),
      own: fc.boolean(),
      seconds: fc.constantFrom(0.2, 3, 15),
      fails: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("stuck entry"),
      ageDays: fc.constantFrom(0.1, 300),
      holdsSlot: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lost export"), stack, hasTime: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("adopt"), stack }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("refresh"), stack }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("tamper"),
      stack,
      what: fc.constantFrom("file", "manifest"),
      how: fc.constantFrom("replace", "remove"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("quirks"), quirks }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("destroy"), stack }) },
);

/** A Domo, a program, and what happens to both. It starts with an `up`, and ends as `run-history.ts` says. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    quirks,
    verify: fc.constantFrom("objects", "rows"),
    countRows: fc.constantFrom("auto", "auto", "require", "off"),
    onNewData: fc.constantFrom("ignore", "report", "export"),
    deleteObjects: fc.boolean(),
    hasRole: fc.boolean(),
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  })
  .map((history) => ({ ...history, steps: [{ do: "up", stack: 0 }, ...history.steps] }));
