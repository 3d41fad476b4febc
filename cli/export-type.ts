/** Type of the plugin's explicit providers. */
export const PROVIDER_TYPE = "pulumi:providers:domo";

/** The name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
