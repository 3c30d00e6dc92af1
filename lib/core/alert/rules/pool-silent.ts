import type { DetectionContext } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { equalContributors } from '../equal-contributors.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { agentDead } from './agent-dead.ts';

/** More than this share of a pool missing at once has one cause: telemetry, network or the pool itself. */
export const SHARED_CAUSE_SHARE = 0.3;

/** Many agents of a pool fell silent together: one alert for the pool instead of one for each agent. */
export const poolSilent: AlertRule = {
  id: 'pool-silent',
  kind: 'service_interruption',
  looksFor: 'more than a share of the agents of a pool fall silent together',
  condition: { missingShare: SHARED_CAUSE_SHARE, atLeastAgents: 2 },
  resolveAfterMinutes: 1,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#pool-silent',
  assess: (context) =>
    [...silenceByPool(context)].map(([pool, { missing, expected }]): Assessment => {
      if (!isSharedCause(missing.length, expected)) return { scope: { pool }, verdict: 'clear' };
      const names = missing.map(({ entry }) => entry.agent).sort();
      const onsetMs = missing.reduce((first, { sinceMs }) => Math.min(first, sinceMs), context.nowMs);
      return {
        scope: { pool },
        verdict: 'breach',
        finding: {
          title: `Pool ${pool}: ${missing.length} of ${expected} agents fell silent together`,
          why: `${missing.length} of ${expected} agents stopped sending heartbeats at about the same time. A shared cause (network, telemetry, a deployment) is likelier than as many separate deaths.`,
          onsetMs,
          value: missing.length,
          expected: 0,
          unit: 'agents',
          n: expected,
          impact: { agents: missing.length },
          evidence: [`silent: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`],
          contributors: equalContributors(names),
        },
      };
    }),
};

export function isSharedCause(missing: number, expected: number): boolean {
  return missing >= 2 && missing > SHARED_CAUSE_SHARE * expected;
}

interface PoolSilence {
  /** Missing agents that no death alert speaks of yet. */
  missing: { entry: RosterEntry; sinceMs: number }[];
  /** Those and the agents that are alive. */
  expected: number;
}

export function silenceByPool(context: DetectionContext): Map<string, PoolSilence> {
  const pools = new Map<string, PoolSilence>();
  for (const entry of context.roster.values()) {
    const pool = poolOf(entry);
    const liveness = livenessAt(entry, context.nowMs);
    const silence = pools.get(pool) ?? { missing: [], expected: 0 };
    pools.set(pool, silence);
    if (liveness.kind === 'alive') silence.expected += 1;
    if (liveness.kind !== 'missing') continue;
    if (context.firing.has(alertFingerprint(agentDead.id, { pool, agent: entry.agent }))) continue;
    silence.missing.push({ entry, sinceMs: liveness.sinceMs });
    silence.expected += 1;
  }
  return pools;
}
