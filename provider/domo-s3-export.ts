import * as pulumi from "@pulumi/pulumi";
import { notGiven } from "./args/optional-names";
import { keepingSecrets } from "./host/secret-arguments";
import { DYNAMIC_TYPE } from "./host/resource-types";
import { treeOf } from "./host/hidden-tree";
import { refusePlainToken } from "./host/plain-token";
import { pauseStackTraces } from "./host/stack-traces";
import type { QueryInput } from "./query/build/input";
import type { SelectNode } from "./query/ast";
import type { Host } from "./host/settings";
import type {
  Drift,
  ExportedFile,
  ExportOrigin,
  ExportStatus,
  ManifestObject,
  RowCounts,
  RowPolicies,
} from "./state/export-state";

/** Bounds of a number of rows; at least one of them is given. */
export interface RowBounds {
  /** Fewest rows. */
  min?: pulumi.Input<number>;
  /** Most rows. */
  max?: pulumi.Input<number>;
}

/** Arguments of {@link DomoS3Export}. */
export interface DomoS3ExportArgs {
  /** Id of the Domo dataset (the UUID in its address). A change *replaces* the resource. */
  dataset: pulumi.Input<string>;
  /**
   * What is exported: a builder (`select("Region").where(eq("Region", "West"))`), SQL text (`sql("SELECT …")`), or
   * the JSON of Domo's documentation. Another spelling of the same query is no change. A change exports again *in
   * place*.
   */
  query: pulumi.Input<QueryInput>;
  /** Name of the S3 bucket. A change *replaces* the resource. */
  bucket: pulumi.Input<string>;
  /**
   * Prefix in the bucket. Objects are written to `<path>/<definition>/<exportId>/export/…`, where `<definition>` is
   * a digest of everything that decides the file's content. A change *replaces* the resource.
   */
  path: pulumi.Input<string>;
  /**
   * Region of the bucket; it must be the bucket's own. A change exports again *in place*.
   * @default asked of the bucket
   */
  region?: pulumi.Input<string>;
  /**
   * ARN of the IAM role that may write to the bucket. Domo gets temporary credentials of this role that are confined
   * to the export's prefix. Required unless `allowLongLivedCredentials` is true. A change is recorded *in place*.
   */
  roleArn?: pulumi.Input<string>;
  /** External id that the role's trust policy asks for. A change is recorded *in place*. */
  externalId?: pulumi.Input<string>;
  /**
   * Source identity for CloudTrail; the trust policy must allow `sts:SetSourceIdentity`. A change is recorded *in
   * place*.
   */
  sourceIdentity?: pulumi.Input<string>;
  /**
   * Passes the caller's own AWS credentials to Domo when there is no `roleArn`. They are not confined to the prefix.
   * A change is recorded *in place*.
   * @default false
   */
  allowLongLivedCredentials?: pulumi.Input<boolean>;
  /**
   * Seconds that the export may take, with the time in which another export holds the dataset's only slot. Waiting
   * for other exports of the same `up` does not count. A change is recorded *in place*.
   * @default 3600
   */
  timeoutSeconds?: pulumi.Input<number>;
  /**
   * Whether the file starts with a byte-order mark. A change exports again *in place*.
   * @default false
   */
  includeBom?: pulumi.Input<boolean>;
  /**
   * Whether Domo may answer the query from its cache. A change exports again *in place*.
   * @default false
   */
  useCache?: pulumi.Input<boolean>;
  /**
   * KMS key that encrypts the objects: an ARN, or the id of a key in the role's account and the bucket's region. The
   * field is known from Domo's OpenAPI file only. A change exports again *in place*.
   * @default the bucket's own encryption
   */
  kmsKeyId?: pulumi.Input<string>;
  /** Any value: each change of it exports again. A change exports again *in place*. */
  triggers?: pulumi.Input<unknown>;
  /**
   * Whether deleting the resource removes the objects that it recorded, and a newer export those of the older one. A
   * change is recorded *in place*.
   * @default false
   */
  deleteObjects?: pulumi.Input<boolean>;
  /**
   * `objects` proves that each object exists, is new and has bytes; `rows` also reads them and counts their rows
   * (needs `s3:GetObject`). A change is recorded *in place*.
   * @default "objects"
   */
  verify?: pulumi.Input<"objects" | "rows">;
  /**
   * How many rows the export may have, `{ min, max }` or one of them. Outside of it a preview fails, and `up` fails
   * before anything is written: the query is counted first. What was delivered is held to it too. A change is recorded
   * *in place*.
   */
  expectRows?: pulumi.Input<RowBounds>;
  /**
   * Whether Domo is asked to count the query's rows before the export, so that what is delivered is compared with a
   * count that is not the export's own: `auto` does so where Domo answers, `require` fails before the export where it
   * does not, `off` does not ask. A change is recorded *in place*.
   * @default "auto"
   */
  countRows?: pulumi.Input<"auto" | "require" | "off">;
  /**
   * What it means that the dataset has newer data than the export: nothing, a line in `drift`, or another export on
   * the next `up` after a refresh. A change is recorded *in place*.
   * @default "report"
   */
  onNewData?: pulumi.Input<"ignore" | "report" | "export">;
  /**
   * Id of an existing export to take over instead of running one. It is verified like any other, but Domo does not
   * say which query it ran. Takes effect when it is new or changed; after that the resource exports as usual. A
   * change exports again *in place*.
   */
  adopt?: pulumi.Input<string>;
  /**
   * What happens when the caller may not read one of the bucket's settings that decide its audience: `strict`
   * refuses and names the missing IAM action, `warn` goes on with a warning. A change is recorded *in place*.
   * @default "strict"
   */
  preflight?: pulumi.Input<"strict" | "warn">;
  /**
   * Account (12 digits) that must own the bucket. A change is recorded *in place*.
   * @default the role's account
   */
  expectedBucketOwner?: pulumi.Input<string>;
  /**
   * Accepts the exposure of the bucket that is found now, with the reason (at least 10 characters) that reviewers
   * find in state. What is exposed later needs a new reason. A bucket of another owner is never accepted. A change
   * is recorded *in place*.
   * @default an exposed bucket is refused
   */
  acceptBucketAudience?: pulumi.Input<string>;
  /**
   * Silences the warning that a dataset with row policies is exported by a user who sees all of its rows. A change
   * is recorded *in place*.
   * @default false
   */
  acknowledgeUnrestricted?: pulumi.Input<boolean>;
  /**
   * Key below `path` of the manifest: a JSON file at a place that never changes, which names the newest verified
   * objects. It is written last. `false` writes none. A change is recorded *in place*.
   * @default `_<resource name>.manifest.json`
   */
  manifest?: pulumi.Input<string | false>;
}

