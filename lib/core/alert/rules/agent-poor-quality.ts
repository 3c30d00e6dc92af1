import { type AgentOutcomes, lookedBackOn, outcomesByPool } from '../../detect/agent-outcomes.ts';
import { type DetectionContext, LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { type QualityGap, qualityGapsInPool } from '../../detect/peer-quality.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { isPoolWide } from '../pool-wide.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { isOtherwiseDown } from './otherwise-down.ts';

const condition = {
  /** So much below the median peer, and so many standard deviations of a peer's mean ... */
  atLeastBelow: 0.15,
  deviations: 6,
  /** ... over so many graded tasks, and below in so many of the minutes looked back on. */
  atLeastGrades: 10,
  breachingMinutes: 3,
  ofMinutes: LOOKBACK_MINUTES,
  /** Below this part of the way to the threshold an agent counts as normal again. */
  clearShare: 0.5,
};

/** The answers of an agent become poor, while it is as fast as ever: nothing else tells that. */
export const agentPoorQuality: AlertRule<typeof condition> = {
  id: 'agent-poor-quality',
  kind: 'performance_degradation',
  looksFor:
    'the mean quality of an agent is 0.15 below that of its peers, and six times what they differ by, over ten graded tasks in three of five minutes',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#agent-poor-quality',
  assess: (context) =>
    [...outcomesByPool(context)].flatMap(([pool, agents]) => assessPool(context, pool, withGrades(agents))),
};

function withGrades(agents: ReadonlyMap<string, AgentOutcomes>): ReadonlyMap<string, AgentOutcomes> {
  return new Map([...agents].filter(([, outcomes]) => outcomes.total().graded > 0));
}

function assessPool(context: DetectionContext, pool: string, agents: ReadonlyMap<string, AgentOutcomes>): Assessment[] {
  const below = condition.atLeastBelow * context.strictness('agent-poor-quality', pool);
  const overallOf = qualityGapsInPool(new Map([...agents].map(([agent, outcomes]) => [agent, outcomes.byType()])));
  const assessments = [...agents].map(([agent, outcomes]): Assessment => {
    const scope = { pool, agent };
    const overall = overallOf(agent);
    if (!overall || isOtherwiseDown(context, scope)) return { scope, verdict: 'unknown' };
    const minutes = lookedBackOn(context.minute).map((minute, at) => ({ minute, ...meanOf(outcomes, at) }));
    const graded = minutes.filter(({ n }) => n > 0);
    const isLow = ({ quality }: { quality: number }) => overall.peersQuality - quality >= below;
    const newest = graded.at(-1);
    const [gap, low] = [overall.peersQuality - overall.quality, graded.filter(isLow)];
    const isFarBelow =
      overall.n >= condition.atLeastGrades && gap >= below && overall.deviations >= condition.deviations;
    if (isFarBelow && newest && isLow(newest)) {
      const verdict = low.length >= condition.breachingMinutes ? 'breach' : 'suspect';
      return { scope, verdict, finding: findingOf(scope, overall, graded, isLow) };
    }
    const isClear = newest !== undefined && overall.peersQuality - newest.quality < condition.clearShare * below;
    return { scope, verdict: isClear ? 'clear' : 'unknown' };
  });
  const affected = assessments.filter((it) => 'finding' in it).length;
  if (!isPoolWide(affected, agents.size)) return assessments;
  return assessments.map(({ scope }) => ({ scope, verdict: 'unknown' }));
}

interface MinuteMean {
  minute: number;
  /** 0..1. */
  quality: number;
  n: number;
}

function meanOf(outcomes: AgentOutcomes, at: number): Omit<MinuteMean, 'minute'> {
  const { graded, qualityPpm } = outcomes.total(at);
  return { quality: graded === 0 ? 0 : qualityPpm / graded / 1e6, n: graded };
}

function findingOf(
  scope: AlertScope & { agent: string },
  { quality, peersQuality, n, peers }: QualityGap,
  graded: readonly MinuteMean[],
  isLow: (minute: MinuteMean) => boolean,
): Finding {
  const run = graded.slice(graded.findLastIndex((minute) => !isLow(minute)) + 1);
  const tasks = run.reduce((sum, minute) => sum + minute.n, 0);
  return {
    title: `Agent ${scope.agent} answers poorly: quality ${quality.toFixed(2)} instead of ${peersQuality.toFixed(2)}`,
    why: `The ${n} tasks of it that were graded in the last ${LOOKBACK_MINUTES} minutes have a mean quality of ${quality.toFixed(2)}, where its ${peers} peers in pool ${scope.pool} reach ${peersQuality.toFixed(2)} on the same task types. Its tasks complete, so neither errors nor latency tell of it.`,
    onsetMs: startOfMinute(run[0]?.minute ?? 0),
    value: quality,
    expected: peersQuality,
    unit: 'quality',
    n,
    impact: { poorTasksPerMinute: Math.round((10 * tasks) / Math.max(1, run.length)) / 10 },
    evidence: graded.map(
      (it) => `${new Date(startOfMinute(it.minute)).toISOString()}: quality ${it.quality.toFixed(2)}, n ${it.n}`,
    ),
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}
