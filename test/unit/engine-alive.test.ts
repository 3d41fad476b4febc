import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { requireEngine } from "../../provider/host/engine-alive";

test("an engine that listens is there, one that has ended is gone", async () => {
  const engine = createServer((socket) => void socket.destroy()).listen(0, "127.0.0.1");
  await once(engine, "listening");
  const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
  await expect(requireEngine(address)).resolves.toBeUndefined();
  engine.close();
  await once(engine, "close");
  await expect(requireEngine(address)).rejects.toThrow(
    "the engine that asked for this export is gone, and nothing was started",
  );
});

test("a shell without an engine's address is asked nothing", async () => {
  await expect(requireEngine(undefined)).resolves.toBeUndefined();
});
