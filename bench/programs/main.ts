/* The Pulumi program of the benchmark's stacks: declares what BENCH_PLAN says. */
import { plannedResources, type Plan } from "./plan";

async function declare(): Promise<void> {
  const plan = JSON.parse(process.env.BENCH_PLAN ?? "") as Plan;
  const Kind = await resourceClass(plan.kind);
  for (const [name, args] of plannedResources(plan)) new Kind(name, args);
}

async function resourceClass(kind: Plan["kind"]) {
  switch (kind) {
    case "export":
      return (await import("../../provider/index.js")).DomoS3Export;
    case "floor":
      return (await import("./floor.js")).Floor;
    case "textbook":
      return (await import("./textbook.js")).TextbookExport;
  }
}

export const declared = declare();
