import { MINUTE_MS } from '../../model/time.ts';
import type { Flapping } from '../../remediate/guardrails/flap-guard.ts';
import type { AlertRule, Assessment } from '../rule.ts';

const condition = {
  /** Once is a short trouble that went away. */
  leastReversals: 2,
  /** Since the last of them. */
  withinMinutes: 60,
};

/** Fleetpulse does and undoes the same: what it answers is not what the action changes, or is told wrongly. */
export const actionFlapping: AlertRule<typeof condition> = {
  id: 'action-flapping',
  kind: 'anomaly',
  looksFor: 'directives of the same kind about the same were ended within half an hour, twice in a row',
  condition,
  resolveAfterMinutes: 1,
  cooldownMinutes: 60,
  runbook: 'docs/runbooks.md#action-flapping',
  assess: ({ flapping = [], nowMs }) => {
    const lately = flapping.filter(
      ({ times, lastMs }) => times >= condition.leastReversals && nowMs - lastMs < condition.withinMinutes * MINUTE_MS,
    );
    return [...Map.groupBy(lately, ({ pool }) => pool)].map(([pool, its]) => assessmentOf(pool, its));
  },
};

function assessmentOf(pool: string, its: readonly Flapping[]): Assessment {
  const [worst = its[0] as Flapping] = [...its].sort((a, b) => b.times - a.times);
  const { kind, subject, times, firstMs, holdUntilMs } = worst;
  return {
    scope: { pool },
    verdict: 'breach',
    finding: {
      title: `Pool ${pool}: ${kind} of ${subject} was done and undone ${times} times`,
      why: `Each time it ended soon, as what called for it was gone or it did harm, and that came back. Until ${new Date(holdUntilMs).toISOString()} it is not done again; after each further time that is twice as long, up to 4 h.`,
      onsetMs: firstMs,
      ...{ value: times, expected: 1, unit: 'times', n: times, impact: { reversals: times } },
      evidence: its
        .slice(0, 5)
        .map((it) => `${it.summary}: ${it.times} times, the last at ${new Date(it.lastMs).toISOString()}`),
      contributors: [],
    },
  };
}
