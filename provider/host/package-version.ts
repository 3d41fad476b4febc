import { createRequire } from "node:module";

/** Version of this package. */
export function packageVersion(): string {
  const { version } = createRequire(__filename)("pulumi-domo-s3-export/package.json") as { version: string };
  return version;
}
