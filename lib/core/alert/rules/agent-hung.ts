import { lookedBackOn, outcomesByPool } from '../../detect/agent-outcomes.ts';
import type { DetectionContext } from '../../detect/detection-context.ts';
import { type PresentState, presentStates } from '../../detect/present-states.ts';
import { patienceMinutes } from '../../kpi/progress.ts';
import { MINUTE_MS, minuteOf, startOfMinute } from '../../model/time.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { equalContributors } from '../equal-contributors.ts';
import { isPoolWide, POOL_WIDE_SHARE } from '../pool-wide.ts';
import type { AlertRule, Assessment } from '../rule.ts';

/** So many tasks of an agent are given up, and none ends otherwise, for so long. */
export const GIVEN_UP = { minutes: 3, tasks: 3 };

/** An agent has work and gets nothing done, while its heartbeats go on: docs/states.md says when. */
export const agentHung: AlertRule = {
  id: 'agent-hung',
  kind: 'system_failure',
  looksFor:
    'an agent has work and gets nothing done for five minutes, or for twice as long as tasks of its pool take: its counter stands and no task ends; or all its tasks are given up for three minutes',
  condition: {
    ...{ counterMinutes: patienceMinutes('counter', 0), tasksMinutes: patienceMinutes('tasks', 0) },
    ...{ givenUpMinutes: GIVEN_UP.minutes, givenUpTasks: GIVEN_UP.tasks },
  },
  resolveAfterMinutes: 1,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#agent-hung',
  assess: (context) =>
    hangs(context).flatMap(({ pool, agents, isWide }) =>
      agents.map(({ state, hang }): Assessment => {
        const scope = { pool, agent: state.entry.agent };
        // A dead one is told as such, and may have hung before.
        if (state.present.state === 'dead' || (hang && isWide)) return { scope, verdict: 'unknown' };
        return hang
          ? { scope, verdict: 'breach', finding: findingOf(scope, state, hang) }
          : { scope, verdict: 'clear' };
      }),
    ),
};

/** At least half of a pool hangs: one alert for what they share instead of one for each. */
export const poolHung: AlertRule = {
  id: 'pool-hung',
  kind: 'service_interruption',
  looksFor: 'at least half of the agents of a pool have work and get nothing done',
  condition: { hungShare: POOL_WIDE_SHARE, atLeastAgents: 2 },
  resolveAfterMinutes: 1,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#agent-hung',
  assess: (context) =>
    hangs(context).map(({ pool, agents, isWide }): Assessment => {
      if (!isWide) return { scope: { pool }, verdict: 'clear' };
      return { scope: { pool }, verdict: 'breach', finding: findingOfPool(pool, agents, context) };
    }),
};

interface Hang {
  sinceMs: number;
  why: string;
}

interface PoolHangs {
  pool: string;
  agents: { state: PresentState; hang: Hang | null }[];
  isWide: boolean;
}

function hangs(context: DetectionContext): PoolHangs[] {
  return [...presentStates(context)].map(([pool, states]) => {
    const agents = states.map((state) => ({ state, hang: hangOf(context, pool, state) }));
    const present = agents.filter(({ state }) => state.present.state !== 'stopped').length;
    return { pool, agents, isWide: isPoolWide(agents.filter(({ hang }) => hang !== null).length, present) };
  });
}

function hangOf(context: DetectionContext, pool: string, state: PresentState): Hang | null {
  const { present } = state;
  if (present.state === 'hung') return { sinceMs: present.sinceMs, why: present.why };
  if (present.state !== 'healthy') return null;
  return hangUntilGivenUp(context, pool, state);
}

/**
 * Whoever waits for a task of a hung agent gives up at last, and the task has ended; but it was not the agent that ended
 * it: of its tasks none completes or fails.
 */
function hangUntilGivenUp(context: DetectionContext, pool: string, { entry }: PresentState): Hang | null {
  const outcomes = outcomesByPool(context).get(pool)?.get(entry.agent);
  if (!outcomes) return null;
  const minutes = lookedBackOn(context.minute).map((minute, at) => ({ minute, ...outcomes.total(at) }));
  const isGivenUp = ({ completed, failed }: { completed: number; failed: number }) => completed + failed === 0;
  const run = minutes.slice(minutes.findLastIndex((it) => !isGivenUp(it)) + 1);
  const timeouts = run.reduce((sum, { timeout }) => sum + timeout, 0);
  if (run.length < GIVEN_UP.minutes || timeouts < GIVEN_UP.tasks) return null;
  return {
    sinceMs: startOfMinute(run[0]?.minute ?? context.minute),
    why: `in the last ${run.length} min it ended no task, and whoever waited gave up on ${timeouts}`,
  };
}

function findingOf(
  scope: AlertScope & { agent: string },
  { entry, signs, longestTaskUs }: PresentState,
  hang: Hang,
): Finding {
  const minute = signs.beat ? minuteOf(signs.beat.atMs) : minuteOf(hang.sinceMs);
  const minutes = Math.max(1, minute + 1 - minuteOf(hang.sinceMs));
  return {
    title: `Agent ${scope.agent} hangs`,
    why: `${upper(hang.why)}. Its heartbeats go on, so whoever hands out work takes it for alive.`,
    onsetMs: hang.sinceMs,
    value: minutes,
    expected: longestTaskUs === null ? 0 : longestTaskUs / (MINUTE_MS * 1_000),
    unit: 'min',
    n: minutes,
    impact: { slotsLost: entry.description?.capacity ?? 0 },
    evidence: [
      ...(signs.beat ? [`last heartbeat ${new Date(signs.beat.atMs).toISOString()}, state ${signs.beat.state}`] : []),
      ...(longestTaskUs === null
        ? []
        : [`the longest task that its pool completed lately took ${Math.round(longestTaskUs / 1e6)} s`]),
    ],
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}

function findingOfPool(pool: string, agents: PoolHangs['agents'], { nowMs }: DetectionContext): Finding {
  const hung = agents.filter((it) => it.hang !== null);
  const names = hung.map(({ state }) => state.entry.agent).sort();
  const [first] = hung;
  return {
    title: `Pool ${pool}: ${hung.length} of ${agents.length} agents hang`,
    why: `${hung.length} of ${agents.length} agents have work and get nothing done, while their heartbeats go on. A shared cause (a dependency that does not answer, a lock, a deployment) is likelier than as many separate hangs.`,
    onsetMs: hung.reduce((onset, { hang }) => Math.min(onset, hang?.sinceMs ?? nowMs), nowMs),
    value: hung.length,
    expected: 0,
    unit: 'agents',
    n: agents.length,
    impact: {
      agents: hung.length,
      slotsLost: hung.reduce((sum, { state }) => sum + (state.entry.description?.capacity ?? 0), 0),
    },
    evidence: first?.hang ? [`${first.state.entry.agent}: ${first.hang.why}`] : [],
    contributors: equalContributors(names),
  };
}

function upper(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
