import { betaBinomialTail } from '../../detect/beta-binomial.ts';
import { studentTail } from '../../detect/student-tail.ts';
import { medianOf } from '../../kpi/median.ts';
import { type AgentOutcome, agentOutcomes, meanOf, spreadWithin, variance } from '../agent-outcomes.ts';
import { type Estimate, gainOf, probabilityAbove, scaled } from '../block-estimate.ts';
import { type Recommendation, recommendation } from '../recommendation.ts';
import type { RecommendationContext } from '../recommendation-context.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

const LEAST_TASKS = 30;
const LEAST_PEERS = 2;
/** How far below its peers an agent must be: service times as a factor, failures as a share of tasks, grades. */
const LEAST = { factor: 1.3, failures: 0.08, quality: 0.08 };
/** What agents of a pool differ by without anything being wrong. */
const USUAL = { logService: 0.1, quality: 0.02, correlation: 0.01 };
const FALSE_SHARE = 0.02;
const HOUR_MS = 3_600_000;

/** An agent that is significantly slower, fails more, or is graded lower than its peers at one task type. */
export const agentSkillEnhancement: Strategy = {
  name: 'agent_skill_enhancement',
  evaluate(context) {
    const known = agentOutcomes(context).filter(({ n }) => n >= LEAST_TASKS);
    const groups = [...Map.groupBy(known, ({ pool, taskType }) => `${pool}\n${taskType}`).values()];
    const ill = alertedAgents(context);
    const withPeers = groups.flatMap((group) =>
      group.flatMap((own) => {
        const peers = peersOf(own, group);
        return peers.length >= LEAST_PEERS && !ill.has(own.agent) ? [{ own, peers }] : [];
      }),
    );
    const spreads = {
      logService: spreadWithin(
        byVersion(groups, ({ logService }) => meanOf(logService)),
        USUAL.logService,
      ),
      quality: spreadWithin(
        byVersion(groups, ({ quality }) => meanOf(quality)),
        USUAL.quality,
      ),
    };
    // Three ways to be below.
    const level = FALSE_SHARE / Math.max(1, 3 * withPeers.length);
    return withPeers.flatMap((compared) => {
      const found = [
        slower(compared, spreads.logService, level, context),
        failing(compared, level, context),
        worse(compared, spreads.quality, level, context),
      ];
      return found.find((its) => its !== null) ?? [];
    });
  },
  figure(context, { pool, taskType, agent }) {
    const its = agentOutcomes(context).find((it) => {
      return it.pool === pool && it.taskType === taskType && it.agent === agent;
    });
    return its && its.n > its.failed ? its.serviceMs / (its.n - its.failed) : null;
  },
};

/** Agents that were ill at some time of the window: what they did says nothing of what they can. */
function alertedAgents({ alerts, fromMs, toMs }: RecommendationContext): Set<string> {
  const during = alerts.filter(({ onsetMs, resolvedMs }) => onsetMs < toMs && (resolvedMs ?? toMs) >= fromMs);
  return new Set(during.flatMap(({ scope }) => scope.agent ?? []));
}

interface Compared {
  own: AgentOutcome;
  peers: AgentOutcome[];
}

/** Those with the same version, where there are several: a version that is worse is no lack of skill. */
function peersOf(own: AgentOutcome, group: readonly AgentOutcome[]): AgentOutcome[] {
  return group.filter(({ agent, version }) => agent !== own.agent && version === own.version);
}

function byVersion(groups: readonly AgentOutcome[][], of: (outcome: AgentOutcome) => number): number[][] {
  return groups.flatMap((group) =>
    [...Map.groupBy(group, ({ version }) => version).values()].map((its) => its.map(of).filter(Number.isFinite)),
  );
}

