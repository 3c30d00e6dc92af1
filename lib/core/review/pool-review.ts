import type { Estimate } from '../benchmark/benchmark.ts';
import { studentQuantile95 } from '../effect/student-quantile.ts';
import { strategyTraits } from '../recommend/recommendation.ts';
import type { ReviewContext } from './agent-review.ts';
import type { ComparedWork } from './compare-peers.ts';
import { comparePools } from './compare-pools.ts';
import type { PoolTasks, TypeTasks } from './ended-tasks.ts';
import { byConfidence, findingOf, type ReviewFinding } from './review-finding.ts';
import { type ReviewMeasureId, reviewMeasureIds } from './review-measure.ts';
import { type TrainingAdvice, trainingFor } from './training.ts';

/** What a pool did of one task type. */
export interface PoolSkill {
  taskType: string;
  /** Of its tasks, 0..1. */
  share: number;
  n: number;
  /** Agents that did any. */
  agents: number;
  /** Means over all its tasks; null where nobody told. */
  serviceMs: number | null;
  completion: number | null;
  quality: number | null;
  satisfaction: number | null;
  sla: number | null;
}

/** How a pool did in some weeks. Plain JSON. */
export interface PoolReview {
  pool: string;
  /** That did any task. */
  agents: number;
  n: number;
  days: number;
  /** The most frequent first. */
  skills: PoolSkill[];
  /** Beside other pools that do the same types; the surest first. */
  strengths: ReviewFinding[];
  weaknesses: ReviewFinding[];
  training: TrainingAdvice[];
}

/** Tasks, below which nobody would miss a type, and days with some. */
const LEAST_SINGLE = { tasks: 30, days: 5 };

/** @returns in order of pool */
export function poolReviews(compared: ComparedWork, context: ReviewContext = {}): PoolReview[] {
  const { pools } = compared.ended;
  const means = meansOf(compared);
  const comparisons = comparePools(compared);
  return [...pools]
    .map(([pool, of]): PoolReview => {
      const n = sum([...of.byType.values()].map((its) => its.n));
      const told = (verdict: 'strength' | 'weakness') => {
        const its = comparisons.filter((its) => its.pool === pool && its.beside.verdict === verdict);
        return byConfidence(its.map((its) => findingOf(its, 'pools')));
      };
      const weaknesses = told('weakness');
      return {
        ...{ pool, agents: of.agents.size, n, days: of.days.size },
        skills: [...of.byType.values()]
          .map((its) => skillOf(its, n, means.get(JSON.stringify([pool, its.taskType]))))
          .sort((a, b) => b.n - a.n || (a.taskType < b.taskType ? -1 : 1)),
        ...{ strengths: told('strength'), weaknesses },
        training: [
          ...singlePoints(pool, { pools, context, days: compared.days }),
          ...poolTrainings(pool, weaknesses, of, compared.days),
        ],
      };
    })
    .sort((a, b) => (a.pool < b.pool ? -1 : 1));
}

type Means = ReadonlyMap<ReviewMeasureId, { sum: number; n: number }>;

/** Over all tasks of a pool and type, by both. */
function meansOf({ works }: ComparedWork): Map<string, Means> {
  const byType = Map.groupBy(works, ({ pool, taskType }) => JSON.stringify([pool, taskType]));
  return new Map(
    [...byType].map(([key, of]) => {
      const means = of.map(({ measure, agents }) => {
        const all = { sum: sum(agents.map(({ sums }) => sum([...sums]))), n: sum(agents.map(({ n }) => n)) };
        return [measure, all] as const;
      });
      return [key, new Map(means)];
    }),
  );
}

function skillOf({ taskType, n, byAgent }: TypeTasks, all: number, means: Means | undefined): PoolSkill {
  const [serviceMs, completion, quality, satisfaction, sla] = reviewMeasureIds.map((id) => {
    const its = means?.get(id);
    return its ? its.sum / its.n : null;
  });
  return {
    ...{ taskType, share: all > 0 ? n / all : 0, n, agents: byAgent.size },
    ...{ serviceMs: serviceMs ?? null, completion: completion ?? null, quality: quality ?? null },
    ...{ satisfaction: satisfaction ?? null, sla: sla ?? null },
  };
}

/** Task types that one agent alone did, that no other declares or may be given, and no other pool stands in for. */
function singlePoints(
  pool: string,
  {
    pools,
    context: { skills, backupPools },
    days,
  }: { pools: ReadonlyMap<string, PoolTasks>; context: ReviewContext; days: number },
): TrainingAdvice[] {
  const of = pools.get(pool) as PoolTasks;
  if (of.agents.size < 2) return [];
  const knows = (agent: string, taskType: string) => {
    const declared = skills?.get(agent);
    return declared === undefined || (declared[taskType] ?? 0) > 0;
  };
  return [...of.byType.values()].flatMap(({ taskType, n, byAgent, byDay }) => {
    const [only] = byAgent.keys();
    if (byAgent.size !== 1 || only === undefined || n < LEAST_SINGLE.tasks || byDay.size < LEAST_SINGLE.days) return [];
    const others = [...of.agents].filter((agent) => agent !== only);
    if (others.some((agent) => knows(agent, taskType))) return [];
    const backup = pools.get(backupPools?.get(pool) ?? '');
    if (backup && [...backup.agents].some((agent) => knows(agent, taskType))) return [];
    return {
      ...{
        strategy: 'skill_development_programs' as const,
        horizon: strategyTraits.skill_development_programs.horizon,
        pool,
        taskType,
      },
      title: `Teach ${taskType} to a second agent of pool ${pool}: ${only} alone knows it`,
      gain: { ...perDay([...byDay.values()], days), unit: 'tasks/day' as const },
      isAtStake: true,
      because: [
        `${only} did all ${n} ${taskType} tasks of ${byDay.size} days; none of the other ${others.length} agents of pool ${pool} declares the skill.`,
        'While it is away these tasks have nobody, and no other pool stands in.',
      ],
    };
  });
}

/** Mean a day with an interval of 90 %, days without any counted too. */
function perDay(counts: readonly number[], days: number): Estimate {
  const mean = sum(counts) / days;
  const squares = sum(counts.map((count) => (count - mean) ** 2)) + (days - counts.length) * mean ** 2;
  const reach = days < 5 ? mean : studentQuantile95(days - 1) * Math.sqrt(squares / (days - 1) / days);
  return { value: mean, low: Math.max(0, mean - reach), high: mean + reach };
}

function poolTrainings(
  pool: string,
  weaknesses: readonly ReviewFinding[],
  { byType }: PoolTasks,
  days: number,
): TrainingAdvice[] {
  return [...Map.groupBy(weaknesses, ({ taskType }) => taskType)].flatMap(([taskType, its]) => {
    const advice = trainingFor(
      its,
      { strategy: 'skill_development_programs', pool, taskType },
      {
        ...{ who: `pool ${pool}`, tasksPerDay: (byType.get(taskType)?.n ?? 0) / Math.max(1, days) },
        more: [
          'It is most agents of the pool, not one: look at what they share (prompt, tools, host), if its tasks are like those of the others.',
        ],
      },
    );
    return advice ?? [];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
