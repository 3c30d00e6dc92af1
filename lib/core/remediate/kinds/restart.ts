import type { DirectiveKind } from '../directive-kind.ts';

/** Stops an agent and starts it again, once. */
export interface RestartParams {
  agent: string;
  /** Let it finish what it has before. */
  drain: boolean;
}

export const restart: DirectiveKind<'restart'> = {
  propose: () => [],
  differs: () => false,
  targets: ({ agent }) => [agent],
  measure: () => ({ status: 'unmeasurable', reason: 'nothing compares it yet' }),
};
