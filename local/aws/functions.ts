import type { Props } from "./kind";

/** The functions that examples call, by token. */
export const functions: Readonly<Record<string, (args: Props) => Promise<Props>>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": async () => {
    const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
    const sts = new STSClient({ region: process.env.AWS_REGION ?? "us-east-1" });
    const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
    return { id: Account, accountId: Account, arn: Arn, userId: UserId };
  },
  "aws:index/getRegion:getRegion": ({ region }) => {
    const name = (region as string | undefined) ?? process.env.AWS_REGION ?? "us-east-1";
    return Promise.resolve({ id: name, region: name, name, endpoint: `ec2.${name}.amazonaws.com`, description: name });
  },
  "aws:index/getPartition:getPartition": () =>
    Promise.resolve({
      id: "aws",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
    }),
};
