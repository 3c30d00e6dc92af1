import type { DirectiveKind } from '../directive-kind.ts';

/** The work of a pool, of all or some task types, is done by another. */
export interface FailoverParams {
  from: string;
  to: string;
  /** Empty: all. */
  taskTypes: string[];
}

export const failover: DirectiveKind<'failover'> = {
  propose: () => [],
  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ from, to }) => [from, to],
  measure: () => ({ status: 'unmeasurable', reason: 'nothing compares it yet' }),
};
