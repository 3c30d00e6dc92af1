import type { Alert } from '../../lib/core/alert/alert.ts';
import type { WorkloadForecast } from '../../lib/core/capacity/workload-forecast.ts';
import { minuteOf } from '../../lib/core/model/time.ts';
import { usualObjective } from '../../lib/core/plan/plan-objectives.ts';
import { outlookOf, type PoolNow } from '../../lib/core/plan/pool-outlook.ts';
import { forecastOf, forecastWorkload, outlookLevels } from '../../lib/core/plan/workload-outlook.ts';
import type { AdviceRecord } from '../../lib/core/recommend/lifecycle.ts';
import { type Recommendation, recommendation } from '../../lib/core/recommend/recommendation.ts';
import { type RecommendationContext, recommendationContext } from '../../lib/core/recommend/recommendation-context.ts';
import type { Budget } from '../../lib/core/slo/budget.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import { centralQueue } from '../../lib/sim/policies/central-queue.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import { firingAlert } from '../../test/fixtures/alert.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../../test/fixtures/scenario.ts';

/** A Monday two weeks after the history began. */
const NOW_MS = Date.UTC(2026, 2, 16);
const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
const HISTORY_HOURS = 14 * 24;
const AHEAD_HOURS = 48;
/** Hours differ from what their time of day has by this, as a standard deviation of logarithms. */
const NOISE = 0.08;
const Z_OF = new Map([
  [0.025, -1.96],
  [0.1, -1.2816],
  [0.5, 0],
  [0.9, 1.2816],
  [0.95, 1.6449],
  [0.975, 1.96],
]);

/** A pool with two weeks of hourly history, and what really comes in the two days after it. */
export interface DrawnPool {
  context: RecommendationContext;
  now: PoolNow;
  /** By hour, tasks a minute. */
  coming: number[];
}

/**
 * A pool whose work follows the day: with as many agents as its busiest hour will need (or one more), or, planted, a fifth to two fifths
 * fewer, or half again to twice as many.
 */
export function drawPool(seed: number, isPlanted: boolean): DrawnPool {
  const random = createRandom(seed, isPlanted ? 'short or spare' : 'enough');
  const meanPerMin = random.uniform(15, 30);
  const swing = random.uniform(0.3, 0.6);
  const usual = (hour: number) => meanPerMin * (1 + swing * Math.cos((2 * Math.PI * ((hour % 24) - 14)) / 24));
  const drawn = (hour: number) => usual(hour) * random.logNormal(1, NOISE);
  const history = Float64Array.from({ length: HISTORY_HOURS }, (_, hour) => drawn(hour));
  const coming = Array.from({ length: AHEAD_HOURS }, (_, hour) => drawn(hour));
  const work: PoolNow = {
    ...{ pool: 'lab', agents: 1_000, tasksPerMin: history.at(-1) ?? 0, serviceMs: random.uniform(15_000, 30_000) },
    ...{
      serviceCv: 0.8,
      arrivalCv: 1,
      slotsPerAgent: 1,
      availability: 1,
      objective: usualObjective,
      knownHours: HISTORY_HOURS,
    },
  };
  const law: WorkloadForecast = {
    ...{ startMs: NOW_MS, stepMs: HOUR_MS, mean: coming.map((_, hour) => usual(hour)) },
    quantiles: new Map(
      outlookLevels.map((level) => [
        level,
        coming.map((_, hour) => usual(hour) * Math.exp(NOISE * (Z_OF.get(level) ?? 0))),
      ]),
    ),
  };
  const needed = outlookOf(work, law, NOW_MS).peak?.agents ?? 1;
  const agents = !isPlanted
    ? needed + random.int(2)
    : seed % 2 === 0
      ? Math.floor(needed * random.uniform(0.6, 0.8))
      : Math.ceil(needed * random.uniform(1.5, 2));
  const now = { ...work, agents };
  const span = { from: minuteOf(NOW_MS) - HISTORY_HOURS * 60, perMin: history, imported: 0 };
  const outlook = forecastWorkload('pool:lab', span, { whole: null, horizonHours: AHEAD_HOURS, nowMs: NOW_MS });
  if (!outlook) throw new RangeError('the history tells nothing');
  return {
    context: contextWith({
      outlooks: [outlookOf(now, forecastOf(outlook, NOW_MS), NOW_MS)],
      forecasts: new Map([['pool:lab', outlook]]),
    }),
    ...{ now, coming },
  };
}

/**
 * What it brings to follow a recommendation, in its unit. More agents: tasks a minute that do not wait, more than now, in the busiest
 * hour as it really comes. Fewer: what they cost, if no more tasks wait in the hour with most work than are allowed to; else nothing.
 */
export function gainedByCapacity(
  { now, coming }: DrawnPool,
  { basis, expectedGain: { value, unit } }: Recommendation,
  seed: number,
): number {
  const wanted = basis['wanted'] ?? 0;
  if (unit === 'tasks/min') {
    const hour = Math.round(((basis['peakAtMs'] ?? 0) - NOW_MS) / HOUR_MS);
    const served = (agents: number) => unwaited(now, agents, coming[hour] ?? 0, seed);
    return served(wanted).perMin - served(now.agents).perMin;
  }
  const { share } = unwaited(now, wanted, Math.max(...coming), seed);
  return share >= 0.8 ? value : 0;
}

