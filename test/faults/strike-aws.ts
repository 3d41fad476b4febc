import type { ProxiedAnswer, ProxiedRequest, ProxyRule } from "../../local/fault-proxy";
import { REGION } from "../support/lab";
import type { Cell } from "./cell";
import type { Phase, Strike, StrikeMaker, When } from "./row";
import { together, unrecorded } from "./strike";

type Match = (request: ProxiedRequest, bucket: string) => boolean;

const on = (method: string, path: RegExp): Match => {
  return (request, bucket) =>
    request.method === method && request.url.startsWith(`/${bucket}`) && path.test(request.url);
};

/** Requests of the provider and of Domo, as they are told apart. */
const requests = {
  head: on("HEAD", /^/),
  settings: on("GET", /^\/[^/?]+\/?\?(policy|acl|publicAccessBlock|encryption|website|ownershipControls)/),
  list: on("GET", /list-type=2/),
  verifying: on("GET", /list-type=2.*%2F[0-9a-f]{8}-[0-9a-f-]{27}%2F/),
  content: on("GET", /^\/[^/?]+\/exports/),
  probe: on("POST", /\?uploads/),
  abort: on("DELETE", /uploadId=/),
  write: on("PUT", /^/),
  remove: on("POST", /^\/[^/?]+\/?\?delete/),
  role: ({ method, body }, bucket) => method === "POST" && body.includes("Action=AssumeRole") && body.includes(bucket),
} satisfies Record<string, Match>;
type RequestName = keyof typeof requests;

