import type { DetectionContext, MinuteRollups } from '../../detect/detection-context.ts';
import { type PresentState, presentStates } from '../../detect/present-states.ts';
import type { Beat } from '../../kpi/presence-rollup.ts';
import { sendsSamples, UNKNOWN_PATIENCE_MINUTES } from '../../kpi/progress.ts';
import { HOLD_MINUTES } from '../../kpi/signs.ts';
import { type EpochMs, MINUTE_MS, type Minute, startOfMinute } from '../../model/time.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import { isPoolWide, POOL_WIDE_SHARE } from '../pool-wide.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { poolSilent } from './pool-silent.ts';

/** An agent lives and works, and what it should report of that does not come: docs/states.md says when. */
export const agentMute: AlertRule = {
  id: 'agent-mute',
  kind: 'anomaly',
  looksFor: 'an agent beats and works, but its tasks and samples do not come any more',
  condition: { samplesMinutes: HOLD_MINUTES, unknownMinutes: UNKNOWN_PATIENCE_MINUTES, poolShare: POOL_WIDE_SHARE },
  resolveAfterMinutes: 2,
  cooldownMinutes: 30,
  runbook: 'docs/runbooks.md#agent-mute',
  assess: (context) =>
    [...presentStates(context)].flatMap(([pool, states]) => {
      const present = states.filter(({ present }) => present.state !== 'stopped');
      const silences = new Map(present.map((state) => [state, silenceOf(context, state)]));
      const mute = present.filter((state) => silences.get(state));
      // What a pool as a whole does not report has one cause, which is not in its agents.
      const isShared =
        context.firing.has(alertFingerprint(poolSilent.id, { pool })) || isPoolWide(mute.length, present.length);
      return states.map((state): Assessment => {
        const scope = { pool, agent: state.entry.agent };
        const silence = silences.get(state);
        if (!silence) return { scope, verdict: state.present.state === 'dead' ? 'unknown' : 'clear' };
        if (isShared) return { scope, verdict: 'unknown' };
        return {
          scope,
          verdict: 'breach',
          finding: findingOf(scope, state, silence, present.length - 1, context.nowMs),
        };
      });
    }),
};

interface Silence {
  sinceMs: EpochMs;
  why: string;
}

function silenceOf(context: DetectionContext, { entry, signs, present }: PresentState): Silence | null {
  if (present.state === 'silent') return present;
  const { minute } = context;
  if (present.state === 'dead' || !sendsSamples(signs) || signs.progress === null) return null;
  const reported = Math.max(signs.sample ?? 0, signs.task ?? 0);
  if (minute - reported < HOLD_MINUTES) return null;
  // Of the minutes before, the roster does not know whether the counter moved; samples come by the clock.
  const [before, now] = [beatIn(context, minute - 1, entry.agent), beatIn(context, minute, entry.agent)];
  if (!before || !now || before.progress === null || before.progress === now.progress) return null;
  return {
    sinceMs: startOfMinute(reported + 1),
    why: `its progress counter moves, but no task and no sample of it has come for ${minute - reported} min`,
  };
}

function beatIn({ minutes }: DetectionContext, minute: Minute, agent: string): Beat | null {
  const rollups = minutes.get(minute);
  if (!rollups) return null;
  const known = beatsOf.get(rollups) ?? new Map(rollups.presence.map((it) => [it.agent, it.beat]));
  beatsOf.set(rollups, known);
  return known.get(agent) ?? null;
}

/** Looked at for few agents, if any. */
const beatsOf = new WeakMap<MinuteRollups, Map<string, Beat | null>>();

function findingOf(
  scope: AlertScope & { agent: string },
  { signs }: PresentState,
  silence: Silence,
  others: number,
  nowMs: number,
): Finding {
  const minutes = Math.max(1, Math.round((nowMs - silence.sinceMs) / MINUTE_MS));
  return {
    title: `Agent ${scope.agent} works, but does not report what it does`,
    why: `Heartbeats come and ${silence.why}. Its figures are unknown for as long as that lasts, good or bad.${others > 0 ? ` Others of pool ${scope.pool} report, so look at this agent's own telemetry first.` : ''}`,
    onsetMs: silence.sinceMs,
    value: minutes,
    expected: 0,
    unit: 'min',
    n: minutes,
    impact: { agentsUnseen: 1 },
    evidence: signs.beat
      ? [
          `last heartbeat ${new Date(signs.beat.atMs).toISOString()}, state ${signs.beat.state}${signs.beat.progress === null ? '' : `, counter ${signs.beat.progress}`}`,
        ]
      : [],
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}
