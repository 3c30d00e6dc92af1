import { nearestRank } from '../kpi/nearest-rank.ts';

/** What an agent is given: CPU in cores, memory in bytes, slots in tasks at once. */
export const sizedResources = ['cpu', 'memory', 'slots'] as const;
export type SizedResource = (typeof sizedResources)[number];

/**
 * Which peak counts, and how much is left above it. Short of CPU work is slower, which a rare peak may be; short of memory an
 * agent dies, so nearly every peak counts and more is left. Slots are whole, and few: their margin is small.
 */
export const sizing: Record<SizedResource, { quantile: number; margin: number }> = {
  cpu: { quantile: 0.95, margin: 0.15 },
  memory: { quantile: 0.99, margin: 0.2 },
  slots: { quantile: 0.95, margin: 0.1 },
};

/** From less nothing is recommended: a day has busy and quiet hours, and a 99 % quantile needs some hundred readings. */
const LEAST_HOURS = 24;
const LEAST_READINGS = 500;
/** Nobody changes the size of an agent for less. */
const LEAST_SAVING = 0.2;

/** How much was in use: readings, or a sketch that answers quantiles. In the unit of what is allocated. */
export type PeakUse = { readings: readonly number[] } | { count: number; quantileOf: (level: number) => number };

export type RightSize =
  | {
      status: 'fits' | 'shrink' | 'grow';
      resource: SizedResource;
      allocated: number;
      /** What it should be given. */
      recommended: number;
      /** The quantile of the use that counts. */
      peak: number;
      /** Share of what is allocated that is saved; negative where it needs more. */
      saving: number;
      words: string;
    }
  | { status: 'unknown'; resource: SizedResource; because: string };

/**
 * How large an agent should be, by the peaks of what it used.
 * @param of `hours` that the use is of; `allocated` above 0; `least` below which it is not made smaller, in the same unit
 * @throws RangeError where allocated is not above 0
 */
export function rightSize(
  resource: SizedResource,
  use: PeakUse,
  of: { allocated: number; hours: number; least?: number; unit?: string },
): RightSize {
  const { allocated, hours, least = 0, unit = '' } = of;
  if (!(allocated > 0)) throw new RangeError(`allocated must be above 0; got ${allocated}`);
  const count = 'count' in use ? use.count : use.readings.length;
  if (hours < LEAST_HOURS || count < LEAST_READINGS) {
    return {
      ...{ status: 'unknown', resource },
      because: `${count} readings of ${shown(hours)} h are known; it takes ${LEAST_READINGS} of ${LEAST_HOURS} h, so that a busy hour is among them`,
    };
  }
  const { quantile, margin } = sizing[resource];
  const peak = 'count' in use ? use.quantileOf(quantile) : (nearestRank(use.readings, quantile) as number);
  const wanted = Math.max(least, peak * (1 + margin));
  const recommended = resource === 'slots' ? Math.max(1, Math.ceil(wanted - 1e-9)) : wanted;
  const saving = 1 - recommended / allocated;
  // The margin is there to be used: only where the peak itself is near what there is does it take more.
  const isShort = peak * (1 + margin / 2) > allocated;
  const status = isShort ? 'grow' : saving >= LEAST_SAVING ? 'shrink' : 'fits';
  const amount = (value: number) => `${shown(value)}${unit === '' ? '' : ` ${unit}`}`;
  const used = `${Number((quantile * 100).toPrecision(3))} % of ${count} readings of ${shown(hours)} h were at ${amount(peak)} or below, of ${amount(allocated)} that it has`;
  const said = {
    fits: `${used}: with ${percent(margin)} above that it is about the right size.`,
    shrink: `${used}: ${amount(recommended)}, ${percent(recommended / peak - 1)} above that, would be enough and ${percent(saving)} less.`,
    grow: `${used}: it takes ${amount(recommended)} to leave ${percent(margin)} above that.`,
  };
  return {
    status,
    resource,
    allocated,
    recommended: status === 'fits' ? allocated : recommended,
    peak,
    saving,
    words: said[status],
  };
}

function shown(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
