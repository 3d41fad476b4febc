import * as pulumi from "@pulumi/pulumi";
import type { DomoS3Export as DynamicExport, DomoS3ExportArgs } from "../provider/domo-s3-export";
import { DYNAMIC_TYPE, PLUGIN_TYPE } from "../provider/host/resource-types";
import { notGiven } from "../provider/args/optional-names";
import { treeOf } from "../provider/host/hidden-tree";
import { refusePlainToken } from "../provider/host/plain-token";
import { pauseStackTraces } from "../provider/host/stack-traces";
import type { QueryInput } from "../provider/query/build/input";
import { outputs } from "./schema/outputs";

/** Arguments of {@link DomoS3Export}: those of the dynamic resource, with SQL text as another way to give the query. */
export interface S3ExportArgs extends Omit<DomoS3ExportArgs, "query"> {
  /**
   * What is exported: a builder (`select("Region").where(eq("Region", "West"))`), SQL text (`sql("SELECT …")`), or the JSON
   * of Domo's documentation. A change exports again *in place*; another spelling of the same query is no change.
   */
  query?: pulumi.Input<QueryInput>;
  /** The query as SQL text: the other way to give `query`. A change exports again *in place*. */
  sql?: pulumi.Input<string>;
  /**
   * What a time limit that passes does: the run fails, or it ends with "still running" (exit code 10). Either way the export
   * goes on at Domo, and the next `up` takes it over. A change is recorded *in place*. @default "fail"
   */
  onTimeout?: pulumi.Input<"fail" | "await">;
}

/** The outputs are those of the dynamic resource. */
type Outputs = Omit<DynamicExport, keyof pulumi.dynamic.Resource>;
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type -- Pulumi's SDK sets each of them
export interface DomoS3Export extends Outputs {}

/**
 * An export of a Domo dataset to S3, by the plugin: the same resource as the dynamic one, with `import`, `customTimeouts`, an
 * exact diff, secrets that stay secret, and an end within a second when the run is cancelled.
 *
 * The project names the plugin: `packages: { domo: ./node_modules/pulumi-domo-s3-export/plugin }` in `Pulumi.yaml`. A stack that
 * has the dynamic resource moves here by this class alone; nothing runs again.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- see above
export class DomoS3Export extends pulumi.CustomResource {
  /**
   * @param name name of the resource in the stack
   * @param args what to export, and where to
   * @param opts the usual options of a Pulumi resource; `import` takes `<dataset>/<exportId>`
   */
  constructor(name: string, args: S3ExportArgs, opts?: pulumi.CustomResourceOptions) {
    refusePlainToken();
    const unknown = Object.fromEntries(
      ["query", "sql", "instance", ...Object.keys(outputs)].map((key) => [key, undefined]),
    );
    const all = pulumi.mergeOptions(opts, { aliases: [{ type: DYNAMIC_TYPE }] });
    const resume = pauseStackTraces();
    try {
      super(PLUGIN_TYPE, name, { ...notGiven, ...unknown, ...args }, all);
    } catch (error) {
      resume();
      if (error instanceof Error) Error.captureStackTrace(error, DomoS3Export);
      throw error;
    } finally {
      resume();
    }
    Object.assign(this, { query: this.query.apply(treeOf) });
  }

  /** The export that another stack, or somebody by hand, has run: `id` is `<dataset>/<exportId>`. Nothing is changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): DomoS3Export {
    return new DomoS3Export(name, {} as S3ExportArgs, { ...opts, id });
  }
}

/** Arguments of {@link Provider}: settings of one Domo instance. */
export interface ProviderArgs {
  /** Domo instance: `acme`, `acme.domo.com` or `https://acme.domo.com`. */
  instance?: pulumi.Input<string>;
  /** Origin of the instance, where it is no `domo.com` host. */
  baseUrl?: pulumi.Input<string>;
  /** Domo developer token. The environment variable `DOMO_DEVELOPER_TOKEN` is better: it is never stored. */
  developerToken?: pulumi.Input<string>;
  /** Request field that carries the AWS session token. */
  sessionTokenField?: pulumi.Input<string>;
  /** Time limit of one request to Domo, in seconds. */
  requestTimeoutSeconds?: pulumi.Input<number>;
  /** How long a refusal by AWS is retried, in seconds: new IAM roles take a while to work. */
  accessPatienceSeconds?: pulumi.Input<number>;
  /** Sustained requests per second to Domo at most. */
  maxRequestsPerSecond?: pulumi.Input<number>;
  /** Requests to Domo that may start at once after a pause. */
  requestBurst?: pulumi.Input<number>;
  /** Requests to Domo in flight at most. */
  maxRequestsInFlight?: pulumi.Input<number>;
  /** Whether a preview that can't reach Domo goes on with a warning (`warn`) or fails (`fail`). */
  offlinePreview?: pulumi.Input<"warn" | "fail">;
}

/**
 * One Domo instance, for programs that use several: give it as the option `provider`. What it is given wins over the
 * environment; the environment's token is never sent to another instance than the environment's.
 */
export class Provider extends pulumi.ProviderResource {
  /**
   * @param name name of the resource in the stack
   * @param args the instance and its token
   * @param opts the usual options of a Pulumi resource
   */
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    const developerToken = args.developerToken && pulumi.secret(args.developerToken);
    super("domo", name, { ...args, developerToken }, opts);
  }
}
