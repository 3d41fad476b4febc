import type { FaultProxy, ProxiedRequest } from "../../local/fault-proxy";

/** A request that waits on its way. */
export interface Held {
  isHeld: () => boolean;
  release: () => void;
}

/** Holds the first request that matches, or its answer, until it is released. */
export function hold(
  proxy: FaultProxy,
  match: (request: ProxiedRequest) => boolean,
  what: "request" | "answer" = "request",
): Held {
  let release: () => void = () => undefined;
  let held = false;
  const released = new Promise<void>((resolve) => (release = resolve));
  const wait = async () => {
    held = true;
    await released;
  };
  const rule =
    what === "request"
      ? { before: wait }
      : { edit: <Answer>(answer: Answer): Promise<Answer> => wait().then(() => answer) };
  const remove = proxy.add({ match, times: 1, ...rule });
  return { isHeld: () => held, release: () => (release(), remove()) };
}

/** A step of an export, by the request that it makes. */
export interface Step {
  step: string;
  /** Who is asked. */
  of: "domo" | "aws";
  match: (request: ProxiedRequest) => boolean;
  what?: "answer";
  /** What state says of an export that may run; absent before the POST. */
  status?: string;
  /** Arguments without which the step is left out. */
  args?: Record<string, unknown>;
}

/** Each step of an export that asks somebody, in their order. */
export const steps: readonly Step[] = [
  {
    step: "looking at Domo's list",
    of: "domo",
    match: ({ method, url }) => method === "GET" && url.includes("/api/query/v1/export/"),
  },
  {
    step: "counting the query's rows",
    of: "domo",
    match: ({ method, url }) => method === "POST" && url.includes("/api/query/v1/execute/"),
  },
  { step: "assuming the role", of: "aws", match: ({ body }) => body.includes("Action=AssumeRole") },
  {
    step: "waiting for the POST's answer",
    of: "domo",
    match: ({ method, url }) => method === "POST" && url.includes("/api/query/v1/export/"),
    what: "answer",
    status: "unknown",
  },
  {
    step: "verifying the objects",
    of: "aws",
    match: ({ method, url }) =>
      method === "GET" && url.includes("list-type=2") && /[0-9a-f]{8}-[0-9a-f]{4}-[^&]*%2F&/.test(`${url}&`),
    status: "unverified",
  },
  {
    step: "reading the objects' rows",
    of: "aws",
    match: ({ method, url }) => method === "GET" && url.includes("x-id=GetObject"),
    what: "answer",
    status: "unverified",
    args: { verify: "rows" },
  },
  {
    step: "writing the manifest",
    of: "aws",
    match: ({ method, url }) => method === "PUT" && url.includes(".manifest.json"),
    status: "success",
  },
];