/**
 * An export of a Domo dataset to S3. `create` runs it and proves that the objects are in the bucket; `refresh` finds what
 * drifted; `destroy` forgets it, or removes the objects with `deleteObjects`.
 */
export class DomoS3Export extends pulumi.dynamic.Resource {
  /** Id of the dataset. */
  declare readonly dataset: pulumi.Output<string>;
  /** The query in its canonical form. */
  declare readonly query: pulumi.Output<SelectNode>;
  /** The query as SQL, for people. */
  declare readonly sql: pulumi.Output<string>;
  /** Name of the bucket. */
  declare readonly bucket: pulumi.Output<string>;
  /** Prefix in the bucket, without outer slashes. */
  declare readonly path: pulumi.Output<string>;
  /** Origin of the Domo instance, such as `https://acme.domo.com`. */
  declare readonly instance: pulumi.Output<string>;
  /** Region of the bucket, as it was declared. */
  declare readonly region: pulumi.Output<string | undefined>;
  /** Region of the bucket, as the bucket itself says. */
  declare readonly bucketRegion: pulumi.Output<string>;
  /** ARN of the role. */
  declare readonly roleArn: pulumi.Output<string | undefined>;
  /** External id that the role's trust policy asks for. */
  declare readonly externalId: pulumi.Output<string | undefined>;
  /** Source identity for CloudTrail. */
  declare readonly sourceIdentity: pulumi.Output<string | undefined>;
  /** Whether the caller's own credentials may be passed to Domo. */
  declare readonly allowLongLivedCredentials: pulumi.Output<boolean>;
  /** Seconds that the export may take. */
  declare readonly timeoutSeconds: pulumi.Output<number>;
  /** Whether the file starts with a byte-order mark. */
  declare readonly includeBom: pulumi.Output<boolean>;
  /** Whether Domo may answer from its cache. */
  declare readonly useCache: pulumi.Output<boolean>;
  /** KMS key of the objects. */
  declare readonly kmsKeyId: pulumi.Output<string | undefined>;
  /** The triggers. */
  declare readonly triggers: pulumi.Output<unknown>;
  /** Whether the objects are removed with the resource. */
  declare readonly deleteObjects: pulumi.Output<boolean>;
  /** What is verified. */
  declare readonly verify: pulumi.Output<"objects" | "rows">;
  /** How many rows the query may have. */
  declare readonly expectRows: pulumi.Output<RowBounds | undefined>;
  /** Whether Domo is asked to count the query's rows. */
  declare readonly countRows: pulumi.Output<"auto" | "require" | "off">;
  /** What newer data means. */
  declare readonly onNewData: pulumi.Output<"ignore" | "report" | "export">;
  /** Id of the export that was taken over. */
  declare readonly adopt: pulumi.Output<string | undefined>;
  /** What happens when a setting of the bucket can't be read. */
  declare readonly preflight: pulumi.Output<"strict" | "warn">;
  /** Account that must own the bucket. */
  declare readonly expectedBucketOwner: pulumi.Output<string | undefined>;
  /** The reason for which the bucket's audience was accepted. */
  declare readonly acceptBucketAudience: pulumi.Output<string | undefined>;
  /** Whether a token that sees all rows is accepted without a warning. */
  declare readonly acknowledgeUnrestricted: pulumi.Output<boolean>;
  /** Key of the manifest below `path`, or `false`. */
  declare readonly manifest: pulumi.Output<string | false | undefined>;
  /** Id that Domo gave the export (UUID). */
  declare readonly exportId: pulumi.Output<string>;
  /** Where the export stands; `success` means verified in S3. */
  declare readonly exportStatus: pulumi.Output<ExportStatus>;
  /** How the export came about: `created`, found again as this one's own (`reused`), or `adopted`. */
  declare readonly origin: pulumi.Output<ExportOrigin>;
  /** Digest of everything that decides the file's content and place. */
  declare readonly definition: pulumi.Output<string>;
  /** Prefix below which this definition's objects lie, without a trailing slash. */
  declare readonly keyPrefix: pulumi.Output<string>;
  /** When the export started, ISO 8601 by Domo's clock. */
  declare readonly startedAt: pulumi.Output<string>;
  /** When the export ended, ISO 8601 by Domo's clock. */
  declare readonly finishedAt: pulumi.Output<string | undefined>;
  /** Rows in all files together, as Domo counts them. */
  declare readonly rowCount: pulumi.Output<number>;
  /** Rows by everyone who counted them: the query before the export, Domo after it, the objects, the dataset. */
  declare readonly counts: pulumi.Output<RowCounts>;
  /** Row policies of the dataset that applied to the token's user; absent when Domo does not show them. */
  declare readonly pdp: pulumi.Output<RowPolicies | undefined>;
  /** The objects in S3. */
  declare readonly files: pulumi.Output<ExportedFile[]>;
  /** Where the manifest lies; absent when there is none. */
  declare readonly manifestObject: pulumi.Output<ManifestObject | undefined>;
  /** What the last refresh found different from this state; empty when all is well. */
  declare readonly drift: pulumi.Output<Drift[]>;

