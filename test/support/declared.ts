import { UNKNOWN } from "../../provider/host/unknown";
import { DYNAMIC_TYPE } from "../../provider/host/resource-types";
import { describeExports, type ReviewedExport } from "../../cli/review/describe-export";
import type { DeclaredResource } from "../../cli/review/offline-engine";

/** An argument as Pulumi's SDK sends a secret. */
export function secret(value: unknown): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** An argument as Pulumi's SDK sends an output that a preview does not know. */
export const unknown = UNKNOWN;

/** Arguments of an export with nothing to object to. */
export const minimal = {
  dataset: "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17",
  query: { kind: "select", columns: [{ kind: "column", name: "Region" }] },
  bucket: "acme-exports",
  path: "exports",
  roleArn: "arn:aws:iam::000000000042:role/export",
};

/** An export as the engine is told of it. */
export function declared(args: Record<string, unknown>, more: Partial<DeclaredResource> = {}): DeclaredResource {
  const name = more.name ?? "orders";
  return {
    urn: `urn:pulumi:dev::shop::${DYNAMIC_TYPE}::${name}`,
    type: DYNAMIC_TYPE,
    name,
    inputs: { ...minimal, ...args },
    comesFrom: {},
    frames: [],
    remote: false,
    ...more,
  };
}

/** The URN of another resource of the same program. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:dev::shop::${type}::${name}`;
}

/** What the review makes of one export. */
export async function described(
  args: Record<string, unknown>,
  more: Partial<DeclaredResource> & { secretKeys?: readonly string[] } = {},
): Promise<ReviewedExport> {
  const { secretKeys = [], ...rest } = more;
  const [item] = await describeExports([declared(args, rest)], { root: "/", secretKeys });
  return item!;
}

/** What the review makes of an export with these arguments and no others. */
export async function describedExactly(inputs: unknown): Promise<ReviewedExport> {
  return described({}, { inputs: inputs as Record<string, unknown> });
}
