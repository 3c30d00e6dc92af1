import type { EpochMs } from '../../model/time.ts';
import type { DirectiveKind } from '../directive-kind.ts';

export type TuneValue = number | string;

/** Settings of an agent, or of all agents of a pool, by the names that the pool declares as tunable. */
export interface TuneParams {
  agent?: string;
  pool?: string;
  params: Record<string, TuneValue>;
}

/** Where a stepwise trial stands; moments and totals, so that deciding a minute again changes nothing. */
export interface TuneMemory {
  /** What is being tried, since when, and what was tried before with what it came to. */
  trials: { value: TuneValue; fromMs: EpochMs; untilMs: EpochMs | null; figure: number | null; n: number }[];
}

export const tune: DirectiveKind<'tune'> = {
  propose: () => [],
  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ agent, pool }) => [agent ?? pool ?? ''],
  measure: () => ({ status: 'unmeasurable', reason: 'nothing compares it yet' }),
};
