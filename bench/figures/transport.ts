import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Agent, type Dispatcher, H2CClient } from "undici";
import { projectRoot } from "../../local/paths";
import { poolOptions } from "../../provider/domo/client";
import { alternate, ratios, secondsOf } from "../harness/alternate";
import type { Bench, Figure } from "../harness/figure";
import type { Row } from "../harness/row";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";

/** Requests at a time, as many as the default of `domo:maxRequestsInFlight`. */
const IN_FLIGHT = 16;
/** Connections that share the same number of requests among them. */
const PIPELINED = 4;

/** Whether pipelining or HTTP/2 would be faster than the pool of connections that the provider has for Domo. */
export const transport: Figure = {
  name: "transport",
  title: "Reads over keep-alive connections, pipelined ones, and HTTP/2",
  async measure({ quick, rounds }: Bench) {
    const count = quick ? 32 : 1600;
    const server = new Worker(join(projectRoot, "dist/bench/programs/list-server.js"));
    const [[http1, http2]] = (await once(server, "message")) as [[number, number]];
    const pool = poolOptions(IN_FLIGHT);
    const shared = { maxConcurrentStreams: IN_FLIGHT, pipelining: IN_FLIGHT };
    const ways = {
      pool: new Agent(pool),
      pipelined: new Agent({ ...pool, connections: PIPELINED, pipelining: IN_FLIGHT / PIPELINED }),
      http2: new H2CClient(`http://127.0.0.1:${http2}`, shared),
    };
    try {
      const timed = (dispatcher: Dispatcher, port: number, connections: number) => () =>
        secondsOf(async () => {
          const most = await readAll(dispatcher, `http://127.0.0.1:${port}`, count);
          if (connections < IN_FLIGHT && most <= connections)
            throw new Error(`${most} requests at once over ${connections} connections: none shared a connection`);
        });
      const { own, pipelined, multiplexed } = await alternate(rounds, {
        own: timed(ways.pool, http1, IN_FLIGHT),
        pipelined: timed(ways.pipelined, http1, PIPELINED),
        multiplexed: timed(ways.http2, http2, 1),
      });
      const row = (theirs: string, seconds: number[]): Row => ({
        figure: `${number(count)} reads, ${IN_FLIGHT} at a time, over ${theirs}`,
        ours: `${IN_FLIGHT} connections ${number(summarize(own).median)} s`,
        theirs: `${number(summarize(seconds).median)} s`,
        value: summarize(ratios(own, seconds)),
        unit: "×",
        targets: [],
        note: "A server on this machine that answers after 20 ms, without TLS. Without the limit of requests a second (6 by default): with it, only the limit would show.",
      });
      return [row(`${PIPELINED} pipelined connections`, pipelined), row("one HTTP/2 connection", multiplexed)];
    } finally {
      await Promise.all(Object.values(ways).map((dispatcher) => dispatcher.close()));
      await server.terminate();
    }
  },
};

/** Reads `count` times, `IN_FLIGHT` at a time, and tells how many the server had at once at most. */
async function readAll(dispatcher: Dispatcher, origin: string, count: number): Promise<number> {
  let left = count;
  let most = 0;
  const readInTurn = async () => {
    while (left-- > 0) {
      // undici pipelines nothing behind a request that is `blocking`, which all but HEAD are unless they say otherwise.
      const request = { origin, path: "/", method: "GET", blocking: false } as const;
      const { statusCode, headers, body } = await dispatcher.request(request);
      await body.json();
      if (statusCode !== 200) throw new Error(`The server answered ${statusCode}`);
      most = Math.max(most, Number(headers["x-in-flight"]));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, readInTurn));
  return most;
}
