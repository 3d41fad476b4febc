import { mayRead } from "./access";
import type { ApiAnswer, ApiCall, ApiContext } from "./api-call";
import { ApiError } from "./api-error";
import { listAnswer, postAnswer } from "./api-exports";
import { bulkAnswer, bulkPath } from "./bulk-read";
import { countAnswer } from "./count-query";
import type { Dataset } from "./dataset-store";
import type { UserDefinition } from "./options";
import { datasetAnswer, policiesAnswer, schemaAnswer, userAnswer, versionDetailsAnswer, versionsAnswer } from "./reads";
import type { EmulatorState } from "./state";

type DatasetHandler = (context: ApiContext, dataset: Dataset) => ApiAnswer | Promise<ApiAnswer>;

const datasetRoutes: readonly (readonly [path: RegExp, handlers: Readonly<Record<string, DatasetHandler>>])[] = [
  [/^\/api\/query\/v1\/export\/([^/]+)$/, { GET: listAnswer, POST: postAnswer }],
  [/^\/api\/query\/v1\/execute\/([^/]+)$/, { POST: countAnswer }],
  [/^\/api\/data\/v3\/datasources\/([^/]+)$/, { GET: getDataset }],
  [/^\/api\/data\/v3\/datasources\/([^/]+)\/dataversions\/details$/, { GET: getVersionDetails }],
  [/^\/api\/query\/v1\/datasources\/([^/]+)\/schema\/indexed$/, { GET: getSchema }],
  [/^\/api\/data\/v2\/datasources\/([^/]+)\/dataversions$/, { GET: (_, dataset) => ok(versionsAnswer(dataset)) }],
  [/^\/api\/query\/v1\/data-control\/([^/]+)\/filter-groups$/, { GET: getPolicies }],
];

/** The dataset that a path names. */
export function datasetOf(path: string): string | null {
  if (path === bulkPath) return null;
  for (const [pattern] of datasetRoutes) {
    const id = pattern.exec(path)?.[1];
    if (id !== undefined) return decodeURIComponent(id);
  }
  return null;
}

/** The user of a call's token. */
export function callUser(state: EmulatorState, token: string | undefined): UserDefinition | undefined {
  return token === undefined ? undefined : state.users.get(token);
}

/** Answers a call. Refusals are {@link ApiError}s. */
export async function answerCall(state: EmulatorState, call: ApiCall): Promise<ApiAnswer> {
  const user = callUser(state, call.token);
  if (!user) throw new ApiError(401, "The developer token is invalid or expired");
  const path = call.url.pathname;
  if (path === "/api/content/v2/users/me" && call.method === "GET") return ok(userAnswer(user));
  if (path === bulkPath && call.method === "POST") return bulkAnswer({ state, user, call });
  const handlers = datasetRoutes.find(([pattern]) => pattern.test(path))?.[1];
  const id = datasetOf(path);
  if (!handlers || id === null) throw new ApiError(404, "Not found");
  const handler = handlers[call.method];
  if (!handler) throw new ApiError(405, `Method ${call.method} is not supported`);
  const dataset = state.datasets.get(id);
  if (!dataset) throw new ApiError(404, `There is no dataset ${id} in this instance`);
  if (!mayRead(user, id)) throw new ApiError(403, `Access to dataset ${id} is denied`);
  return handler({ state, user, call }, dataset);
}

function getDataset({ state, user }: ApiContext, dataset: Dataset): ApiAnswer {
  return ok(datasetAnswer(dataset, user, state.options));
}

function getVersionDetails({ state }: ApiContext, dataset: Dataset): ApiAnswer {
  return ok(versionDetailsAnswer(dataset, state.options));
}

function getSchema({ call }: ApiContext, dataset: Dataset): ApiAnswer {
  return ok(schemaAnswer(dataset, call.url.searchParams.get("includeHidden") === "true"));
}

function getPolicies({ call }: ApiContext, dataset: Dataset): ApiAnswer {
  return ok(policiesAnswer(dataset, call.url.searchParams.get("options")?.split(",") ?? []));
}

function ok(body: unknown): ApiAnswer {
  return { status: 200, body };
}
