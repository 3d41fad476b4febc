import { DomoAddressError, domoOrigin } from "../../provider/host/domo-address";
import { hasUnknown } from "../../provider/host/unknown";
import type { ReportValue, StackReview } from "./report";
import type { StackConfig } from "./stack-config";
import { plainArgument } from "./wire-values";

type Address = StackReview["domo"];

const INSTANCE = "domo:instance";
const BASE_URL = "domo:baseUrl";

/**
 * The origin that the token is sent to, as the provider would find it. The stack's settings and the environment are kept
 * apart: a lock file that held the environment's would differ from machine to machine.
 */
export function readDomoAddress({ values, secretKeys }: StackConfig, env: NodeJS.ProcessEnv): Address {
  const environment = { instance: env.DOMO_INSTANCE, baseUrl: env.DOMO_BASE_URL };
  const stack = { instance: values[INSTANCE], baseUrl: values[BASE_URL] };
  const hidden = [INSTANCE, BASE_URL].filter((key) => secretKeys.includes(key));
  try {
    if (hidden.length > 0) return { settings: { unknown: "secret", from: hidden }, ...given(environment, {}) };
    const settings: Address["settings"] =
      stack.instance || stack.baseUrl
        ? { value: domoOrigin({ environment: {}, stack }) }
        : { unknown: "not given", from: [] };
    return { settings, ...given(environment, stack) };
  } catch (error) {
    if (!(error instanceof DomoAddressError)) throw error;
    return { settings: { unknown: "not given", from: [] }, fault: error.message };
  }
}

/**
 * The origin by the arguments of an explicit provider, which win over the stack and the environment; undefined when it has
 * none of its own. Throws `DomoAddressError`.
 */
export function addressOfProvider({ instance, baseUrl }: Readonly<Record<string, unknown>>): ReportValue | undefined {
  const given = [instance, baseUrl].filter((value) => value !== undefined);
  if (given.length === 0) return undefined;
  const plain = given.map(plainArgument);
  if (plain.some(({ secrets }) => secrets.length > 0)) return { unknown: "secret", from: [] };
  if (plain.some(({ value }) => hasUnknown(value))) return { unknown: "known when deployed", from: [] };
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return { value: domoOrigin({ environment: {}, stack: { instance: text(instance), baseUrl: text(baseUrl) } }) };
}

type Source = Parameters<typeof domoOrigin>[0]["environment"];

function given(environment: Source, stack: Source): Pick<Address, "environment"> {
  return environment.instance || environment.baseUrl ? { environment: domoOrigin({ environment, stack }) } : {};
}
