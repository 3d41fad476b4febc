import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, type DomoS3ExportArgs, exportRolePolicy, exportRoleTrust } from "pulumi-domo-s3-export";

/** Arguments of {@link DomoExportBucket}. */
export interface DomoExportBucketArgs {
  /** Prefix of all exports. The role may write below it and nowhere else. */
  readonly path: string;
  /** ARNs of the users and roles that run Pulumi. @default the caller who runs it now */
  readonly callerArn?: pulumi.Input<string | string[]>;
}

/** What an export says of itself; the component gives bucket, path and role. */
export type ExportArgs = Omit<DomoS3ExportArgs, "bucket" | "path" | "roleArn">;

/** A private, encrypted bucket with the role that Domo's exports are written with. */
export class DomoExportBucket extends pulumi.ComponentResource {
  /** Name of the bucket. */
  readonly bucketName: pulumi.Output<string>;
  /** ARN of the role whose temporary credentials Domo gets. */
  readonly roleArn: pulumi.Output<string>;
  private readonly path: string;
  private readonly guards: pulumi.Resource[];

  constructor(name: string, { path, callerArn }: DomoExportBucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("acme:exports:DomoExportBucket", name, {}, options);
    const parent = { parent: this };
    const { bucket } = new aws.s3.Bucket(name, {}, parent);
    const publicAccessBlock = new aws.s3.BucketPublicAccessBlock(
      name,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      parent,
    );
    const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(name, { bucket, rules }, parent);
    const trusted = callerArn ?? aws.getCallerIdentityOutput({}, parent).arn;
    const role = new aws.iam.Role(name, { assumeRolePolicy: exportRoleTrust({ callerArn: trusted }) }, parent);
    const rolePolicy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: exportRolePolicy({ bucket, path }) },
      parent,
    );
    this.path = path;
    // The role's ARN alone would let an export start before the role may write and the bucket is shut.
    this.guards = [publicAccessBlock, encryption, rolePolicy];
    this.bucketName = bucket;
    this.roleArn = role.arn;
    this.registerOutputs({ bucketName: this.bucketName, roleArn: this.roleArn });
  }

  /** Declares an export to `<path>/<name>` of this bucket. */
  addExport(name: string, args: ExportArgs): DomoS3Export {
    const place = { bucket: this.bucketName, path: `${this.path}/${name}`, roleArn: this.roleArn };
    return new DomoS3Export(name, { ...args, ...place }, { parent: this, dependsOn: this.guards });
  }
}
