import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { installMoto } from "./moto-install";
import { projectRoot } from "./paths";
import { endProcess, lastLines } from "./process";
import type { Progress } from "./progress";

/** Options of {@link startMoto}. */
export interface MotoOptions {
  /**
   * Check signatures, session tokens, role policies and trust policies.
   * @default true
   */
  readonly enforceIam?: boolean;
  /**
   * What the deployer may do.
   * @default S3, roles and their policies, AssumeRole
   */
  readonly deployerActions?: readonly string[];
  readonly progress?: Progress;
}

/** Keys of an IAM user of the local AWS. */
export interface AwsUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A trust policy must name exactly this: moto does not expand the account's root. */
  readonly arn: string;
}

/** A running moto server. */
export interface Moto {
  /** For `AWS_ENDPOINT_URL`: S3, IAM and STS at once. */
  readonly endpoint: string;
  readonly accountId: string;
  /** The user who runs `pulumi up`. */
  readonly deployer: AwsUser;
  /** A user who may ask a bucket's region and nothing else: real S3 tells it to anybody, moto does not. */
  readonly prober: AwsUser;
  stop(): Promise<void>;
}

const deployerActions = [
  "s3:*",
  "sts:AssumeRole",
  "sts:SetSourceIdentity",
  "sts:TagSession",
  "iam:*Role",
  "iam:*RolePolicy",
  "iam:ListRolePolicies",
  "iam:ListAttachedRolePolicies",
  "iam:ListInstanceProfilesForRole",
  "iam:UpdateAssumeRolePolicy",
];

/** Starts the local AWS (moto) on a free port. Its server ends with this process, however that ends. */
export async function startMoto(options: MotoOptions = {}): Promise<Moto> {
  const enforce = options.enforceIam ?? true;
  const python = await installMoto(options.progress);
  const child = spawn(python, [join(projectRoot, "local/moto-server.py")], {
    stdio: ["pipe", "pipe", "pipe"],
    // moto lets so many calls through unchecked: enough to set up the deployer.
    env: { ...process.env, ...(enforce ? { INITIAL_NO_AUTH_ACTION_COUNT: "1000" } : {}) },
  });
  try {
    const endpoint = `http://127.0.0.1:${await readPort(child)}`;
    const deployer = await createUser(endpoint, "deployer", options.deployerActions ?? deployerActions);
    const prober = await createUser(endpoint, "prober", ["s3:HeadBucket", "s3:GetBucketLocation"]);
    if (enforce) await startEnforcing(endpoint);
    const accountId = deployer.arn.split(":")[4] ?? "";
    return { endpoint, accountId, deployer, prober, stop: () => endProcess(child) };
  } catch (error) {
    await endProcess(child);
    throw error;
  }
}

async function readPort(child: ChildProcess): Promise<string> {
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-4000);
  });
  if (!child.stdout) throw new Error("moto has no stdout");
  const lines = createInterface({ input: child.stdout });
  const [port] = (await Promise.race([once(lines, "line"), once(child, "exit").then(() => [])])) as [string?];
  if (port === undefined) throw new Error(`moto did not start:\n${lastLines(log, 15)}`);
  // Unread output would fill the pipe; an idle pipe must not keep this process alive.
  child.stdout.resume();
  for (const handle of [child, child.stdin, child.stdout, child.stderr])
    (handle as { unref?(): void } | null)?.unref?.();
  return port;
}

async function createUser(endpoint: string, UserName: string, actions: readonly string[]): Promise<AwsUser> {
  const { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } =
    await import("@aws-sdk/client-iam");
  const credentials = { accessKeyId: "setup", secretAccessKey: "setup" };
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials });
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "allow", PolicyDocument }));
  iam.destroy();
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
  return { accessKeyId, secretAccessKey, arn: User?.Arn ?? "" };
}

async function startEnforcing(endpoint: string): Promise<void> {
  const headers = { "Content-Type": "text/plain" };
  const response = await fetch(`${endpoint}/moto-api/reset-auth`, { method: "POST", headers, body: "0" });
  if (!response.ok) throw new Error(`[POST] "${endpoint}/moto-api/reset-auth": ${response.status}`);
}
