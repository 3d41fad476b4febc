import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { emulatorControlClient } from "../../emulator/control-client";
import { projectRoot } from "../../local/paths";
import { domo } from "./domo-call";

const options = {
  datasets: ["orders"],
  users: [{ token: "reader-token", id: 7, displayName: "Reader", datasets: { orders: "READ" } }],
};

test.each(["SIGTERM", "SIGINT", "stdin"])(
  "the command line serves the built-in dataset until %s ends it",
  async (end) => {
    const main = join(projectRoot, "dist/emulator/main.js");
    const child = spawn(process.execPath, [main, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const { url } = JSON.parse(line) as { url: string };
    expect(await domo(url, "/api/data/v3/datasources/orders")).toMatchObject({
      body: { name: "Orders", rowCount: 12_000 },
    });
    expect(await emulatorControlClient(url).countRequests()).toBe(1);
    const ended = once(child, "exit");
    if (end === "stdin") child.stdin.end();
    else child.kill(end as NodeJS.Signals);
    expect(await ended).toEqual([0, null]);
  },
);