function slower(
  { own, peers }: Compared,
  spread: ReturnType<typeof spreadWithin>,
  level: number,
  { perDay }: RecommendationContext,
): Recommendation | null {
  const peer = medianOf(peers.map(({ logService }) => meanOf(logService)).filter(Number.isFinite));
  const above = meanOf(own.logService) - peer;
  // A median of k is known about as well as a mean of 2k/3.
  const error = Math.sqrt(spread.deviation ** 2 * (1 + 1.5 / peers.length) + variance(own.logService));
  if (!(above >= Math.log(LEAST.factor)) || studentTail(above / error, spread.freedom) > level) return null;
  const meanMs = own.serviceMs / own.logService.n;
  const peerMs = meanMs / Math.exp(above);
  // How well the peers' middle is known; what the agent differs by is what is to be gained.
  const known = Math.sqrt((1.5 * spread.deviation ** 2) / peers.length + variance(own.logService));
  const perTask: Estimate = {
    ...{ mean: meanMs - peerMs, freedom: spread.freedom },
    standardError: Math.hypot(peerMs * known, (meanMs - peerMs) * 0.1),
  };
  const saved = scaled(perTask, (own.logService.n * perDay) / HOUR_MS);
  return told(own, peers, {
    title: `Bring ${own.agent} up to its peers at ${own.taskType}: it takes ${Math.exp(above).toFixed(1)} times as long`,
    evidence: `${own.agent} takes ${duration(meanMs)} for a ${own.taskType} task (${own.n} tasks), its peers ${duration(peerMs)}; agents of one pool usually differ by ${percent(spread.deviation)}.`,
    expectedGain: gainOf(saved, 'agent-hours/day'),
    confidence: probabilityAbove(perTask, (Math.sqrt(LEAST.factor) - 1) * peerMs),
    measure: { now: meanMs, scale: (own.logService.n * perDay) / HOUR_MS },
  });
}

function failing({ own, peers }: Compared, level: number, { perDay }: RecommendationContext): Recommendation | null {
  const n = peers.reduce((sum, its) => sum + its.n, 0);
  const failed = peers.reduce((sum, its) => sum + its.failed, 0);
  const usual = (failed + 0.5) / (n + 1);
  const share = own.failed / own.n;
  if (share - usual < LEAST.failures || betaBinomialTail(own.failed, own.n, usual, USUAL.correlation) > level)
    return null;
  const more: Estimate = {
    ...{ mean: share - usual, freedom: 30 },
    standardError: Math.sqrt((share * (1 - share)) / own.n + (usual * (1 - usual)) / n + 0.01 ** 2),
  };
  return told(own, peers, {
    title: `Bring ${own.agent} up to its peers at ${own.taskType}: ${percent(share)} of its tasks fail`,
    evidence: `${own.failed} of ${own.n} ${own.taskType} tasks of ${own.agent} failed, and ${failed} of ${n} of its peers'.`,
    expectedGain: gainOf(scaled(more, own.n * perDay), 'tasks/day'),
    confidence: probabilityAbove(more, LEAST.failures / 2),
    measure: null,
  });
}

function worse(
  { own, peers }: Compared,
  spread: ReturnType<typeof spreadWithin>,
  level: number,
  _: RecommendationContext,
): Recommendation | null {
  const graded = peers.filter(({ quality }) => quality.n >= LEAST_TASKS);
  if (own.quality.n < LEAST_TASKS || graded.length < LEAST_PEERS) return null;
  const peer = medianOf(graded.map(({ quality }) => meanOf(quality)));
  const below = peer - meanOf(own.quality);
  const error = Math.sqrt(spread.deviation ** 2 * (1 + 1.5 / graded.length) + variance(own.quality));
  if (below < LEAST.quality || studentTail(below / error, spread.freedom) > level) return null;
  const known: Estimate = {
    ...{ mean: below, freedom: spread.freedom },
    standardError: Math.sqrt((1.5 * spread.deviation ** 2) / graded.length + variance(own.quality)),
  };
  return told(own, peers, {
    title: `Bring ${own.agent} up to its peers at ${own.taskType}: its work is graded ${below.toFixed(2)} lower`,
    evidence: `The mean grade of ${own.quality.n} ${own.taskType} tasks of ${own.agent} is ${meanOf(own.quality).toFixed(2)}, that of its peers ${peer.toFixed(2)}.`,
    expectedGain: gainOf(known, 'ratio'),
    confidence: probabilityAbove(known, LEAST.quality / 2),
    measure: null,
  });
}

function told(
  { pool, taskType, agent, n, failed }: AgentOutcome,
  peers: readonly AgentOutcome[],
  rest: { evidence: string } & Pick<Recommendation, 'title' | 'expectedGain' | 'confidence' | 'measure'>,
): Recommendation {
  return recommendation(
    'agent_skill_enhancement',
    { pool, taskType, agent },
    {
      ...rest,
      evidence: [rest.evidence, `Compared with ${peers.length} agents of pool ${pool} at the same task type.`],
      action: `Look at what ${agent} does otherwise with ${taskType} tasks (prompt, tools, examples, host), give it what its best peers have, and route such tasks to them until then.`,
      basis: { tasks: n, failed, peers: peers.length },
    },
  );
}
