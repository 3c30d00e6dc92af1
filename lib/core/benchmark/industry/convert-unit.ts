/** Units by what they measure, each with how much of the first one it is. */
const scales = {
  share: { ratio: 1, percent: 0.01, 'basis points': 0.0001 },
  time: { milliseconds: 1, microseconds: 0.001, seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 },
  money: { usd: 1 },
  'tasks per time': { '1/min': 1, '1/s': 60, '1/h': 1 / 60, '1/d': 1 / 1_440 },
  number: { count: 1 },
  points: { points: 1 },
  'tokens per time': { 'tokens/second': 1 },
} as const satisfies Record<string, Record<string, number>>;

/** Other names of units: those of UCUM, which OpenTelemetry uses, and what people write. */
const aliases: Readonly<Record<string, string>> = {
  ...{ '1': 'ratio', '%': 'percent', pct: 'percent', bps: 'basis points', bp: 'basis points' },
  ...{
    ms: 'milliseconds',
    us: 'microseconds',
    µs: 'microseconds',
    s: 'seconds',
    min: 'minutes',
    h: 'hours',
    d: 'days',
  },
  ...{ millisecond: 'milliseconds', microsecond: 'microseconds', second: 'seconds', minute: 'minutes', hour: 'hours' },
  ...{ day: 'days', USD: 'usd', $: 'usd', tasks: 'count', 'tokens/s': 'tokens/second' },
};

const known = new Map<string, { dimension: string; scale: number }>(
  Object.entries(scales).flatMap(([dimension, units]) =>
    Object.entries(units).map(([unit, scale]) => [unit, { dimension, scale }] as const),
  ),
);

/** Names of units that can be told apart. */
export const unitNames = [...known.keys()];

/** The name of a unit as it is kept; null for one that is not known. */
export function unitNamed(unit: string): string | null {
  const name = Object.hasOwn(aliases, unit) ? (aliases[unit] as string) : unit;
  // UCUM writes what is counted in braces: {task}.
  if (/^\{\w+\}$/.test(name)) return 'count';
  return known.has(name) ? name : null;
}

/** What a unit measures, such as "share" or "time"; null for one that is not known. */
export function dimensionOf(unit: string): string | null {
  return known.get(unitNamed(unit) ?? '')?.dimension ?? null;
}

/**
 * A quantity in another unit; null where one does not convert into the other.
 * @example convertUnit(85, 'percent', 'ratio') // 0.85
 * @example convertUnit(126, 'microseconds', 'ms') // 0.126
 */
export function convertUnit(quantity: number, from: string, to: string): number | null {
  const [a, b] = [known.get(unitNamed(from) ?? ''), known.get(unitNamed(to) ?? '')];
  if (!a || !b || a.dimension !== b.dimension) return null;
  // Divided where that is exact, so that 85 % is 0.85.
  const factor = a.scale / b.scale;
  return factor < 1 ? quantity / Number((1 / factor).toPrecision(12)) : quantity * Number(factor.toPrecision(12));
}
