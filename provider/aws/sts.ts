import type { AssumeRoleCommandInput, STSClient } from "@aws-sdk/client-sts";
import { awsCall } from "./call-error";

/** AWS credentials as Domo is handed them. They only ever live in memory. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The calls to STS that an export needs. */
export interface StsCalls {
  assumeRole(input: AssumeRoleCommandInput): Promise<AwsCredentials>;
  /** The caller's own credentials, resolved by the SDK's chain. */
  callerCredentials(): Promise<AwsCredentials>;
  /** Whose credentials these are. */
  callerIdentity(): Promise<{ arn: string | undefined; account: string | undefined }>;
}

/** The calls, made with `sts`'s client. */
export function createStsCalls(sts: () => Promise<STSClient>): StsCalls {
  return {
    assumeRole: (input) =>
      awsCall(
        {
          service: "STS",
          operation: "AssumeRole",
          subject: String(input.RoleArn),
          needs:
            "sts:AssumeRole on the role, and the role's trust policy must name the caller (and its external id): exportRoleTrust makes such a policy",
        },
        async () => {
          const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
          const { Credentials } = await (await sts()).send(new AssumeRoleCommand(input));
          const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = Credentials ?? {};
          return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
        },
      ),
    callerCredentials: () =>
      awsCall(
        { service: "STS", operation: "credentials", subject: "default chain", needs: "AWS credentials" },
        async () => {
          const { accessKeyId, secretAccessKey, sessionToken } = await (await sts()).config.credentials();
          return { accessKeyId, secretAccessKey, sessionToken };
        },
      ),
    callerIdentity: () =>
      awsCall(
        { service: "STS", operation: "GetCallerIdentity", subject: "default chain", needs: "AWS credentials" },
        async () => {
          const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
          const { Arn, Account } = await (await sts()).send(new GetCallerIdentityCommand({}));
          return { arn: Arn, account: Account };
        },
      ),
  };
}
