import type { Guardrail } from './guardrail.ts';

export const SIGNALS_FOR_FAILOVER = 2;

/** Moving a pool's work elsewhere on one sign alone moves it for a sign that errs. */
export const twoSignals: Guardrail = {
  name: 'two signals',
  takesBack: false,
  refuse({ kind, signals }) {
    const independent = new Set(signals).size;
    if (kind !== 'failover' || independent >= SIGNALS_FOR_FAILOVER) return null;
    return `a failover needs ${SIGNALS_FOR_FAILOVER} independent signals; there ${independent === 1 ? 'is 1' : `are ${independent}`}`;
  },
};
