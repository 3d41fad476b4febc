import { Floor } from "../programs/floor";
import { plannedQuery } from "../programs/plan";
import { serialisedProvider, providerText, startProvider } from "../../local/provider-process";
import { alternate } from "../harness/alternate";
import type { Figure } from "../harness/figure";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";

/** From the start of the provider's process to its answer about a resource that does not change. */
export const firstAnswer: Figure = {
  name: "first-answer",
  title: "The provider's process: time to its first answer",
  async measure({ cloud, rounds, quick }) {
    const domo = await cloud.domo({ datasets: 1 });
    const ours = await providerText();
    const given = {
      dataset: domo.datasets[0],
      query: JSON.parse(JSON.stringify(plannedQuery(0))) as unknown,
      bucket: cloud.bucket,
      path: "exports/first",
      roleArn: cloud.roleArn,
    };
    const floor = await serialisedProvider(() => void new Floor("any", given as never));
    const answer = async (text: string, olds: Record<string, unknown>) => {
      const start = performance.now();
      const provider = await startProvider(domo.env);
      await provider.configure({});
      const { inputs } = await provider.check({ ...given, __provider: text }, olds);
      const taken = performance.now() - start;
      await provider.stop();
      return { taken, inputs };
    };
    const { inputs: olds } = await answer(ours, {});
    const { own, least } = await alternate(quick ? rounds : Math.max(rounds, 9), {
      own: async () => (await answer(ours, olds)).taken,
      least: async () => (await answer(floor, given)).taken,
    });
    await domo.close();
    return [
      {
        figure: "provider process: start to first answer, beyond the floor",
        ours: `${number(summarize(own).median)} ms`,
        theirs: `floor ${number(summarize(least).median)} ms`,
        value: summarize(own.map((ms, round) => ms - (least[round] ?? NaN))),
        unit: "ms",
        targets: [{ limit: 150, of: "median" }],
      },
    ];
  },
};
