import { join } from "node:path";
import type { Reporter, TestCase, TestModule, TestSpecification } from "vitest/node";
import { projectRoot } from "../local/paths";

/** A test that passes without a mutant, and the mutants that it comes by. */
export interface ReachingTest {
  readonly name: string;
  readonly seconds: number;
  readonly reached: ReadonlySet<number>;
  readonly test: TestCase;
}

/** What became of a mutant. */
export type Verdict = { readonly killedBy: string; readonly timeOut: boolean } | "survived";

/** A file that takes no longer runs as a whole; of a slower one only the tests that come by the mutant. */
const QUICK_SECONDS = 1;

/** vitest in this process, with mutated sources. */
export interface TestBench {
  /** Runs whole test files without a mutant. */
  observe(files: readonly string[]): Promise<{ tests: ReachingTest[]; failing: string[] }>;
  /** Runs tests, in their files' order, until one fails. */
  tryOut(mutant: number, tests: readonly ReachingTest[]): Promise<Verdict>;
  close(): Promise<void>;
}

const NO_MUTANT = -1;

/** What one run of vitest brought. Its own answer also holds what earlier runs left behind. */
interface Seen {
  readonly cases: TestCase[];
  readonly modules: TestModule[];
  unhandled: number;
}

/** Starts vitest. `sources` holds the text that takes a file's place, by its path from the project's root. */
export async function startTestBench(sources: ReadonlyMap<string, string>): Promise<TestBench> {
  const { BaseSequencer, createVitest } = await import("vitest/node");
  class GivenOrder extends BaseSequencer {
    override sort(specifications: TestSpecification[]) {
      return Promise.resolve(specifications);
    }
  }
  let seen: Seen = { cases: [], modules: [], unhandled: 0 };
  const reporter = {
    onTestCaseResult: (test) => void seen.cases.push(test),
    onTestModuleEnd: (module) => void seen.modules.push(module),
    onTestRunEnd: (_, errors) => void (seen.unhandled = errors.length),
  } satisfies Reporter;
  const vitest = await createVitest(
    "test",
    { root: projectRoot, watch: false, reporters: [reporter], maxWorkers: 1, fileParallelism: false, pool: "threads" },
    {
      test: { setupFiles: [join(projectRoot, "mutation/activate.ts")], sequence: { sequencer: GivenOrder } },
      plugins: [
        { name: "mutants", enforce: "pre", transform: (_, id) => sources.get(id.slice(projectRoot.length + 1)) },
      ],
    },
  );
  const project = vitest.getRootProject();

  return benchOf({
    specificationOf: (file) => project.createSpecification(join(projectRoot, file)),
    async close() {
      await vitest.close();
      // vitest marks the process as failed with each mutant that is noticed.
      process.exitCode = undefined;
    },
    async run(mutant, specifications, { bail, testTimeoutMs }) {
      project.provide("activeMutant", mutant);
      project.provide("testTimeoutMs", testTimeoutMs);
      vitest.config.bail = bail;
      project.config.bail = bail;
      vitest.state.clearErrors();
      seen = { cases: [], modules: [], unhandled: 0 };
      await vitest.runTestSpecifications(specifications);
      return seen;
    },
  });
}

interface Runner {
  readonly specificationOf: (file: string) => TestSpecification;
  readonly run: (mutant: number, specifications: TestSpecification[], options: RunOptions) => Promise<Seen>;
  readonly close: () => Promise<void>;
}

function benchOf({ specificationOf, run, close }: Runner): TestBench {
  /** Tests that pass without a mutant, by their module. */
  const passing = new Map<string, TestCase[]>();
  const alone = new Map<string, boolean>();

  /** Whether a test passes without a mutant when the others of its file don't run before it. */
  async function passesAlone(test: TestCase): Promise<boolean> {
    const known = alone.get(test.id);
    if (known !== undefined) return known;
    const { modules } = await run(NO_MUTANT, [test.toTestSpecification()], { bail: 1, testTimeoutMs: 60_000 });
    const passes = modules.every((module) => module.ok());
    alone.set(test.id, passes);
    return passes;
  }

  function specificationsOf(tests: readonly ReachingTest[]): TestSpecification[] {
    const byModule = new Map<TestModule, TestCase[]>();
    for (const { test } of tests) byModule.set(test.module, [...(byModule.get(test.module) ?? []), test]);
    return [...byModule].map(([module, cases]) =>
      module.toTestSpecification(isQuick(module) ? passing.get(module.moduleId) : cases),
    );
  }

  async function tryOut(mutant: number, tests: readonly ReachingTest[]): Promise<Verdict> {
    if (tests.length === 0) return "survived";
    const slowest = Math.max(...tests.map(({ seconds }) => seconds));
    const options = { bail: 1, testTimeoutMs: 5_000 + 5_000 * slowest };
    const { cases, modules, unhandled } = await run(mutant, specificationsOf(tests), options);
    const failed = cases.find((test) => test.result().state === "failed");
    if (failed) {
      if (!isQuick(failed.module) && !(await passesAlone(failed)))
        return tryOut(
          mutant,
          tests.filter(({ test }) => test.id !== failed.id),
        );
      const [error] = failed.result().errors ?? [];
      return { killedBy: nameOf(failed), timeOut: /timed out in/.test(error?.message ?? "") };
    }
    const broken = modules.find((module) => !module.ok());
    if (broken) return { killedBy: broken.relativeModuleId, timeOut: false };
    return unhandled > 0 ? { killedBy: "an unhandled error", timeOut: false } : "survived";
  }

  return {
    tryOut,
    close,
    async observe(files) {
      const { cases, modules } = await run(NO_MUTANT, files.map(specificationOf), { bail: 0, testTimeoutMs: 180_000 });
      const broken = modules.filter((module) => module.errors().length > 0);
      const sound = cases.filter(({ module }) => !broken.some(({ moduleId }) => moduleId === module.moduleId));
      const passed = sound.filter((test) => test.result().state === "passed");
      for (const test of passed)
        passing.set(test.module.moduleId, [...(passing.get(test.module.moduleId) ?? []), test]);
      const failed = sound.filter((test) => test.result().state === "failed");
      const failing = [...broken.map(({ relativeModuleId }) => relativeModuleId), ...failed.map(nameOf)];
      return { tests: passed.map(reachingTest), failing };
    },
  };
}

interface RunOptions {
  readonly bail: number;
  readonly testTimeoutMs: number;
}

function reachingTest(test: TestCase): ReachingTest {
  const { reached = [], reachedBefore = [] } = test.meta();
  const seconds = (test.diagnostic()?.duration ?? 0) / 1000;
  return { name: nameOf(test), seconds, reached: new Set([...reached, ...reachedBefore]), test };
}

function isQuick(module: TestModule): boolean {
  return module.diagnostic().duration <= QUICK_SECONDS * 1000;
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}