  /**
   * @param name name of the resource in the stack
   * @param args what to export, and where to
   * @param opts the usual options of a Pulumi resource; `import` and `customTimeouts` have no effect on dynamic resources
   */
  constructor(name: string, args: DomoS3ExportArgs, opts?: pulumi.CustomResourceOptions) {
    refusePlainToken();
    const outputs = {
      instance: undefined,
      bucketRegion: undefined,
      exportId: undefined,
      exportStatus: undefined,
      origin: undefined,
      keyPrefix: undefined,
      startedAt: undefined,
      finishedAt: undefined,
      rowCount: undefined,
      counts: undefined,
      pdp: undefined,
      files: undefined,
      manifestObject: undefined,
      drift: undefined,
    };
    const props = {
      ...notGiven,
      ...outputs,
      ...keepingSecrets({ ...args }),
      resourceUrn: urnOf(name, opts?.parent),
      ...(pulumi.runtime.isDryRun() && { dryRun: true }),
    };
    const resume = pauseStackTraces();
    try {
      super(provider, name, props, opts, "domo", "S3Export");
    } catch (error) {
      resume();
      if (error instanceof Error) Error.captureStackTrace(error, DomoS3Export);
      throw error;
    } finally {
      resume();
    }
    this.query = this.query.apply(treeOf);
  }
}

/** The export's URN. Without a parent it is known as it stands: Pulumi's own function takes three outputs for that. */
function urnOf(name: string, parent?: pulumi.Resource): pulumi.Input<string> {
  if (parent) return pulumi.createUrn(name, DYNAMIC_TYPE, withoutDependency(parent.urn));
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${DYNAMIC_TYPE}::${name}`;
}

/**
 * The same URN as a plain promise. An output would make the export depend on its parent; where that is a component, on
 * all of its children, itself among them, and the program would wait for ever.
 */
function withoutDependency(urn: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => urn.apply(resolve));
}

/**
 * The whole of what state keeps as `__provider`. Its text must never change from release to release, because an old text
 * runs until an update has written the new one: every rule is behind the import. The engine's process calls `configure`
 * once and before anything else, so the methods are made there: each method of a literal costs 200 bytes in every
 * resource's state, twice. The engine's address is the last argument of that process, after flags such as `--logtostderr`.
 */
const provider = {
  configure(this: Record<string, unknown>, { config }: pulumi.dynamic.ConfigureRequest) {
    for (const method of ["check", "diff", "create", "read", "update", "delete"] as const) {
      this[method] = async (...args: unknown[]) => {
        const lifecycle = (await import("pulumi-domo-s3-export/lifecycle")) as unknown as Lifecycle;
        return lifecycle[method]({ config, engine: process.argv.at(-1) }, ...args);
      };
    }
    return Promise.resolve();
  },
} as unknown as pulumi.dynamic.ResourceProvider;

type Lifecycle = Record<keyof typeof import("./lifecycle"), (host: Host, ...args: unknown[]) => unknown>;
