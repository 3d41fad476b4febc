import type { IAMClient } from "@aws-sdk/client-iam";
import { fromTagList, type Kind, orMissing, toTagList } from "./kind";

const loadSdk = () => import("@aws-sdk/client-iam");

async function client(): Promise<IAMClient> {
  return new (await loadSdk()).IAMClient({ region: process.env.AWS_REGION ?? "us-east-1" });
}

/** `aws:iam/role:Role` */
export const role: Kind = {
  inputs: ["name", "path", "assumeRolePolicy", "description", "maxSessionDuration", "tags", "forceDetachPolicies"],
  replaceOn: ["name", "path"],
  autoName: "name",
  maxNameLength: 64,
  documents: ["assumeRolePolicy"],
  async create(inputs) {
    const { CreateRoleCommand } = await loadSdk();
    const command = new CreateRoleCommand({
      RoleName: inputs.name as string,
      Path: inputs.path as string | undefined,
      AssumeRolePolicyDocument: inputs.assumeRolePolicy as string,
      Description: inputs.description as string | undefined,
      MaxSessionDuration: inputs.maxSessionDuration as number | undefined,
      Tags: toTagList(inputs.tags),
    });
    await (await client()).send(command);
    return inputs.name as string;
  },
  async read(RoleName, state) {
    const { GetRoleCommand } = await loadSdk();
    const found = (await orMissing((await client()).send(new GetRoleCommand({ RoleName }))))?.Role;
    if (!found) return undefined;
    const tags = fromTagList(found.Tags);
    return {
      name: RoleName,
      arn: found.Arn,
      uniqueId: found.RoleId,
      createDate: found.CreateDate?.toISOString(),
      path: found.Path,
      assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
      description: found.Description ?? state.description,
      maxSessionDuration: found.MaxSessionDuration ?? 3600,
      tags,
      tagsAll: tags ?? {},
    };
  },
  async update(RoleName, inputs) {
    const { TagRoleCommand, UpdateAssumeRolePolicyCommand, UpdateRoleCommand } = await loadSdk();
    const iam = await client();
    const PolicyDocument = inputs.assumeRolePolicy as string;
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const Description = (inputs.description as string | undefined) ?? "";
    const MaxSessionDuration = inputs.maxSessionDuration as number | undefined;
    await iam.send(new UpdateRoleCommand({ RoleName, Description, MaxSessionDuration }));
    if (inputs.tags) await iam.send(new TagRoleCommand({ RoleName, Tags: toTagList(inputs.tags) }));
  },
  async delete(RoleName) {
    const { DeleteRoleCommand } = await loadSdk();
    await orMissing((await client()).send(new DeleteRoleCommand({ RoleName })));
  },
};

/** `aws:iam/rolePolicy:RolePolicy`, whose id is `role:name`. */
export const rolePolicy: Kind = {
  inputs: ["name", "role", "policy"],
  replaceOn: ["name", "role"],
  autoName: "name",
  maxNameLength: 128,
  documents: ["policy"],
  async create(inputs) {
    const id = `${inputs.role as string}:${inputs.name as string}`;
    await putRolePolicy(id, inputs.policy as string);
    return id;
  },
  async read(id) {
    const { GetRolePolicyCommand } = await loadSdk();
    const found = await orMissing((await client()).send(new GetRolePolicyCommand(splitId(id))));
    if (!found) return undefined;
    return { name: found.PolicyName, role: found.RoleName, policy: decodeURIComponent(found.PolicyDocument ?? "") };
  },
  update: (id, inputs) => putRolePolicy(id, inputs.policy as string),
  async delete(id) {
    const { DeleteRolePolicyCommand } = await loadSdk();
    await orMissing((await client()).send(new DeleteRolePolicyCommand(splitId(id))));
  },
};

async function putRolePolicy(id: string, PolicyDocument: string): Promise<void> {
  const { PutRolePolicyCommand } = await loadSdk();
  await (await client()).send(new PutRolePolicyCommand({ ...splitId(id), PolicyDocument }));
}

function splitId(id: string): { RoleName: string; PolicyName: string } {
  const [RoleName = "", PolicyName = ""] = id.split(":");
  return { RoleName, PolicyName };
}
