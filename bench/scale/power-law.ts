/** value = factor × size ^ exponent, through what was measured. */
export interface PowerLaw {
  factor: number;
  exponent: number;
}

/**
 * Least squares of logarithms, so that each size counts the same, however large it is.
 * @throws RangeError for fewer than two sizes, or values that are not above zero
 */
export function powerLaw(points: readonly { size: number; value: number }[]): PowerLaw {
  if (points.length < 2 || points.some(({ size, value }) => !(size > 0 && value > 0))) {
    throw new RangeError('a power law needs two points or more, all above zero');
  }
  const logs = points.map(({ size, value }) => ({ x: Math.log(size), y: Math.log(value) }));
  const mean = (of: (log: { x: number; y: number }) => number) =>
    logs.reduce((sum, log) => sum + of(log), 0) / logs.length;
  const [x, y] = [mean((log) => log.x), mean((log) => log.y)];
  const exponent =
    logs.reduce((sum, log) => sum + (log.x - x) * (log.y - y), 0) /
    logs.reduce((sum, log) => sum + (log.x - x) ** 2, 0);
  return { factor: Math.exp(y - exponent * x), exponent };
}

export function valueAt({ factor, exponent }: PowerLaw, size: number): number {
  return factor * size ** exponent;
}

/** @returns the size at which the law comes to the value */
export function sizeAt({ factor, exponent }: PowerLaw, value: number): number {
  return (value / factor) ** (1 / exponent);
}
