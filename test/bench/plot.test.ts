import { XMLParser, XMLValidator } from "fast-xml-parser";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plotGrowth } from "../../bench/growth/plot";
import type { GrowthPoint } from "../../bench/growth/measure";
import { chartSize, lineChart } from "../../bench/plot/line-chart";
import { ticks } from "../../bench/plot/ticks";

const draw = (ys: readonly number[]) =>
  lineChart({
    title: "t",
    along: "a",
    series: ys.map((y, index) => {
      const [start, end] = [
        { x: 1, y: 0 },
        { x: 9, y },
      ];
      return { name: `line ${index}`, color: "#000", points: [start, end] };
    }),
  });

test.each([
  { max: 19.6, steps: [0, 5, 10, 15, 20] },
  { max: 20, steps: [0, 5, 10, 15, 20] },
  { max: 0.3, steps: [0, 0.1, 0.2, 0.3] },
  { max: 4415, steps: [0, 1000, 2000, 3000, 4000, 5000] },
])("an axis up to $max shows $steps", ({ max, steps }) => {
  expect(ticks(max)).toEqual(steps);
});

test("an axis has three to six round numbers, and ends at most a step above the largest value", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (max) => {
      const steps = ticks(max);
      const [, step = 0] = steps;
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(steps.length).toBeLessThanOrEqual(6);
      expect(["1", "2", "5"]).toContain(step.toExponential().charAt(0));
      expect(steps.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-8));
      expect(steps.at(-1)).toBeLessThan(max + step);
    }),
  );
});

test("names of lines that end at the same height stand below each other, inside the chart", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 6 }), (ys) => {
      const heights = [...draw(ys).matchAll(/y="([\d.]+)"[^>]*>line/g)].map(([, y]) => Number(y)).sort((a, b) => a - b);
      expect(heights).toHaveLength(ys.length);
      heights.forEach((y, index) => expect(y - (heights[index - 1] ?? -99)).toBeGreaterThan(12.9));
      expect(heights.at(-1)).toBeLessThan(chartSize.height);
    }),
    { examples: [[[96, 96, 96, 96]]] },
  );
});

test("a point is drawn where its value says", () => {
  const [, way = ""] = /d="M(\S+ \S+L\S+ \S+)" fill="none"/.exec(draw([50])) ?? [];
  // The plot is 190 wide from 46, and 150 high down to 178; 9 of 9 is the right edge, 50 of 50 the upper one.
  expect(way).toBe("67.1 178L236 28");
});

test("the plot of a stack's growth is well-formed, with texts of any kind in it", () => {
  const both = { ours: 2, floor: 1 };
  const point: GrowthPoint = {
    exports: 10,
    datasets: 1,
    seconds: { preview: both, up: both, "no-change up": both, refresh: both },
    calls: { preview: 4, up: 44, "no-change up": 0, refresh: 3 },
    state: { ours: 2 ** 21, floor: 2 ** 20 },
  };
  const svg = plotGrowth([point, { ...point, exports: 20 }], 'a CPU <1> & "2"; Pulumi 3');
  expect(XMLValidator.validate(svg)).toBe(true);
  const { svg: drawn } = new XMLParser().parse(svg) as { svg: { text: string[] } };
  expect(drawn.text).toContain('a CPU <1> & "2";');
});
