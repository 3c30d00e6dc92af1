import type { Figures } from '../kpi/figures.ts';
import type { SizedResource } from './right-size.ts';

const MINUTE_US = 60_000_000;

/**
 * What an agent used by the minute, from its figures of single minutes: CPU as a share of what it has, memory in bytes (a
 * share of what it has where bytes are not told), slots as tasks at work at once. Means of a minute: what lasts for seconds
 * does not show.
 * @returns a reading for each minute in which it is known
 */
export function useReadings(minutes: Iterable<Figures>, resource: SizedResource): number[] {
  return [...minutes].map((figures) => readingOf(figures, resource)).filter((reading) => reading !== null);
}

function readingOf({ presence: { counters }, use }: Figures, resource: SizedResource): number | null {
  switch (resource) {
    case 'cpu':
      return counters.cpuCount > 0 ? counters.cpuPpm / counters.cpuCount / 1e6 : null;
    case 'memory':
      if (counters.memoryBytesCount > 0) return counters.memoryBytes / counters.memoryBytesCount;
      return counters.memoryCount > 0 ? counters.memoryPpm / counters.memoryCount / 1e6 : null;
    case 'slots':
      return use.capacitySlotUs > 0 ? use.busySlotUs / MINUTE_US : null;
  }
}