/** A refusal as S3 and STS spell it. One to a HEAD has no body. */
function refusal(status: number, code: string, headers: Record<string, string> = {}) {
  return ({ method, url }: ProxiedRequest): ProxiedAnswer => {
    const error = `<Error><Code>${code}</Code><Message>no</Message></Error>`;
    const sts = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}</ErrorResponse>`;
    const body = method === "HEAD" ? "" : url === "/" ? sts : error;
    return { status, headers: { "content-type": "application/xml", ...headers }, body };
  };
}

/** S3 names the bucket's region even to those whom it refuses. */
const region = (name: string) => ({ "x-amz-bucket-region": name });
const denied = refusal(403, "AccessDenied", region(REGION));
const noBucket = refusal(404, "NoSuchBucket");
const slowDown = refusal(503, "SlowDown");
const moved = refusal(301, "PermanentRedirect", region("eu-north-1"));
const expired = refusal(400, "ExpiredToken");

/** A refusal for each object, in an answer of 200. */
const deniedPerObject = ({ body }: ProxiedRequest): ProxiedAnswer => {
  const errors = [...body.matchAll(/<Key>([^<]+)/g)].map(
    ([, key]) => `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>no</Message></Error>`,
  );
  const headers = { "content-type": "application/xml" };
  return { status: 200, headers, body: `<DeleteResult>${errors.join("")}</DeleteResult>` };
};

/** One rule for each of the requests; `once` hits each of them once. */
function hit(when: When, names: RequestName[], answer: ProxyRule["answer"]): Strike {
  return {
    begin({ aws, bucket }) {
      const times = when === "once" ? 1 : undefined;
      const undo = names.map((name) => aws.add({ match: (request) => requests[name](request, bucket), times, answer }));
      return Promise.resolve(() => undo.forEach((one) => one()));
    },
  };
}

/** Does something when the provider lists what an export wrote, before that request goes on. */
export function onVerification(
  { aws, bucket }: Cell,
  begin: () => Promise<() => unknown>,
): Promise<() => Promise<void>> {
  let mend: (() => unknown) | undefined;
  const undo = aws.add({
    match: (request) => requests.verifying(request, bucket),
    times: 1,
    before: async () => (mend = await begin()),
  });
  return Promise.resolve(async () => {
    undo();
    await mend?.();
  });
}

/** Which requests a fault of S3 strikes in each phase, one run for each group. */
const groups: Partial<Record<Phase, Record<string, RequestName[]>>> = {
  preflight: { reads: ["head", "list"], probe: ["probe"] },
  poll: { "Domo's write": ["write"] },
  verify: { list: ["verifying"], content: ["content"] },
  read: { "all of S3": ["head", "list"] },
  delete: { objects: ["remove"] },
};

function s3Fault(answer: ProxyRule["answer"], more: typeof groups = {}): StrikeMaker {
  return (phase, when) =>
    Object.fromEntries(
      Object.entries({ ...groups, ...more }[phase] ?? {}).map(([name, names]) => [name, hit(when, names, answer)]),
    );
}

/** S3 answers, dates and lists by a clock that is wrong. */
function skewed(ms: number): StrikeMaker {
  const shift = (text: string): Date => new Date(Date.parse(text) + ms);
  const edit: ProxyRule["edit"] = ({ status, headers, body }) => ({
    status,
    headers: { ...headers, date: shift(headers.date ?? "").toUTCString() },
    body: headers["content-type"]?.includes("xml")
      ? String(body).replace(
          /(<LastModified>)([^<]+)/g,
          (_, tag: string, time: string) => tag + shift(time).toISOString(),
        )
      : body,
  });
  return (phase) => ({
    "all answers": {
      async begin(cell) {
        const undo = cell.aws.add({ match: ({ url }) => url.startsWith(`/${cell.bucket}`), edit });
        if (phase === "preflight") await (await cell.process()).create(cell.args());
        return undo;
      },
    },
  });
}

/** Roles refuse for 20 s of the provider's clock after they were made. */
const healingRole: Strike = {
  async begin(cell) {
    const mend = (await hit("lasting", ["role"], denied).begin?.(cell)) ?? (() => undefined);
    setTimeout(mend, 500);
    return mend;
  },
};

/** Bodies of which only the first half comes. What should be removed is not. */
const stalled: StrikeMaker = (phase): Record<string, Strike> => {
  const half =
    (name: RequestName, rule: Omit<ProxyRule, "match"> = { edit: (answer) => ({ ...answer, stalls: true }) }) =>
    ({ aws, bucket }: Cell) =>
      Promise.resolve(aws.add({ match: (request) => requests[name](request, bucket), ...rule }));
  switch (phase) {
    case "preflight":
      return {
        list: { begin: half("list") },
        "content of an unrecorded export": { begin: together(unrecorded, half("content")) },
      };
    case "verify":
      return { list: { begin: half("verifying") }, content: { begin: half("content") } };
    case "delete": {
      const headers = { "content-type": "application/xml" };
      const answer = { status: 200, headers, body: "<DeleteResult></DeleteResult>", stalls: true };
      return { objects: { begin: half("remove", { answer: () => answer }) } };
    }
    default:
      return { list: { begin: half("list") } };
  }
};

export const awsStrikes = {
  "S3 AccessDenied": (phase, when): Record<string, Strike> => {
    if (when === "once") return { probe: hit(when, ["probe"], denied) };
    const preflight: Record<string, RequestName[]> = { reads: ["head", "list"], probe: ["probe"], abort: ["abort"] };
    const made = s3Fault(denied, { preflight })(phase, when);
    return phase === "delete" ? { ...made, "each object": hit(when, ["remove"], deniedPerObject) } : made;
  },
  "S3 NoSuchBucket": s3Fault(noBucket),
  "S3 SlowDown": (phase, when) =>
    s3Fault(slowDown, {
      preflight:
        when === "once"
          ? { all: ["head", "settings", "list", "probe", "abort"] }
          : { head: ["head"], settings: ["settings"], list: ["list"], probe: ["probe"] },
    })(phase, when),
  "S3 redirect to another region": (phase, when): Record<string, Strike> =>
    when === "once"
      ? { "to the bucket's own": hit(when, ["head"], refusal(301, "PermanentRedirect", region(REGION))) }
      : s3Fault(moved, { preflight: { list: ["list"], probe: ["probe"] }, read: { head: ["head"] } })(phase, when),
  "S3's clock an hour ahead": skewed(3_600_000),
  "S3's clock an hour behind": skewed(-3_600_000),
  "STS AccessDenied": (_, when): Record<string, Strike> =>
    when === "once" ? { "for 20 s": healingRole } : { role: hit(when, ["role"], denied) },
  "expired AWS credentials": s3Fault(expired, { preflight: { role: ["role"], reads: ["head", "list"] } }),
  "S3 body that stalls": stalled,
} satisfies Record<string, StrikeMaker>;
export type AwsFault = keyof typeof awsStrikes;
