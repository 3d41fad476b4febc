import type { PolicyResource } from "@pulumi/policy";
import { isExportType } from "../provider/host/resource-types";
import { knownText, plainProps } from "./plain";
import type { ResourceView, StackView } from "./rule";

/** The resources of a stack as plain data. */
export function stackView(resources: readonly PolicyResource[]): StackView {
  return viewOf(
    resources.map(({ type, name, urn, props, propertyDependencies }) => ({
      type,
      name,
      urn,
      props: plainProps(props),
      dependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, on]) => [key, on.map((resource) => resource.urn)]),
      ),
    })),
  );
}

/** A view of plain resources. The engine's order changes from run to run, so exports are put in that of their URNs. */
export function viewOf(resources: readonly ResourceView[]): StackView {
  const exports = resources.filter(({ type }) => isExportType(type));
  return { resources, exports: exports.sort((a, b) => (a.urn < b.urn ? -1 : 1)) };
}

/** Whether a resource has one of these AWS types, given without module and version: `Bucket` covers `BucketV2` too. */
export function isAws({ type }: ResourceView, service: "s3" | "iam", names: readonly string[]): boolean {
  const name = type.startsWith(`aws:${service}/`) ? type.split(":").at(-1)?.replace(/V2$/, "") : undefined;
  return name !== undefined && names.includes(name);
}

/**
 * The resource of the stack that a property refers to: by its known value, or, while a preview does not know the value,
 * by the only candidate that the property was made from. `undefined` when it is from elsewhere or not certain.
 */
export function referred(
  { props, dependencies }: ResourceView,
  reference: { property: string; candidates: readonly ResourceView[]; keys: readonly string[] },
): ResourceView | undefined {
  const { property, candidates, keys } = reference;
  const value = knownText(props[property]);
  if (value !== undefined) {
    const named = candidates.find((candidate) => keys.some((key) => candidate.props[key] === value));
    if (named !== undefined) return named;
  }
  const made = candidates.filter(({ urn, props: own }) => {
    if (!dependencies[property]?.includes(urn)) return false;
    // A value made from a resource whose names are known, and which is none of them, is something else.
    return value === undefined || keys.every((key) => knownText(own[key]) === undefined);
  });
  return made.length === 1 ? made[0] : undefined;
}

/** The bucket of the stack that a resource writes to or belongs to. */
export function bucketOf(view: StackView, resource: ResourceView): ResourceView | undefined {
  const candidates = view.resources.filter((candidate) => isAws(candidate, "s3", ["Bucket"]));
  return referred(resource, { property: "bucket", candidates, keys: ["bucket", "id", "arn"] });
}

/** What identifies the bucket of an export: the resource of the stack, or else its name. `undefined` while unknown. */
export function bucketIdentity(view: StackView, resource: ResourceView): string | undefined {
  return bucketOf(view, resource)?.urn ?? knownText(resource.props.bucket);
}

/** The name to show for a bucket: its own, or that of its resource while AWS has not given one. */
export function bucketLabel(bucket: ResourceView): string {
  return knownText(bucket.props.bucket) ?? bucket.name;
}

/** The resources of one AWS type that belong to a bucket of the stack. */
export function partsOf(view: StackView, bucket: ResourceView, type: string): ResourceView[] {
  return view.resources.filter(
    (resource) => isAws(resource, "s3", [type]) && bucketOf(view, resource)?.urn === bucket.urn,
  );
}
