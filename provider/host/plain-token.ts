import * as pulumi from "@pulumi/pulumi";

const KEY = "domo:developerToken";

/**
 * Refuses a developer token that stack configuration holds in plain text, before the engine could copy it into state. Only
 * the program can tell: the provider is handed plain and secret configuration alike.
 */
export function refusePlainToken(): void {
  // Pulumi's own `Config` uses it to warn, but its types leave it out.
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  if (!isConfigSecret || !pulumi.runtime.allConfig()[KEY] || isConfigSecret(KEY)) return;
  throw new pulumi.RunError(
    `The stack's configuration holds ${KEY} in plain text: run pulumi config set --secret ${KEY}, or ` +
      `pulumi config rm ${KEY} and set the environment variable DOMO_DEVELOPER_TOKEN; ` +
      "replace the token in Domo if others can read the stack's file",
  );
}
