import type { Minute } from '../model/time.ts';
import { LOOKBACK_MINUTES, type MinuteSeen } from './detection-context.ts';

/** An agent with less than this share of its CPU or memory in use is not hot. */
export const HOT_PERMILLE = 900;

/** In which of the last minutes an agent had hardly any CPU or memory left. Kept of agents only that had such a minute. */
export interface HotMinutes {
  /** The newest minute that is in it. */
  minute: Minute;
  /** Bit i: the minute i before the newest. */
  cpu: number;
  memory: number;
  /** The highest means of a minute, in thousandths. */
  cpuPermille: number;
  memoryPermille: number;
}

const ALL_BITS = 2 ** LOOKBACK_MINUTES - 1;

/**
 * Takes a minute in, and the one before it once more, which late reports may have changed.
 * @returns the same map where nobody was hot and nobody is
 */
export function hotMinutesAfter(
  hot: ReadonlyMap<string, HotMinutes>,
  { minute, minutes, roster }: Pick<MinuteSeen, 'minute' | 'minutes' | 'roster'>,
): ReadonlyMap<string, HotMinutes> {
  const after = new Map<string, HotMinutes>();
  for (const [agent, its] of hot) {
    // A run that is repeated finds the minute in it.
    const aged = minute <= its.minute ? its : moved(its, minute - its.minute);
    if ((aged.cpu | aged.memory) !== 0 && roster.has(agent)) after.set(agent, { ...aged, minute });
  }
  for (const at of [minute - 1, minute]) {
    const bit = 1 << (minute - at);
    for (const { agent, counters } of minutes.get(at)?.presence ?? []) {
      const cpu = meanPermille(counters.cpuPpm, counters.cpuCount);
      const memory = meanPermille(counters.memoryPpm, counters.memoryCount);
      const known = after.get(agent);
      if (!known && Math.max(cpu, memory) < HOT_PERMILLE) continue;
      if (!roster.has(agent)) continue;
      const its = known ?? { minute, cpu: 0, memory: 0, cpuPermille: 0, memoryPermille: 0 };
      after.set(agent, {
        minute,
        cpu: withBit(its.cpu, bit, cpu >= HOT_PERMILLE),
        memory: withBit(its.memory, bit, memory >= HOT_PERMILLE),
        cpuPermille: Math.max(its.cpuPermille, cpu),
        memoryPermille: Math.max(its.memoryPermille, memory),
      });
    }
  }
  for (const [agent, { cpu, memory }] of after) if ((cpu | memory) === 0) after.delete(agent);
  return after.size === 0 && hot.size === 0 ? hot : after;
}

export function countHot(bits: number): number {
  return bits === 0 ? 0 : (bits & 1) + countHot(bits >> 1);
}

function moved(hot: HotMinutes, by: number): HotMinutes {
  const shift = (bits: number) => (by >= LOOKBACK_MINUTES ? 0 : (bits << by) & ALL_BITS);
  return { ...hot, cpu: shift(hot.cpu), memory: shift(hot.memory) };
}

function withBit(bits: number, bit: number, isHot: boolean): number {
  return isHot ? bits | bit : bits & ~bit;
}

function meanPermille(ppm: number, count: number): number {
  return count === 0 ? 0 : Math.round(ppm / count / 1_000);
}
