/** Round numbers with equal steps, from 0 to the first that is not below `max`; three to six of them. */
export function ticks(max: number): number[] {
  const power = 10 ** Math.floor(Math.log10(max / 3));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => max / size <= 5) ?? 10 * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
