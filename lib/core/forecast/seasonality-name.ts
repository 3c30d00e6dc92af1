const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** From the units that people arrange their work by to the finest. */
const units = [
  { name: 'week', ms: WEEK },
  { name: 'day', ms: DAY },
  { name: 'hour', ms: HOUR },
  { name: 'min', ms: 30 * MINUTE, times: 30 },
  { name: 'min', ms: 15 * MINUTE, times: 15 },
  { name: 'min', ms: 5 * MINUTE, times: 5 },
  { name: 'min', ms: MINUTE },
  { name: 's', ms: SECOND },
] as const;

/** Periods are measured: within this share they are taken as what the calendar has. */
const TOLERANCE = 0.01;

/**
 * A cycle in words: "every day", "every week", "every 90 min". A measured period is within a step or a hundredth of the true one, so
 * the largest unit is named that it is a whole number of within that.
 * @param period steps a cycle, above 0
 * @param stepMs length of a step, above 0
 * @throws RangeError when one is not above 0
 * @example cycleName(143.8, 600_000) // 'every day'
 * @example cycleName(18, 300_000) // 'every 90 min'
 */
export function cycleName(period: number, stepMs: number): string {
  if (!(period > 0 && stepMs > 0)) throw new RangeError(`period and step must be above 0; got ${period} and ${stepMs}`);
  const ms = period * stepMs;
  const reach = Math.min(Math.max(TOLERANCE * ms, 0.6 * stepMs), 0.04 * ms);
  for (const unit of units) {
    const count = Math.round(ms / unit.ms);
    const times = count * ('times' in unit ? unit.times : 1);
    // "Every 26 hours" is said; every 17 weeks is not a cycle of weeks.
    if (count < 1 || times > MOST_OF[unit.name] || Math.abs(ms - count * unit.ms) > reach) continue;
    return times === 1 ? `every ${unit.name}` : `every ${times} ${plural(unit.name)}`;
  }
  return ms < 2 * DAY ? `every ${(ms / HOUR).toFixed(1)} hours` : `every ${(ms / DAY).toFixed(1)} days`;
}

/** How many of a unit are still told in it. */
const MOST_OF = { week: 8, day: 40, hour: 48, min: 240, s: 600 } as const;

function plural(unit: string): string {
  return unit === 'min' || unit === 's' ? unit : `${unit}s`;
}
