import type { ResourceView } from "../../policy/rule";
import { DYNAMIC_TYPE } from "../../provider/host/resource-types";

/** A resource as a rule sees it; its URN is its name. */
export function resource(
  type: string,
  name: string,
  props: Record<string, unknown>,
  dependencies: Record<string, string[]> = {},
): ResourceView {
  return { type, name, urn: name, props, dependencies };
}

/** An export named `sales`. */
export function sales(props: Record<string, unknown>, dependencies?: Record<string, string[]>): ResourceView {
  return resource(DYNAMIC_TYPE, "sales", props, dependencies);
}
