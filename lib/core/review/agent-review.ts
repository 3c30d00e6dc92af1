import type { Estimate } from '../benchmark/benchmark.ts';
import {
  type Estimate as EfficiencyEstimate,
  type Figures,
  goodWork,
  measuredProficiency,
  referenceOf,
} from '../efficiency/agent-efficiency.ts';
import type { ComparedWork, PeerComparison } from './compare-peers.ts';
import { byConfidence, findingOf, type ReviewFinding } from './review-finding.ts';
import type { ReviewMeasureId } from './review-measure.ts';
import { type TrainingAdvice, trainingFor } from './training.ts';

/** What agents say of themselves, beside what they did. */
export interface ReviewContext {
  /** By agent: task type → declared proficiency, 0..1; absent where it declared none: then it may be given any. */
  skills?: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** By agent, where it is told: who has another version than most of the pool is not said to lack skill. */
  versions?: ReadonlyMap<string, string>;
  /** By pool: the one that stands in. */
  backupPools?: ReadonlyMap<string, string>;
}

/** What an agent can do. */
export interface SkillReview {
  taskType: string;
  /** Of its tasks, 0..1. */
  share: number;
  /** Tasks that completed, failed or timed out. */
  n: number;
  /** 0..1; null where it declared none. */
  declared: number | null;
  /** Good work per hour at work beside the best tenth of the pool, 0..1, with an interval of 90 %. */
  measured: (Estimate & { n: number }) | null;
  serviceMs: Estimate | null;
  completion: Estimate | null;
  quality: Estimate | null;
  satisfaction: Estimate | null;
  sla: Estimate | null;
}

/** How an agent did in some weeks. Plain JSON. */
export interface AgentReview {
  agent: string;
  pool: string;
  /** Tasks that completed, failed or timed out, and days with any. */
  n: number;
  days: number;
  /** The most frequent first. */
  skills: SkillReview[];
  /** The surest first. */
  strengths: ReviewFinding[];
  weaknesses: ReviewFinding[];
  training: TrainingAdvice[];
}

/** @returns in order of pool and agent; an agent that moved is reviewed in each of its pools */
export function agentReviews(compared: ComparedWork, context: ReviewContext = {}): AgentReview[] {
  const byAgent = Map.groupBy(compared.comparisons, ({ pool, agent }) => JSON.stringify([pool, agent]));
  const references = bestOfPools(compared.comparisons);
  const versions = usualVersions(compared, context);
  return [...compared.ended.agents]
    .map((of): AgentReview => {
      const { pool, agent } = of;
      const its = byAgent.get(JSON.stringify([pool, agent])) ?? [];
      const n = [...of.byType.values()].reduce((a, b) => a + b, 0);
      const told = (verdict: 'strength' | 'weakness') => {
        return byConfidence(
          its.flatMap(({ beside, ...rest }) =>
            beside?.verdict === verdict ? findingOf({ ...rest, beside }, 'peers') : [],
          ),
        );
      };
      const weaknesses = told('weakness');
      const version = context.versions?.get(agent);
      const isOtherwise = version !== undefined && version !== versions.get(pool);
      return {
        ...{ agent, pool, n, days: of.days.size },
        skills: [...of.byType]
          .map(([taskType, count]) =>
            skillOf({ agent, pool, taskType, n: count, share: n > 0 ? count / n : 0 }, its, context, references),
          )
          .sort((a, b) => b.n - a.n || (a.taskType < b.taskType ? -1 : 1)),
        ...{ strengths: told('strength'), weaknesses },
        training: isOtherwise ? [] : trainings({ agent, pool, weaknesses, of: of.byType }, compared),
      };
    })
    .sort((a, b) => (a.pool === b.pool ? (a.agent < b.agent ? -1 : 1) : a.pool < b.pool ? -1 : 1));
}

type Reference = NonNullable<ReturnType<typeof referenceOf>>;

