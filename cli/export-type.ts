/** Type of the resource in Pulumi's words. */
export const EXPORT_TYPE = "pulumi-nodejs:dynamic/domo:S3Export";

/** The name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
