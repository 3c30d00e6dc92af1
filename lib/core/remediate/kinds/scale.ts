import type { DirectiveKind } from '../directive-kind.ts';

/** So many agents in a pool, or agents of one pool at work in another. */
export interface ScaleParams {
  pool: string;
  /** Agents that the pool should have, those that are lent to it not counted. The level stays until the next. */
  desired?: number;
  /** Agents of `from` that work in `to` for as long as the lease lasts. */
  pooling?: { from: string; to: string; agents: string[] };
}

export const scale: DirectiveKind<'scale'> = {
  propose: () => [],
  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ pool, pooling }) => (pooling ? [pooling.from, pooling.to, ...pooling.agents] : [pool]),
  measure: () => ({ status: 'unmeasurable', reason: 'nothing compares it yet' }),
};
