import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { EmulatorControl } from "./control";
import { controlPrefix, handleControl } from "./control-http";
import { createControl } from "./control-local";
import { handleRequest } from "./handle-request";
import type { EmulatorOptions } from "./options";
import { closeState, openState } from "./state";

/** A running emulator of the Domo API. */
export interface Emulator {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly control: EmulatorControl;
  /** Ends running exports without writing, breaks open connections and frees the port. */
  close(): Promise<void>;
}

/** Starts an emulator on 127.0.0.1. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const state = await openState(options);
  const control = createControl(state);
  const server = createServer((request, response) => {
    const handled = request.url?.startsWith(controlPrefix)
      ? handleControl(control, request, response)
      : handleRequest(state, request, response);
    handled.catch(() => response.destroy());
  });
  // Keep-alive connections of a client under test must not be closed under it.
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    control,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await closeState(state);
    },
  };
}
