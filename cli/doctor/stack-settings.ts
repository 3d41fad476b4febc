import { z } from "zod";
import type { Host } from "../../provider/host/settings";
import { askPulumi, type PulumiPlace } from "../pulumi-run";
import { isProject } from "../project-file";
import { type Finding, ok, skipped, warn } from "./check";

const TOKEN = "domo:developerToken";
const answer = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean().optional() }));

/** What was read of the stack's configuration, and the settings in it. The values stay in memory. */
export interface StackSettings {
  readonly finding: Finding;
  readonly config: NonNullable<Host["config"]>;
  /** Whether the token is there in plain text. */
  readonly plainToken: boolean;
}

/** Reads the stack's configuration with the user's own `pulumi`, which decrypts it. */
export async function readStackSettings(stack: string | undefined, place: PulumiPlace): Promise<StackSettings> {
  const none = (finding: Finding): StackSettings => ({ finding, config: { get: () => undefined }, plainToken: false });
  if (!isProject(place.cwd))
    return none(
      skipped(
        "there is no Pulumi.yaml here, so only the environment is read",
        "run this in the project's folder, or give --cwd",
      ),
    );
  let text: string;
  try {
    const which = stack === undefined ? [] : ["--stack", stack];
    text = await askPulumi(["config", "--json", "--show-secrets", ...which], place);
  } catch (error) {
    return none(warn((error as Error).message, "select a stack or give --stack; only the environment is read now"));
  }
  const settings = answer.safeParse(JSON.parse(text)).data ?? {};
  const names = Object.keys(settings).filter((key) => key.startsWith("domo:"));
  return {
    finding: ok(names.length === 0 ? "the stack sets nothing of domo:" : `the stack sets ${names.join(", ")}`),
    config: { get: (key) => settings[key]?.value },
    plainToken: settings[TOKEN] !== undefined && settings[TOKEN].secret !== true,
  };
}
