import { delimiter, join } from "node:path";
import type { Engine } from "./engine";
import type { AwsUser } from "./moto";
import { projectRoot } from "./paths";

/** What {@link cloudEnvironment} is made of. */
export interface CloudParts {
  readonly engine: Engine;
  /** The `PULUMI_HOME` with the stand-in `aws` plugin. */
  readonly home: string;
  /** Folder of the stacks' state. */
  readonly state: string;
  readonly awsEndpoint: string;
  readonly deployer: AwsUser;
  readonly domoUrl: string;
  readonly domoToken: string;
}

/**
 * The environment in which `pulumi` works against the local cloud, to be laid over the present one. `undefined` takes
 * a variable away.
 */
export function cloudEnvironment(parts: CloudParts): NodeJS.ProcessEnv {
  return {
    PATH: `${parts.engine.folder}${delimiter}${process.env.PATH}`,
    PULUMI_HOME: parts.home,
    PULUMI_BACKEND_URL: `file://${parts.state}`,
    PULUMI_CONFIG_PASSPHRASE: "local",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    NODE_OPTIONS:
      `${process.env.NODE_OPTIONS ?? ""} --require "${join(projectRoot, "dist/cli/review/error-preload.js")}"`.trim(),
    // The compiler has checked the examples already; checking again at every start costs six seconds.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    AWS_ENDPOINT_URL: parts.awsEndpoint,
    AWS_REGION: "eu-west-3",
    AWS_ACCESS_KEY_ID: parts.deployer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: parts.deployer.secretAccessKey,
    // With a profile in the environment the AWS SDK passes over the keys beside it.
    AWS_PROFILE: undefined,
    AWS_SESSION_TOKEN: undefined,
    DOMO_INSTANCE: "acme",
    DOMO_BASE_URL: parts.domoUrl,
    DOMO_DEVELOPER_TOKEN: parts.domoToken,
  };
}
