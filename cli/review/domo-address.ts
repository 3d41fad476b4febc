import { DomoAddressError, domoOrigin } from "../../provider/host/domo-address";
import type { StackReview } from "./report";
import type { StackConfig } from "./stack-config";

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

type Source = Parameters<typeof domoOrigin>[0]["environment"];

function given(environment: Source, stack: Source): Pick<Address, "environment"> {
  return environment.instance || environment.baseUrl ? { environment: domoOrigin({ environment, stack }) } : {};
}