/** By pool and type: what the best tenth does. */
function bestOfPools(comparisons: readonly PeerComparison[]): Map<string, Reference> {
  const byCell = Map.groupBy(comparisons, ({ pool, taskType, agent }) => JSON.stringify([pool, taskType, agent]));
  const rates = [...byCell.values()].map((of) => ({ of: of[0] as PeerComparison, rate: goodWork(figuresOf(of)) }));
  const byType = Map.groupBy(rates, ({ of }) => JSON.stringify([of.pool, of.taskType]));
  return new Map(
    [...byType].flatMap(([key, its]) => {
      const reference = referenceOf(its.map(({ rate }) => rate));
      return reference ? [[key, reference] as const] : [];
    }),
  );
}

function figuresOf(of: readonly PeerComparison[]): Figures {
  const estimate = (id: ReviewMeasureId): EfficiencyEstimate | null => {
    const its = of.find(({ measure }) => measure === id);
    return its ? { ...its.value, n: its.n, basis: 'own tasks', raw: its.raw } : null;
  };
  const { agent = '', taskType = '' } = of[0] ?? {};
  return {
    ...{ agent, taskType, successRatio: estimate('completion'), serviceMs: estimate('service_time') },
    ...{ quality: estimate('quality'), costUsd: null },
  };
}

function skillOf(
  { agent, pool, taskType, n, share }: { agent: string; pool: string; taskType: string; n: number; share: number },
  comparisons: readonly PeerComparison[],
  { skills }: ReviewContext,
  references: ReadonlyMap<string, Reference>,
): SkillReview {
  const its = comparisons.filter((of) => of.taskType === taskType);
  const estimate = (id: ReviewMeasureId) => its.find(({ measure }) => measure === id)?.value ?? null;
  const { measured } = measuredProficiency(figuresOf(its), references.get(JSON.stringify([pool, taskType])) ?? null);
  return {
    ...{ taskType, share, n, declared: skills?.get(agent)?.[taskType] ?? null },
    measured: measured && { value: measured.value, low: measured.low, high: measured.high, n: measured.n },
    ...{ serviceMs: estimate('service_time'), completion: estimate('completion'), quality: estimate('quality') },
    ...{ satisfaction: estimate('satisfaction'), sla: estimate('sla') },
  };
}

function trainings(
  {
    agent,
    pool,
    weaknesses,
    of,
  }: { agent: string; pool: string; weaknesses: readonly ReviewFinding[]; of: Map<string, number> },
  { comparisons, days }: ComparedWork,
): TrainingAdvice[] {
  return [...Map.groupBy(weaknesses, ({ taskType }) => taskType)].flatMap(([taskType, its]) => {
    const strong = comparisons.filter((other) => {
      const isSame = other.pool === pool && other.taskType === taskType && other.beside?.verdict === 'strength';
      return isSame && its.some(({ measure }) => measure === other.measure);
    });
    const names = [...new Set(strong.map((other) => other.agent))].slice(0, 3);
    const advice = trainingFor(
      its,
      { strategy: 'agent_skill_enhancement', pool, agent, taskType },
      {
        ...{ who: agent, tasksPerDay: (of.get(taskType) ?? 0) / Math.max(1, days) },
        more:
          names.length > 0
            ? [
                `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} better than usual at it: look at what is done otherwise there.`,
              ]
            : [],
      },
    );
    return advice ?? [];
  });
}

/** By pool: that of most of its agents. */
function usualVersions({ comparisons }: ComparedWork, { versions }: ReviewContext): Map<string, string> {
  if (!versions) return new Map();
  return new Map(
    [...Map.groupBy(comparisons, ({ pool }) => pool)].flatMap(([pool, of]) => {
      const told = [...new Set(of.map(({ agent }) => agent))].flatMap((agent) => versions.get(agent) ?? []);
      const most = [...Map.groupBy(told, (version) => version)].sort((a, b) => b[1].length - a[1].length)[0];
      return most ? [[pool, most[0]] as const] : [];
    }),
  );
}
