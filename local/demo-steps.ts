import { type BucketView, type ObjectView, viewBuckets } from "./bucket-view";
import { type LocalCloud, salesDataset } from "./cloud";
import { screen } from "./demo-screen";
import { runOnTerminal } from "./engine-run";
import { projectRoot } from "./paths";
import { runChecked } from "./process";

/** The demo's stack; its settings file `Pulumi.<stack>.yaml` lives in the project's folder while it runs. */
export const demoStack = "local-cloud";

/** One step of the demo. */
export interface Step {
  readonly title: string;
  run(demo: Demo): Promise<void>;
}

/** What the steps work with. */
export interface Demo {
  /** Shows a command and runs it on this terminal; anything but the wanted outcome is an error. */
  pulumi(args: readonly string[], want?: "success" | "failure"): Promise<void>;
  /** Lets new data arrive in Domo, which returns an earlier export while the data is unchanged. */
  nightlyLoad(): Promise<void>;
  /** The objects that are in S3 now, found without asking Pulumi. */
  objects(): Promise<{ readonly bucket: string; readonly objects: readonly ObjectView[] }>;
  /** The stack's output `keys`: what it says is in S3. */
  keysInState(): Promise<string[]>;
  readonly view: BucketView;
}

/** Prepares the steps' tools for a cloud. */
export async function openDemo(cloud: LocalCloud, signal: AbortSignal): Promise<Demo> {
  const view = await viewBuckets(cloud.moto);
  const env = { ...cloud.env, PULUMI_STACK: demoStack };
  const terminal = { cwd: projectRoot, env, signal };
  const quietly = (...args: string[]) =>
    runChecked("pulumi", [...args, "--non-interactive"], { ...terminal, env: { ...process.env, ...env } });
  await quietly("stack", "init", demoStack);
  return {
    view,
    async pulumi(args, want = "success") {
      screen.command(`pulumi ${args.join(" ")}`);
      const code = await runOnTerminal(args, terminal);
      if ((code === 0) !== (want === "success")) {
        const wanted = want === "success" ? "0 was expected" : "a failure was expected";
        throw new Error(`"pulumi ${args.join(" ")}" ended with exit code ${code}; ${wanted}`);
      }
      if (want === "failure") screen.note(`exit code ${code}, as it must be`);
    },
    async nightlyLoad() {
      const { rowCount } = await cloud.emulator.control.advanceData({ dataset: salesDataset });
      screen.note("The nightly load arrives in Domo. (Domo returns an earlier export while the data is unchanged.)");
      screen.note(`The dataset now has a new version with ${rowCount.toLocaleString("en-US")} rows.`);
    },
    async objects() {
      const [bucket = ""] = await view.buckets();
      return { bucket, objects: bucket ? await view.objects(bucket) : [] };
    },
    async keysInState() {
      return JSON.parse((await quietly("stack", "output", "keys", "--json")).stdout) as string[];
    },
  };
}

async function showObjects(demo: Demo): Promise<readonly ObjectView[]> {
  const { bucket, objects } = await demo.objects();
  const current = new Set(await demo.keysInState());
  const shown = objects.filter(({ key }) => current.has(key));
  screen.line();
  screen.objects(bucket, shown);
  if (shown.length === 0) throw new Error("none of the objects that the stack names is in S3");
  const earlier = objects.filter(({ key }) => !current.has(key) && !key.endsWith(".manifest.json")).length;
  if (earlier > 0) screen.note(`(and ${earlier} of earlier exports)`);
  return shown;
}

const preview: Step = {
  title: "Preview: nothing is created yet",
  async run(demo) {
    await demo.pulumi(["preview"]);
    if ((await demo.view.buckets()).length > 0) throw new Error("the preview created a bucket");
    screen.note("S3 has no bucket: a preview creates nothing");
  },
};

const up: Step = {
  title: "Up: bucket, role and export in one stack",
  async run(demo) {
    await demo.pulumi(["up", "--yes", "--skip-preview"]);
    await showObjects(demo);
  },
};

const again: Step = {
  title: "A second up changes nothing",
  async run(demo) {
    const before = await demo.objects();
    await demo.pulumi(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    if (JSON.stringify(await demo.objects()) !== JSON.stringify(before)) throw new Error("S3 has changed");
  },
};

const changedQuery: Step = {
  title: "Another query: shown by preview, then applied",
  async run(demo) {
    const before = await demo.keysInState();
    await demo.nightlyLoad();
    await demo.pulumi(["config", "set", "region", "East"]);
    await demo.pulumi(["preview", "--diff"]);
    await demo.pulumi(["up", "--yes", "--skip-preview"]);
    const shown = await showObjects(demo);
    if (shown.some(({ key }) => before.includes(key)))
      throw new Error("the stack still names the old export's objects");
  },
};

const drift: Step = {
  title: "An object deleted behind Pulumi's back is found and put right",
  async run(demo) {
    const { bucket } = await demo.objects();
    const [key = ""] = await demo.keysInState();
    await demo.view.deleteObject(bucket, key);
    screen.note(`Somebody deletes s3://${bucket}/${key}`);
    await demo.pulumi(["refresh", "--preview-only", "--expect-no-changes"], "failure");
    await demo.nightlyLoad();
    await demo.pulumi(["up", "--yes", "--skip-preview", "--refresh"]);
    await showObjects(demo);
  },
};

const destroy: Step = {
  title: "Destroy",
  async run(demo) {
    await demo.pulumi(["destroy", "--yes", "--skip-preview"]);
    if ((await demo.view.buckets()).length > 0) throw new Error("a bucket is left in S3");
    screen.note("S3 has no bucket any more");
  },
};

/** The demo up to the point where a stack stands, and its end. */
export const steps = { build: [preview, up, again, changedQuery, drift], end: [destroy] } as const;
