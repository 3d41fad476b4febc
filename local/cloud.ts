import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ordersDataset } from "../emulator/make-orders";
import type { EmulatorOptions } from "../emulator/options";
import { type Emulator, startEmulator } from "../emulator/server";
import { cloudEnvironment } from "./cloud-environment";
import { type Engine, findEngine } from "./engine";
import { type Moto, startMoto } from "./moto";
import { preparePluginHome } from "./plugin-home";
import { type Progress, silent } from "./progress";

/** Options of {@link startLocalCloud}. */
export interface LocalCloudOptions {
  /**
   * Settings of the Domo emulator.
   * @default one user, who may read the one dataset of orders
   */
  readonly emulator?: Partial<EmulatorOptions>;
  /**
   * Let moto check signatures and policies.
   * @default true
   */
  readonly enforceIam?: boolean;
  readonly progress?: Progress;
  /** Ends an engine build that is under way. */
  readonly signal?: AbortSignal;
}

/** Everything that an export needs, on this machine. */
export interface LocalCloud {
  /** To be laid over the environment of every process that works against this cloud; `undefined` unsets. */
  readonly env: NodeJS.ProcessEnv;
  readonly engine: Engine;
  readonly emulator: Emulator;
  readonly moto: Moto;
  /** Ends all of it. Its processes also end when this process does, however that happens. */
  stop(): Promise<void>;
}

/** The developer token of {@link startLocalCloud}'s user, unless `emulator.users` names others. */
export const localToken = "local-developer-token";

/** Id of the dataset that the examples export. */
export const salesDataset = "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17";

/** Starts AWS (moto), Domo (the emulator) and makes Pulumi ready, on free ports and in temporary folders. */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const { enforceIam, progress = silent, signal } = options;
  const engine = await findEngine({ progress, signal });
  progress.say("starting AWS (moto) and Domo (the emulator)");
  const home = await preparePluginHome();
  const state = mkdtempSync(join(tmpdir(), "domo-local-cloud-"));
  const removeState = () => rmSync(state, { recursive: true, force: true });
  process.once("exit", removeState);
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((part) => part.stop()));
    process.off("exit", removeState);
    removeState();
  };
  try {
    const moto = await startMoto({ enforceIam, progress });
    started.push(moto);
    const emulator = await startEmulator(emulatorOptions(moto, options.emulator));
    started.push({ stop: () => emulator.close() });
    const env = cloudEnvironment({
      engine,
      home,
      state,
      awsEndpoint: moto.endpoint,
      deployer: moto.deployer,
      domoUrl: emulator.url,
      domoToken: options.emulator?.users?.[0]?.token ?? localToken,
    });
    return { env, engine, emulator, moto, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function emulatorOptions(moto: Moto, given: Partial<EmulatorOptions> = {}): EmulatorOptions {
  const orders = ordersDataset({ id: salesDataset });
  const reader = { token: localToken, id: 27, displayName: "Dana Reader", datasets: { [orders.id]: "READ" } };
  return { datasets: [orders], users: [reader], s3Endpoint: moto.endpoint, regionProbe: moto.prober, ...given };
}