/** Tasks that start at once, in an hour of so much work after twenty minutes of it. */
function unwaited({ serviceMs, serviceCv }: PoolNow, agents: number, perMin: number, seed: number) {
  const warmUpMinutes = 20;
  const meanS = serviceMs / 1_000;
  const scenario = scenarioWith({
    ...{ minutes: warmUpMinutes + 60, arrivals: poisson(perMin) },
    pools: [poolSpec('lab', { agents, max: agents })],
    taskTypes: [taskTypeSpec('draft', 'lab', { service: { kind: 'lognormal', meanS, cv: serviceCv } })],
    workflows: [{ workflowType: 'request', weight: 1, slaS: 1e6, steps: [step('draft', 'draft')] }],
  });
  let [started, atOnce] = [0, 0];
  const simulation = new Simulation({
    ...{ scenario, seed, policy: centralQueue },
    sinks: [
      {
        onAttemptEnded({ queuedAt, startedAt }) {
          if (startedAt === null || queuedAt < warmUpMinutes * 60e6) return;
          started += 1;
          atOnce += Number(startedAt - queuedAt < 1_000);
        },
      },
    ],
  });
  simulation.run();
  return { perMin: atOnce / 60, share: atOnce / Math.max(1, started) };
}

export const habits = ['acknowledgement', 'adoption', 'ownership'] as const;

/** Alerts, recommendations and budgets of a fleet that is well looked after, but for one habit where it is planted. */
export function drawCulture(
  seed: number,
  isPlanted: boolean,
): { context: RecommendationContext; habit: (typeof habits)[number] } {
  const random = createRandom(seed, isPlanted ? 'habits' : 'good habits');
  const habit = habits[seed % habits.length] ?? 'ownership';
  const has = (which: typeof habit) => isPlanted && which === habit;
  const medianMs = 60_000 * (has('acknowledgement') ? random.uniform(25, 60) : random.uniform(3, 9));
  const decided = has('adoption') ? random.uniform(0.1, 0.25) : random.uniform(0.65, 0.9);
  const unowned = has('ownership') ? random.uniform(0.5, 0.8) : random.uniform(0, 0.15);
  return {
    habit,
    context: contextWith({
      alerts: Array.from({ length: 25 + random.int(40) }, () => alert(random, medianMs)),
      records: numbered(12 + random.int(12), (i, n) => advice(i, random, i < Math.round(decided * n))),
      budgets: numbered(6 + random.int(8), (i, n) => budget(i, i >= Math.round(unowned * n))),
    }),
  };
}

function contextWith(known: Partial<RecommendationContext>): RecommendationContext {
  return recommendationContext({
    ...{ nowMs: NOW_MS, fromMs: NOW_MS - HOUR_MS, toMs: NOW_MS, tasks: [], workflows: [], entries: new Map() },
    ...{ outlooks: [], forecasts: new Map(), settings: new Map(), budgets: [], alerts: [], records: [] },
    ...known,
  });
}

/** One in six is over before anybody takes care of it. */
function alert(random: Random, medianMs: number): Alert {
  const detectedMs = NOW_MS - random.uniform(1, 29) * DAY_MS;
  const afterMs = random.logNormal(medianMs, 0.8);
  const isAnswered = random.uniform() >= 1 / 6;
  return firingAlert({
    ...{ detectedMs, severity: random.uniform() < 0.3 ? 'critical' : 'high', state: 'resolved' },
    resolvedMs: detectedMs + (isAnswered ? afterMs + random.exponential(20 * 60_000) : random.exponential(15 * 60_000)),
    acknowledged: isAnswered ? { by: 'on call', note: null, atMs: detectedMs + afterMs } : null,
  });
}

function numbered<Item>(count: number, make: (number: number, count: number) => Item): Item[] {
  return Array.from({ length: count }, (_, i) => make(i, count));
}

function advice(number: number, random: Random, isDecided: boolean): AdviceRecord {
  const firstProposedMs = NOW_MS - random.uniform(15, 60) * DAY_MS;
  const gain = { value: 1, unit: 'usd/day', low: 0.5, high: 1.5 } as const;
  const its = recommendation(
    'capacity_planning',
    { pool: `pool-${number}` },
    { title: '', evidence: [], expectedGain: gain, confidence: 0.9, action: '', basis: {}, measure: null },
  );
  const atMs = firstProposedMs + random.uniform(0, 5) * DAY_MS;
  return {
    ...{ recommendation: its, firstProposedMs, lastProposedMs: NOW_MS, course: [] },
    state: isDecided ? { status: 'dismissed', atMs, by: 'owner', reason: null, gain: 1 } : { status: 'proposed' },
  };
}

function budget(number: number, isOwned: boolean): Budget {
  return {
    ...{
      name: `budget-${number}`,
      kpi: 'task_completion_rate',
      scope: { kind: 'fleet' },
      objective: 0.99,
      period: '30d',
    },
    ...{ limit: null, owner: isOwned ? 'team' : null, updatedAtMs: 0, updatedBy: 'key_1' },
  };
}
