import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Agent, type Dispatcher, H2CClient } from "undici";
import { projectRoot } from "../../local/paths";
import { alternate, ratios, secondsOf } from "../harness/alternate";
import type { Bench, Figure } from "../harness/figure";
import type { Row } from "../harness/row";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";

/** Requests at a time, as many as the default of `domo:maxRequestsInFlight`. */
const IN_FLIGHT = 16;

/** Whether pipelining or HTTP/2 would be faster than the pool of connections that the provider has for Domo. */
export const transport: Figure = {
  name: "transport",
  title: "Reads over keep-alive connections, pipelined ones, and HTTP/2",
  async measure({ quick, rounds }: Bench) {
    const count = quick ? 32 : 1600;
    const server = new Worker(join(projectRoot, "dist/bench/programs/list-server.js"));
    const [[http1, http2]] = (await once(server, "message")) as [[number, number]];
    const ways = {
      pool: new Agent({ connections: IN_FLIGHT }),
      pipelined: new Agent({ connections: IN_FLIGHT / 4, pipelining: 4 }),
      http2: new H2CClient(`http://127.0.0.1:${http2}`, { maxConcurrentStreams: IN_FLIGHT, pipelining: IN_FLIGHT }),
    };
    try {
      const timed = (dispatcher: Dispatcher, port: number) => () =>
        secondsOf(() => readAll(dispatcher, `http://127.0.0.1:${port}`, count));
      const { pool, pipelined, multiplexed } = await alternate(rounds, {
        pool: timed(ways.pool, http1),
        pipelined: timed(ways.pipelined, http1),
        multiplexed: timed(ways.http2, http2),
      });
      const row = (theirs: string, seconds: number[]): Row => ({
        figure: `${number(count)} reads, ${IN_FLIGHT} at a time, over ${theirs}`,
        ours: `${IN_FLIGHT} connections ${number(summarize(pool).median)} s`,
        theirs: `${number(summarize(seconds).median)} s`,
        value: summarize(ratios(pool, seconds)),
        unit: "×",
        targets: [],
        note: "A server that answers after 20 ms. The request rate, 20 a second by default, is not in it: within it the three are the same.",
      });
      return [row(`${IN_FLIGHT / 4} pipelined connections`, pipelined), row("one HTTP/2 connection", multiplexed)];
    } finally {
      await Promise.all(Object.values(ways).map((dispatcher) => dispatcher.close()));
      await server.terminate();
    }
  },
};

/** Reads `count` times, `IN_FLIGHT` at a time. */
async function readAll(dispatcher: Dispatcher, origin: string, count: number): Promise<void> {
  let left = count;
  const readInTurn = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await dispatcher.request({ origin, path: "/", method: "GET" });
      await body.json();
      if (statusCode !== 200) throw new Error(`The server answered ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, readInTurn));
}
