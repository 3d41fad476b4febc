/* The process of the plugin `domo`: what `pulumi-resource-domo` and `PulumiPlugin.yaml` start. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageVersion } from "../provider/host/package-version";
import { createProvider } from "./provider";
import { serve } from "./wire/serve";

const root = join(__dirname, "../..");
const parent = process.ppid;
const cancel = new AbortController();

void serve(
  createProvider({
    version: packageVersion(),
    schema: () => readFileSync(join(root, "plugin/schema.json"), "utf8"),
    // The last argument, after flags such as `--logtostderr`.
    engine: process.argv.slice(2).at(-1),
    cancel,
  }),
).then(({ server, port }) => {
  // The engine reads the port from here, and nothing else may be written.
  process.stdout.write(`${port}\n`);
  // Without an answer to SIGINT each command of the engine waits five seconds for this process.
  const end = (): void => {
    cancel.abort();
    server.tryShutdown(() => process.exit(0));
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  // An engine that was killed asks for nothing any more, and no state would record what is still started.
  setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();
});
