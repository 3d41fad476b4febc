/** Types of the resource in Pulumi's words: by the dynamic provider and by the plugin. */
export const EXPORT_TYPES: readonly string[] = ["pulumi-nodejs:dynamic/domo:S3Export", "domo:index:S3Export"];

/** Type of the plugin's explicit providers. */
export const PROVIDER_TYPE = "pulumi:providers:domo";

/** The name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
