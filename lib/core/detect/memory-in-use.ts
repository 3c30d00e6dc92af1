import { lookedBackOn } from './agent-outcomes.ts';
import type { MinuteSeen } from './detection-context.ts';
import { ringsAfter, type ShareRing } from './share-ring.ts';

/**
 * Memory that agents have in use, of those that report it, after a minute: see {@link ringsAfter}. A reading is the mean of five
 * minutes: what is in use comes and goes with the work at hand, and half of that within a minute.
 */
export function memoryAfter(
  memory: ReadonlyMap<string, ShareRing>,
  seen: Pick<MinuteSeen, 'minute' | 'minutes' | 'roster'>,
): ReadonlyMap<string, ShareRing> {
  const { minute, minutes, roster } = seen;
  const isKnown = (agent: string) => roster.has(agent);
  const read = () => {
    const sums = new Map<string, { count: number; ppm: number }>();
    for (const { agent, counters } of lookedBackOn(minute).flatMap((at) => minutes.get(at)?.presence ?? [])) {
      if (counters.memoryCount === 0 || !isKnown(agent)) continue;
      const sum = sums.get(agent) ?? { count: 0, ppm: 0 };
      sums.set(agent, sum);
      sum.count += counters.memoryCount;
      sum.ppm += counters.memoryPpm;
    }
    return new Map([...sums].map(([agent, { count, ppm }]) => [agent, Math.round(ppm / count / 1_000)]));
  };
  return ringsAfter(memory, { seen, read, isKnown: () => isKnown });
}
