import { livenessAt } from '../../detect/liveness.ts';
import { poolOf } from '../../model/roster.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';

const POOL_SILENT = 'pool-silent';

/** An agent missed three heartbeats, and its pool is otherwise alive. */
export const agentDead: AlertRule = {
  id: 'agent-dead',
  kind: 'system_failure',
  resolveAfterMinutes: 1,
  runbook: 'docs/runbooks.md#agent-dead',
  assess: (context) =>
    [...context.roster.values()].map((entry): Assessment => {
      const pool = poolOf(entry);
      const scope = { pool, agent: entry.agent };
      const liveness = livenessAt(entry, context.nowMs);
      if (liveness.kind !== 'missing') return { scope, verdict: 'clear' };
      if (context.firing.has(alertFingerprint(POOL_SILENT, { pool }))) return { scope, verdict: 'unknown' };
      const beat = entry.lastBeat;
      const silentSeconds = Math.round(liveness.silentMs / 1_000);
      const everySeconds = (beat?.intervalMs ?? 0) / 1_000;
      return {
        scope,
        verdict: 'breach',
        finding: {
          title: `Agent ${entry.agent} is dead`,
          why: `No heartbeat for ${silentSeconds} s from an agent that sends one every ${everySeconds} s; the rest of pool ${pool} is alive.`,
          onsetMs: liveness.sinceMs,
          value: silentSeconds,
          expected: everySeconds,
          unit: 's',
          n: Math.floor(liveness.silentMs / (beat?.intervalMs ?? liveness.silentMs)),
          impact: { slotsLost: entry.description?.capacity ?? 0 },
          evidence: [
            `last heartbeat ${beat ? new Date(beat.atMs).toISOString() : 'never'}, state ${beat?.state ?? 'unknown'}`,
          ],
          contributors: [{ agent: entry.agent, share: 1 }],
        },
      };
    }),
};
