import fc from 'fast-check';
import { type Trial, trialOutcomes } from '../../../lib/core/learn/trial.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../../lib/core/model/time.ts';

export const DAY_MS = DAY_MINUTES * MINUTE_MS;
export const NOW = 20_000 * DAY_MS;
export const SLOWER = { fault: 'pool-slower', action: 'scale' } as const;

export function trial(more: Partial<Trial> = {}): Trial {
  return { ...SLOWER, pool: 'a', outcome: 'helped', atMs: NOW, propensity: 1, explored: false, ...more };
}

export function trials(count: number, more: Partial<Trial> = {}): Trial[] {
  return Array.from({ length: count }, () => trial(more));
}

/** Any trials of two actions against two faults in three pools, within 60 days up to now. */
export const anyTrials = fc.array(
  fc
    .record({
      fault: fc.constantFrom('pool-slower', 'load-surge'),
      action: fc.constantFrom('scale' as const, 'tune' as const),
      pool: fc.constantFrom('a', 'b', 'c'),
      outcome: fc.constantFrom(...trialOutcomes),
      atMs: fc.integer({ min: NOW - 60 * DAY_MS, max: NOW }),
    })
    .map((of) => trial(of)),
  { maxLength: 40 },
);
