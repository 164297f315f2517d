/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('the median of nothing');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Median of each field over runs of the same shape. */
export function medians<Fields extends { readonly [name in keyof Fields]: number }>(
  runs: readonly Fields[],
): Record<keyof Fields, number> {
  const [first] = runs;
  if (first === undefined) throw new RangeError('no runs');
  const names = Object.keys(first) as (keyof Fields)[];
  const entries = names.map((name) => [name, median(runs.map((run) => run[name]))] as const);
  return Object.fromEntries(entries) as Record<keyof Fields, number>;
}

/** Slope of the line of least squares through the points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
