import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { scoreOf, survivorsOf } from "../../mutation/report";
import type { Outcome } from "../../mutation/run";
import { isNamed, type NamedSurvivor } from "../../mutation/survivors";

const file = "test/mutation/fixture/price.ts";

test("a run kills what tests notice, and shows what they don't, what they never reach and what the compiler refuses", async () => {
  const options = { files: [file], stages: [{ folders: ["mutation/fixture"], servers: false }], seconds: 60, every: 1 };
  const program = `require("./dist/mutation/run.js").runMutants({ ...${JSON.stringify(options)}, say() {} })
    .then((outcomes) => process.stdout.write(JSON.stringify(outcomes)))`;
  const { stdout } = await runChecked(process.execPath, ["-e", program], { cwd: projectRoot });
  const outcomes = JSON.parse(stdout) as Outcome[];
  const said = outcomes.map(({ mutant, fate }) => `${mutant.original} → ${mutant.mutant}: ${fate.kind}`);
  expect(said).toEqual([
    "cents < 0 → true: killed",
    "cents < 0 → false: killed",
    "cents < 0 → cents <= 0: survived",
    "0 → 1: survived",
    'throw new RangeError("A price is not negative"); → : killed',
    '"A price is not negative" → "": survived',
    "pieces >= 10 → true: killed",
    "pieces >= 10 → false: killed",
    "pieces >= 10 → pieces > 10: killed",
    "10 → 11: killed",
    "cents * pieces * 0.9 → cents * pieces / 0.9: killed",
    "cents * pieces → cents / pieces: killed",
    "0.9 → 1.9: killed",
    "cents * pieces → cents / pieces: killed",
    "cents / 100 → cents * 100: not reached",
    "100 → 101: not reached",
    "2 → 3: not reached",
  ]);
  expect(scoreOf(outcomes)).toEqual({ mutants: 17, killed: 11, survived: 3, notReached: 3, timeOuts: 0, refused: 0 });
});

const mutant = {
  operator: "logic",
  line: 7,
  column: 3,
  within: "f",
  original: "a &&\n    b",
  mutant: "a",
  start: 0,
  end: 1,
};
const named: NamedSurvivor = { file, within: "f", original: "a && b", mutant: "a", reason: "b is always true here" };

test("a survivor is named by its function and its text, wherever it stands", () => {
  expect(isNamed(named, file, mutant)).toBe(true);
  expect(isNamed(named, file, { ...mutant, within: "g" })).toBe(false);
  expect(isNamed(named, file, { ...mutant, mutant: "b" })).toBe(false);
  expect(isNamed(named, "other.ts", mutant)).toBe(false);
});

test("a named survivor carries its reason; a name that no survivor bears is stale", () => {
  const alive: Outcome = { file, mutant, fate: { kind: "survived", untried: 0 } };
  const { survivors, stale } = survivorsOf([alive], [named]);
  expect(survivors).toMatchObject([{ line: 7, original: "a && b", mutant: "a", reason: "b is always true here" }]);
  expect(stale).toEqual([]);
  const dead: Outcome = { file, mutant, fate: { kind: "killed", by: "a test", timeOut: false } };
  expect(survivorsOf([dead], [named])).toEqual({ survivors: [], stale: [named] });
  expect(survivorsOf([], [named]).stale).toEqual([]); // that file was not asked for
});
