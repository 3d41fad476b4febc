/** Type of the dynamic resource in Pulumi's words. */
export const DYNAMIC_TYPE = "pulumi-nodejs:dynamic/domo:S3Export";

/** Type of the plugin's resource in Pulumi's words. */
export const PLUGIN_TYPE = "domo:index:S3Export";

/** Type of the plugin's explicit providers. */
export const PROVIDER_TYPE = "pulumi:providers:domo";

/** Whether a resource is an export, by either shell. */
export function isExportType(type: string): boolean {
  return type === DYNAMIC_TYPE || type === PLUGIN_TYPE;
}
