import { type DetectionContext, figuresAt, longestTaskUs } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { telemetryLossAt } from '../../detect/telemetry-loss.ts';
import { stuckAt } from '../../kpi/progress.ts';
import { type Signs, signsBefore } from '../../kpi/signs.ts';
import { poolOf, type RosterEntry } from '../../model/roster.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import type { AlertKind, AlertScope, Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { poolSilent } from './pool-silent.ts';

/** Events may be so far ahead of the clock. */
const AHEAD_MINUTES = 15;
const LATELY_MINUTES = 3;
const LEAST_TIMEOUTS = 3;

/** What an agent that is alive is judged by. */
interface Judged {
  entry: RosterEntry;
  signs: Signs;
  minute: Minute;
  longestUs: number | null;
  /** Tasks of its last three minutes. */
  lately: { completed: number; timeout: number };
}

/** An agent is alive and has work, and gets nothing done. */
export const agentHung: AlertRule = aliveRule({
  id: 'agent-hung',
  kind: 'system_failure',
  looksFor:
    'an agent sends heartbeats and has work, but no task of it ends and its progress counter stands, for five minutes or twice the longest task of its pool; or all its tasks time out for three minutes',
  find: ({ signs, minute, longestUs, lately }) => {
    const stuck = stuckAt(signs, minute, longestUs);
    if (!stuck && lately.completed === 0 && lately.timeout >= LEAST_TIMEOUTS) {
      return {
        title: 'hangs',
        why: `It sends heartbeats, but in the last ${LATELY_MINUTES} min it completed nothing, and ${lately.timeout} of its tasks timed out. What it holds is lost until it is restarted.`,
        since: minute - LATELY_MINUTES + 1,
        minutes: LATELY_MINUTES,
      };
    }
    if (!stuck) return null;
    const minutes = minute - stuck.since;
    const counter = stuck.evidence === 'counter' ? ` and its progress counter stands at ${signs.beat?.progress}` : '';
    return {
      title: 'hangs',
      why: `It sends heartbeats and has work, but for ${minutes} min no task of it has ended${counter}. What it holds is lost until it is restarted.`,
      since: stuck.since + 1,
      minutes,
    };
  },
});

/** An agent is alive and at work, and nobody hears what becomes of it. */
export const agentMute: AlertRule = aliveRule({
  id: 'agent-mute',
  kind: 'anomaly',
  looksFor: 'heartbeats of an agent say that it is at work, but neither tasks nor samples of it come any more',
  find: ({ signs, minute, longestUs }) => {
    const loss = telemetryLossAt(signs, minute, longestUs);
    if (!loss) return null;
    const minutes = minute - loss.since;
    const works = loss.evidence === 'counter' ? 'its progress counter moves' : 'its heartbeats say busy';
    return {
      title: 'reports nothing of its work',
      why: `It is alive and ${works}, but for ${minutes} min neither a task nor a sample of it has come: its figures are missing from every sum.`,
      since: loss.since + 1,
      minutes,
    };
  },
});

interface Found {
  title: string;
  why: string;
  since: Minute;
  minutes: number;
}

function aliveRule(about: {
  id: string;
  kind: AlertKind;
  looksFor: string;
  find: (judged: Judged) => Found | null;
}): AlertRule {
  const { find, ...rest } = about;
  return {
    ...rest,
    condition: { patienceMinutes: 5, longestTasks: 2, timeoutsInARow: LEAST_TIMEOUTS },
    resolveAfterMinutes: 1,
    cooldownMinutes: 15,
    runbook: `docs/runbooks.md#${about.id}`,
    assess: (context) => [...context.roster.values()].map((entry) => assess(entry, context, find)),
  };
}

function assess(entry: RosterEntry, context: DetectionContext, find: (judged: Judged) => Found | null): Assessment {
  const { minute, nowMs, firing } = context;
  const pool = poolOf(entry);
  const scope: AlertScope = { pool, agent: entry.agent };
  const liveness = livenessAt(entry, nowMs).kind;
  // Of one that is missing nothing can be said; one that said it rests has nothing to do.
  if (liveness !== 'alive') return { scope, verdict: liveness === 'missing' ? 'unknown' : 'clear' };
  if (firing.has(alertFingerprint(poolSilent.id, { pool }))) return { scope, verdict: 'unknown' };
  // What its clock says lies ahead is a sign of life, too.
  const signs = signsBefore(entry, minute + 1 + AHEAD_MINUTES);
  const lately = latelyOf(entry.agent, context);
  const found = find({ entry, signs, minute, longestUs: longestTaskUs(context, pool), lately });
  if (!found) return { scope, verdict: 'clear' };
  return { scope, verdict: 'breach', finding: findingOf(entry, found) };
}

function latelyOf(agent: string, context: DetectionContext): Judged['lately'] {
  const lately = { completed: 0, timeout: 0 };
  for (let minute = context.minute - LATELY_MINUTES + 1; minute <= context.minute; minute++) {
    const counters = figuresAt(context, minute)?.agents.get(agent)?.counters;
    lately.completed += counters?.completed ?? 0;
    lately.timeout += counters?.timeout ?? 0;
  }
  return lately;
}

function findingOf({ agent, description, lastBeat }: RosterEntry, { title, why, since, minutes }: Found): Finding {
  return {
    ...{ title: `Agent ${agent} ${title}`, why, onsetMs: startOfMinute(since) },
    ...{ value: minutes, expected: 0, unit: 'min', n: 1 },
    impact: { slotsLost: description?.capacity ?? 0 },
    evidence: [
      `last heartbeat ${lastBeat ? new Date(lastBeat.atMs).toISOString() : 'never'}, state ${lastBeat?.state ?? 'unknown'}, progress ${lastBeat?.progress ?? 'not reported'}`,
    ],
    contributors: [{ agent, share: 1 }],
  };
}
