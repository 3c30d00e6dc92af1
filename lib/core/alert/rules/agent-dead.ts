import type { DetectionContext } from '../../detect/detection-context.ts';
import { livenessAt, MIN_MISSING_MS, MISSED_BEATS } from '../../detect/liveness.ts';
import { poolOf } from '../../model/roster.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';

/** The rule that is evaluated first: see registry.ts. */
const POOL_SILENT = 'pool-silent';

/** An agent missed three heartbeats, and its pool is otherwise alive. */
export const agentDead: AlertRule = {
  id: 'agent-dead',
  kind: 'system_failure',
  looksFor: 'three heartbeats of an agent are missing, while most of its pool is alive',
  condition: { missedBeats: MISSED_BEATS, atLeastSilentMs: MIN_MISSING_MS },
  resolveAfterMinutes: 1,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#agent-dead',
  assess: (context) => {
    const alive = aliveByPool(context);
    return [...context.roster.values()].map((entry): Assessment => {
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
          why: `No heartbeat for ${silentSeconds} s from an agent that sends one every ${everySeconds} s${othersAlive(alive.get(pool) ?? 0, pool)}`,
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
    });
  },
};

function aliveByPool({ roster, nowMs }: DetectionContext): Map<string, number> {
  const alive = new Map<string, number>();
  for (const entry of roster.values()) {
    if (livenessAt(entry, nowMs).kind === 'alive') alive.set(poolOf(entry), (alive.get(poolOf(entry)) ?? 0) + 1);
  }
  return alive;
}

function othersAlive(alive: number, pool: string): string {
  if (alive === 0) return `. Nobody else of pool ${pool} is alive to compare with.`;
  return alive === 1
    ? `; the other agent of pool ${pool} is alive.`
    : `; ${alive} other agents of pool ${pool} are alive.`;
}
