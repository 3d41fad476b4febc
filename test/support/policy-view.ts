import { EXPORT_TYPE, type ResourceView } from "../../policy/rule";

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
  return resource(EXPORT_TYPE, "sales", props, dependencies);
}
