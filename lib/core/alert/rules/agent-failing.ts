import { type AgentOutcomes, lookedBackOn, type OutcomesByType, outcomesByPool } from '../../detect/agent-outcomes.ts';
import { type DetectionContext, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { type FailureExcess, failuresInPool } from '../../detect/peer-failures.ts';
import { SortedValues } from '../../detect/sorted-values.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import type { Finding } from '../alert.ts';
import { isPoolWide } from '../pool-wide.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';
import { isOtherwiseDown } from './otherwise-down.ts';

const condition = {
  /** Times the peers' ratio, and at least so much above it, while chance explains it so often at most ... */
  times: 2,
  atLeastMore: 0.1,
  p: 1e-3,
  /** ... in this many of the minutes looked back on, with so many tasks in all of them. */
  breachingMinutes: 3,
  ofMinutes: LOOKBACK_MINUTES,
  atLeastTasks: 10,
  /** One minute this far out is enough by itself. */
  extremeTimes: 3,
  extremeMore: 0.2,
  extremeP: 1e-6,
  /** Below this part of the way to the threshold an agent counts as normal again. */
  clearShare: 0.5,
};

/** Fewer tasks than these tell nothing of a minute, or of an agent that was led around. */
const MIN_CLEAR_TASKS = 3;
/** An agent with so many times the tasks of its peers attracts work. */
const ATTRACTS = 1.3;

/** Tasks fail on an agent far more often than on its peers: often at once, so that it looks idle and attracts work. */
export const agentFailing: AlertRule<typeof condition> = {
  id: 'agent-failing',
  kind: 'performance_degradation',
  looksFor:
    'tasks of an agent fail twice as often as those of its peers, and one in ten more, in three of five minutes; or three times as often in one minute, if chance explains that less than once in a million',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#agent-failing',
  assess: (context) => {
    const pools = outcomesByPool(context);
    const judged = [...pools.values()].reduce((sum, agents) => sum + agents.size, 0);
    return [...pools].flatMap(([pool, agents]) => assessPool(context, pool, agents, judged));
  },
};

interface Distance {
  times: number;
  atLeastMore: number;
}

function assessPool(
  context: DetectionContext,
  pool: string,
  agents: ReadonlyMap<string, AgentOutcomes>,
  judged: number,
): Assessment[] {
  const strictness = context.strictness('agent-failing', pool);
  const distance = (times: number, atLeastMore: number): Distance => ({
    times: 1 + (times - 1) * strictness,
    atLeastMore: atLeastMore * strictness,
  });
  const [normal, extreme] = [
    distance(condition.times, condition.atLeastMore),
    distance(condition.extremeTimes, condition.extremeMore),
  ];
  const ofMinutes = lookedBackOn(context.minute).map((_, at) => judgeOnce(agents, (it) => it.byType(at)));
  const overallOf = judgeOnce(agents, (it) => it.byType());
  const lately = lookedBackOn(context.minute).length - condition.breachingMinutes;
  const recentOf = judgeOnce(agents, (it) => it.byTypeFrom(lately));
  const found = [...agents].map(([agent, outcomes]): Found => {
    const scope = { pool, agent };
    const { completed, failed } = outcomes.total();
    if (isOtherwiseDown(context, scope)) return { assessment: { scope, verdict: 'unknown' }, isAffected: false };
    if (failed < 2) {
      const verdict = completed + failed >= MIN_CLEAR_TASKS ? 'clear' : 'unknown';
      return { assessment: { scope, verdict }, isAffected: false };
    }
    const overall = overallOf()(agent);
    if (!overall) return { assessment: { scope, verdict: 'unknown' }, isAffected: false };
    const minutes = ofMinutes.map((judge) => judge()(agent));
    const now = minutes.at(-1) ?? null;
    const newest = minutes.findLast((it) => it !== null) ?? overall;
    const beyond = minutes.filter((it) => it !== null && isBeyond(it, normal)).length;
    const isFarOut =
      now !== null && now.n >= condition.atLeastTasks && isBeyond(now, extreme) && now.p < condition.extremeP / judged;
    // Two looks at the same minutes: each may be wrong half as often. Since it began to fail, it may be all recent.
    const surely = [recentOf()(agent), overall].find(
      (it) =>
        it !== null && it.n >= condition.atLeastTasks && isBeyond(it, normal) && it.p < condition.p / (2 * judged),
    );
    const isSurelyBad = surely !== undefined && isBeyond(newest, normal);
    const isLasting = isSurelyBad && beyond >= condition.breachingMinutes;
    const figure = (isLasting ? surely : null) ?? now ?? overall;
    const finding = () => findingOf(context.minute, scope, figure, minutes, normal, agents);
    if (isFarOut || isLasting) {
      return { assessment: { scope, verdict: 'breach', finding: finding() }, isAffected: true };
    }
    if (isSurelyBad) {
      return { assessment: { scope, verdict: 'suspect', finding: finding() }, isAffected: true };
    }
    const last = now && now.n >= MIN_CLEAR_TASKS ? now : overall;
    const isClear = last.n >= MIN_CLEAR_TASKS && last.ratio < thresholdOf(last, normal, condition.clearShare);
    return { assessment: { scope, verdict: isClear ? 'clear' : 'unknown' }, isAffected: false };
  });
  const affected = found.filter(({ isAffected }) => isAffected).length;
  if (!isPoolWide(affected, agents.size)) return found.map(({ assessment }) => assessment);
  return found.map(({ assessment: { scope } }) => ({ scope, verdict: 'unknown' }));
}

interface Found {
  assessment: Assessment;
  isAffected: boolean;
}

/** Peers are compared when somebody fails, and once. */
function judgeOnce(agents: ReadonlyMap<string, AgentOutcomes>, of: (outcomes: AgentOutcomes) => OutcomesByType) {
  let judge: ((agent: string) => FailureExcess | null) | null = null;
  return () => {
    judge ??= failuresInPool(new Map([...agents].map(([agent, outcomes]) => [agent, of(outcomes)])));
    return judge;
  };
}

function thresholdOf({ peersRatio }: FailureExcess, { times, atLeastMore }: Distance, share = 1): number {
  // Where peers fail at half of the tasks, nobody can fail at twice as many.
  const most = (1 - peersRatio) / 2;
  return peersRatio + share * Math.min(most, Math.max((times - 1) * peersRatio, atLeastMore));
}

function isBeyond(excess: FailureExcess, distance: Distance): boolean {
  return excess.ratio >= thresholdOf(excess, distance);
}

function findingOf(
  minute: Minute,
  scope: { pool: string; agent: string },
  excess: FailureExcess,
  minutes: readonly (FailureExcess | null)[],
  distance: Distance,
  agents: ReadonlyMap<string, AgentOutcomes>,
): Finding {
  const { ratio, peersRatio, failed, n, peers } = excess;
  const first = firstOfRun(minutes, distance);
  const failing = minutes.slice(first);
  const times = endedTimes(scope.agent, agents, first);
  const inMinutes = Math.max(1, failing.filter((it) => it !== null).length);
  const excessive = failing.reduce((sum, it) => sum + (it ? it.failed - it.n * it.peersRatio : 0), 0);
  return {
    title: `Agent ${scope.agent} fails ${twoFigurePercent(ratio)} of its tasks`,
    why: `${failed} of ${n} tasks failed on it, where its ${peers} peers in pool ${scope.pool} fail at ${twoFigurePercent(peersRatio)} of the same task types. The peers are normal, so the cause is in the agent, not in the work or a shared dependency.${times >= ATTRACTS ? ' It attracts work: because it fails fast, it looks idle.' : ''}`,
    onsetMs: startOfMinute(lookedBackOn(minute)[first] ?? minute),
    value: ratio,
    expected: peersRatio,
    unit: 'ratio',
    n,
    impact: { tasksLostPerMinute: Math.round((10 * excessive) / inMinutes) / 10 },
    evidence: [
      ...(times >= ATTRACTS
        ? [`it attracts work: it ended ${times.toFixed(1)} times as many tasks since then as the median of its peers`]
        : []),
      ...lookedBackOn(minute)
        .flatMap((at, index) => {
          const it = minutes[index];
          const time = new Date(startOfMinute(at)).toISOString();
          return it ? [`${time}: ${it.failed} of ${it.n} failed, peers ${twoFigurePercent(it.peersRatio)}`] : [];
        })
        .slice(-4),
    ],
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}

/** First of the unbroken run of failing minutes that leads to now; minutes without tasks do not break it. */
function firstOfRun(minutes: readonly (FailureExcess | null)[], distance: Distance): number {
  let first = minutes.length - 1;
  for (let at = minutes.length - 1; at >= 0; at--) {
    const it = minutes[at];
    if (it && !isBeyond(it, distance)) break;
    if (it) first = at;
  }
  return first;
}

/** Tasks that an agent ended since a minute, over those of the median peer. */
function endedTimes(agent: string, agents: ReadonlyMap<string, AgentOutcomes>, since: number): number {
  const ended = (outcomes: AgentOutcomes) =>
    [...outcomes.byTypeFrom(since).values()].reduce((sum, it) => sum + it.completed + it.failed + it.timeout, 0);
  const all = new Map([...agents].map(([name, outcomes]) => [name, ended(outcomes)]));
  const own = all.get(agent) ?? 0;
  return own / Math.max(1, new SortedValues([...all.values()]).median(own));
}
