import type { DetectionContext } from '../../detect/detection-context.ts';
import {
  agentsLately,
  LEARNING_MINUTES,
  MOST_AGENTS,
  minutesLately,
  type NewError,
  timesLately,
} from '../../detect/error-memory.ts';
import { poolOf } from '../../model/roster.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { equalContributors } from '../equal-contributors.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { agentFailing } from './agent-failing.ts';
import { isToldToFail } from './pool-failing.ts';

const condition = {
  /** In the minutes looked back on, of so many agents, in so many of the minutes. */
  atLeastTimes: 5,
  atLeastAgents: 3,
  breachingMinutes: 3,
  ofMinutes: 5,
  /** This long after it was seen first: until then rules that see more of it have had their say. */
  afterMinutes: 5,
  /** What has trickled for longer was nothing that anybody had to be woken for. */
  withinMinutes: LEARNING_MINUTES,
};

/** Tasks end with an error that nobody knows, of several agents, and of too few tasks for anything else to notice. */
export const newError: AlertRule<typeof condition> = {
  id: 'new-error',
  kind: 'anomaly',
  looksFor:
    'an error that was not seen for more than a day, of three agents and five times within five minutes, which began between five minutes and an hour ago; an hour of tasks must be known',
  condition,
  // Few tasks end with it: a minute without it happens by chance.
  resolveAfterMinutes: 6,
  cooldownMinutes: 30,
  runbook: 'docs/runbooks.md#new-error',
  assess: (context) =>
    [...context.errors.seen].flatMap(([signature, error]) =>
      error.state === 'new' ? [assessError(context, signature, error)] : [],
    ),
};

function assessError(context: DetectionContext, signature: string, error: NewError): Assessment {
  const { minute, firing, ended } = context;
  const scope = scopeOf(context, signature, error);
  const fingerprint = alertFingerprint(newError.id, scope);
  const isSeen = error.recent.some(([at]) => at === minute);
  const finding = () => findingOf(context, { scope, signature, error });
  if (firing.has(fingerprint)) {
    return isSeen ? { scope, verdict: 'breach', finding: finding() } : { scope, verdict: 'clear' };
  }
  const minutes = minute - error.since + 1;
  const isInTime = minutes <= condition.withinMinutes || ended.has(fingerprint);
  const times = condition.atLeastTimes * context.strictness(newError.id, scope.pool);
  const isEnough =
    timesLately(error, minute) >= times &&
    agentsLately(error, minute).filter((agent) => !isTold(context, agent)).length >= condition.atLeastAgents;
  if (!isSeen) return { scope, verdict: 'clear' };
  if (!isInTime || !isEnough) return { scope, verdict: 'unknown' };
  const isLasting = minutes >= condition.afterMinutes && minutesLately(error, minute) >= condition.breachingMinutes;
  const verdict = isLasting && !isToldOfPools(context, scope, error) ? 'breach' : 'suspect';
  return { scope, verdict, finding: finding() };
}

/** Its pool while it is of one alone. An alert keeps the scope with which it fired, wherever else the error is seen later. */
function scopeOf({ firing, ended }: DetectionContext, signature: string, { pools }: NewError): AlertScope {
  const [pool = '', ...others] = pools;
  const ofPool = { signature, pool };
  const fingerprint = alertFingerprint(newError.id, ofPool);
  return others.length === 0 || firing.has(fingerprint) || ended.has(fingerprint) ? ofPool : { signature };
}

/** Whether the agent's own alert says more. */
function isTold({ firing, roster }: DetectionContext, agent: string): boolean {
  return firing.has(alertFingerprint(agentFailing.id, { pool: poolOf(roster.get(agent)), agent }));
}

/** Of one pool an inhibition says so; an error of several is told of when the alerts of all of them are. */
function isToldOfPools(context: DetectionContext, scope: AlertScope, { pools }: NewError): boolean {
  return scope.pool === undefined && pools.every((pool) => isToldToFail(context, pool));
}

function findingOf(
  context: DetectionContext,
  { scope, signature, error }: { scope: AlertScope; signature: string; error: NewError },
): Finding {
  const { minute } = context;
  const n = timesLately(error, minute);
  const agents = agentsLately(error, minute);
  const many = agents.length === MOST_AGENTS ? `${MOST_AGENTS} agents or more` : `${agents.length} agents`;
  const where = scope.pool === undefined ? `of pools ${error.pools.join(', ')}` : `of pool ${scope.pool}`;
  const first = new Date(startOfMinute(error.since)).toISOString();
  const before =
    error.before === null
      ? 'never before, as far as is known'
      : `not since ${new Date(startOfMinute(error.before)).toISOString()}`;
  return {
    title: `New error of ${many} ${where}: ${signature}`,
    why: `${n} tasks of ${many} ended with it in the last five minutes. It was seen first at ${first}, and ${before}. Too few tasks fail for their pool, a tool, a task type or a version to stand out by their number.`,
    onsetMs: startOfMinute(error.since),
    ...{ value: n, expected: 0, unit: 'tasks in 5 min', n },
    impact: { failedTasksPerMinute: Math.round((10 * n) / condition.ofMinutes) / 10 },
    evidence: [
      ...error.recent
        .filter(([at]) => at > minute - condition.ofMinutes)
        .toReversed()
        .slice(0, 3)
        .map(([at, times]) => `${new Date(startOfMinute(at)).toISOString()}: ${times} times`),
      ...versionsOf(context, agents),
    ],
    contributors: equalContributors(agents),
  };
}

/** Which versions those agents have: where it is one that their peers do not have, it is likely why. */
function versionsOf({ roster }: DetectionContext, agents: readonly string[]): string[] {
  const versions = Map.groupBy(agents, (agent) => roster.get(agent)?.description?.version ?? 'unknown');
  const parts = [...versions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([version, of]) => `${version} (${of.length})`);
  return [`versions of these agents: ${parts.slice(0, 5).join(', ')}`];
}
