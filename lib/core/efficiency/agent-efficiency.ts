import type { AgentWork } from './agent-work.ts';
import { betaQuantile } from './beta-quantile.ts';
import { type DecayedMoments, effectiveTasks, noMoments, withinTasks } from './decayed-moments.ts';
import { type Cell, type Pooled, poolCells } from './partial-pooling.ts';

/** An agent of a pool, and what it did in the time that is looked at. */
export interface AgentRecord {
  agent: string;
  /** Task type → declared proficiency, 0..1. */
  skills?: Readonly<Record<string, number>>;
  /** By task type. */
  work: ReadonlyMap<string, AgentWork>;
}

/** What an estimate is made from, beside the pool: the agent at this type, the agent at other types, others at this type, or neither. */
export type EstimateBasis = 'own tasks' | 'own other types' | 'task type' | 'pool';

export interface Estimate {
  value: number;
  /** Ends of the interval in which the truth lies with a probability of 90 %. */
  low: number;
  high: number;
  /** Of the agent at this type, how many recent tasks its own are worth; 0 where it did none. */
  n: number;
  basis: EstimateBasis;
  /** Mean of its own tasks alone; null without any. */
  raw: number | null;
}

export interface Efficiency {
  agent: string;
  taskType: string;
  /** Completed ÷ (completed + failed + timed out). Each estimate is null where nobody of the pool told anything. */
  successRatio: Estimate | null;
  /** Mean service time, in milliseconds. */
  serviceMs: Estimate | null;
  /** Mean grade, 0..1. */
  quality: Estimate | null;
  /** Task cost, in US dollars for each task that ended. */
  costUsd: Estimate | null;
  proficiency: Proficiency;
}

export interface Proficiency {
  /** 0..1; null where the agent declared none. */
  declared: number | null;
  /**
   * Good work per hour at work, ÷ that of the best tenth of the pool at this type, at most 1; null where neither success nor
   * service times of the type are known of anybody.
   */
  measured: { value: number; low: number; high: number; n: number; basis: EstimateBasis } | null;
  /** Good work per hour at work ÷ the pool's typical agent at this type: 1 is usual. */
  toTypical: number | null;
}

/** Half the width of a 90 % interval, in standard deviations. */
const Z = 1.6448536269514722;
/** What single tasks are taken to vary by before any were compared, as if so many degrees of freedom had shown it. */
const PRIOR_FREEDOM = 4;
/** How much agents usually differ, on the scale of each measure: a third in time and cost, six hundredths in grades. */
const USUAL_SPREAD = { success: 0.3, logService: 0.3, quality: 0.06, cost: 0.3 };
const PRIOR_VARIANCE = { logService: 0.4, quality: 0.03, cost: 1 };

/**
 * How good each agent of a pool is at each task type: partial pooling of what agents did, so that few tasks move an estimate
 * little and what an agent is elsewhere counts. Logarithms of service times, completed or not, grades, and costs relative to the
 * type are pooled alike, each on a scale on which agents add to types.
 * @param pool agents that do the same role
 * @returns for each agent every task type that it declared or did, in order of agent and type
 */
export function agentEfficiency(pool: readonly AgentRecord[]): Efficiency[] {
  const types = [...new Set(pool.flatMap(({ skills = {}, work }) => [...Object.keys(skills), ...work.keys()]))].sort();
  const measures = {
    successRatio: poolSuccess(pool, types),
    serviceMs: poolService(pool, types),
    quality: poolQuality(pool, types),
    costUsd: poolCost(pool, types),
  };
  const rows = pool.flatMap(({ agent, skills = {}, work }, index) => {
    return types.flatMap((taskType, type) => {
      if (skills[taskType] === undefined && !work.has(taskType)) return [];
      const [successRatio, serviceMs, quality, costUsd] = [
        measures.successRatio?.(index, type) ?? null,
        measures.serviceMs?.(index, type) ?? null,
        measures.quality?.(index, type) ?? null,
        measures.costUsd?.(index, type) ?? null,
      ];
      return [{ agent, taskType, successRatio, serviceMs, quality, costUsd, declared: skills[taskType] ?? null }];
    });
  });
  const byType = Map.groupBy(rows, ({ taskType }) => taskType);
  const references = new Map([...byType].map(([taskType, of]) => [taskType, referenceOf(of.map(goodWork))]));
  return rows.map(({ declared, ...row }) => {
    const reference = references.get(row.taskType) ?? null;
    return { ...row, proficiency: { declared, ...measuredProficiency(row, reference) } };
  });
}

export type Figures = Omit<Efficiency, 'proficiency'>;
type EstimateOf = (agent: number, type: number) => Estimate;

/** Good work per hour at work: success × quality ÷ service time; quality counts where it is graded. */
export function goodWork({ successRatio, serviceMs, quality }: Figures): number | null {
  if (successRatio === null || serviceMs === null) return null;
  return (successRatio.value * (quality?.value ?? 1)) / serviceMs.value;
}

export function referenceOf(rates: readonly (number | null)[]): { best: number; typical: number } | null {
  const sorted = rates.filter((rate) => rate !== null).sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)];
  const [best, typical] = [at(0.9), at(0.5)];
  return best === undefined || typical === undefined || !(typical > 0) ? null : { best, typical };
}

export function measuredProficiency(
  figures: Figures,
  reference: { best: number; typical: number } | null,
): Pick<Proficiency, 'measured' | 'toTypical'> {
  const { successRatio, serviceMs, quality } = figures;
  const rate = goodWork(figures);
  if (rate === null || reference === null || successRatio === null || serviceMs === null) {
    return { measured: null, toTypical: null };
  }
  // Of a product the relative deviations add up as squares; each side of an interval has its own.
  const parts = [successRatio, serviceMs, ...(quality === null ? [] : [quality])];
  const below = (of: Estimate) =>
    of === serviceMs ? Math.log(of.high / of.value) : Math.log(of.value / Math.max(of.low, 1e-9));
  const above = (of: Estimate) =>
    of === serviceMs ? Math.log(of.value / of.low) : Math.log(of.high / Math.max(of.value, 1e-9));
  const value = rate / reference.best;
  const { n, basis } = serviceMs.n < successRatio.n ? serviceMs : successRatio;
  return {
    measured: {
      value: Math.min(1, value),
      low: Math.min(1, value * Math.exp(-Math.hypot(...parts.map(below)))),
      high: Math.min(1, value * Math.exp(Math.hypot(...parts.map(above)))),
      n,
      basis,
    },
    toTypical: rate / reference.typical,
  };
}

/** A measure's own tasks, cell by cell, and what estimates of it are based on. */
class Told {
  readonly agents: number;
  readonly types: number;
  readonly #moments: (DecayedMoments | undefined)[][];

  constructor(pool: readonly AgentRecord[], types: readonly string[], of: (work: AgentWork) => DecayedMoments) {
    this.agents = pool.length;
    this.types = types.length;
    this.#moments = pool.map(({ work }) => {
      return types.map((type) => {
        const done = work.get(type);
        const moments = done && of(done);
        return moments && moments.tasks > 0 ? moments : undefined;
      });
    });
  }

  at(agent: number, type: number): DecayedMoments | undefined {
    return this.#moments[agent]?.[type];
  }

  *entries(): Generator<{ agent: number; type: number; moments: DecayedMoments }> {
    for (const [agent, row] of this.#moments.entries()) {
      for (const [type, moments] of row.entries()) if (moments) yield { agent, type, moments };
    }
  }

  basis(agent: number, type: number): EstimateBasis {
    if (this.at(agent, type)) return 'own tasks';
    if (this.#moments[agent]?.some((moments) => moments !== undefined)) return 'own other types';
    return this.#moments.some((row) => row[type] !== undefined) ? 'task type' : 'pool';
  }

  /** By type: tasks, and their mean; and the same over all types. */
  totals(): { byType: { tasks: number; sum: number }[]; all: { tasks: number; sum: number } } {
    const byType = Array.from({ length: this.types }, () => ({ tasks: 0, sum: 0 }));
    const all = { tasks: 0, sum: 0 };
    for (const { type, moments } of this.entries()) {
      for (const to of [byType[type] as { tasks: number; sum: number }, all]) {
        to.tasks += moments.tasks;
        to.sum += moments.sum;
      }
    }
    return { byType, all };
  }

  /** By type, how much single tasks vary within an agent; a type that tells little of it is near the others. */
  variances(prior: number, scale: (type: number) => number = () => 1): number[] {
    const sums = Array.from({ length: this.types }, () => ({ squares: 0, freedom: 0 }));
    const all = { squares: 0, freedom: 0 };
    for (const { type, moments } of this.entries()) {
      const { squares, freedom } = withinTasks(moments);
      const of = sums[type] as { squares: number; freedom: number };
      for (const to of [of, all]) {
        to.squares += squares / scale(type) ** 2;
        to.freedom += freedom;
      }
    }
    const usual = (all.squares + PRIOR_FREEDOM * prior) / (all.freedom + PRIOR_FREEDOM);
    return sums.map(({ squares, freedom }) => {
      return Math.max(1e-9, (squares + PRIOR_FREEDOM * usual) / (freedom + PRIOR_FREEDOM));
    });
  }

  /**
   * @param excess kurtosis of one task of a type, beyond that of a normal distribution
   * @returns null where nobody told anything
   */
  pooled(
    cellOf: (of: { agent: number; type: number; moments: DecayedMoments }) => Omit<Cell, 'agent' | 'type'>,
    { usual, excess = () => 0, typeSpread }: { usual: number; excess?: (type: number) => number; typeSpread?: number },
  ): Pooled | null {
    const cells = [...this.entries()].map((of) => ({ agent: of.agent, type: of.type, ...cellOf(of) }));
    if (cells.length === 0) return null;
    const { agents, types } = this;
    return poolCells(cells, {
      agents,
      types,
      usual,
      trust: this.#trust(excess),
      ...(typeSpread !== undefined && { typeSpread }),
    });
  }

  /** Variances of means vary themselves by the excess kurtosis of a task ÷ tasks more than normal ones: 2 + that, over 2. */
  #trust(excess: (type: number) => number): number {
    let [total, cells] = [0, 0];
    for (const { type, moments } of this.entries()) {
      total += 2 / (2 + Math.max(0, excess(type)) / effectiveTasks(moments));
      cells += 1;
    }
    return total / cells;
  }

  /** The parts of an estimate that are the same for every measure. */
  told(agent: number, type: number, raw: (mean: number) => number): Pick<Estimate, 'n' | 'basis' | 'raw'> {
    const moments = this.at(agent, type);
    return {
      n: moments ? effectiveTasks(moments) : 0,
      basis: this.basis(agent, type),
      raw: moments ? raw(moments.sum / moments.tasks) : null,
    };
  }
}

/** A ratio is moved towards the pool by so many tasks, before it is a scale: of few tasks all may have completed. */
const SCALE_TASKS = 4;

/**
 * In standard deviations of one task of the type, so that one agent's shortfall weighs as much at an easy type as at a hard one.
 * The interval is that of the beta distribution with the estimate's mean and variance.
 */
function poolSuccess(pool: readonly AgentRecord[], types: readonly string[]): EstimateOf | null {
  const told = new Told(pool, types, ({ success }) => success);
  const { byType, all } = told.totals();
  const overall = (all.sum + 1) / (all.tasks + 2);
  const usual = byType.map(({ tasks, sum }) => (sum + SCALE_TASKS * overall) / (tasks + SCALE_TASKS));
  const scale = usual.map((ratio) => Math.sqrt(ratio * (1 - ratio)));
  const standard = (type: number, ratio: number) => (ratio - overall) / (scale[type] as number);
  const ratioOf = (type: number, deviation: number) => overall + (scale[type] as number) * deviation;
  const fitWith = (samplingOf: (agent: number, type: number) => number) => {
    return told.pooled(
      ({ agent, type, moments }) => ({
        mean: standard(type, moments.sum / moments.tasks),
        sampling: samplingOf(agent, type) / effectiveTasks(moments),
      }),
      { usual: USUAL_SPREAD.success, excess: (type) => (scale[type] as number) ** -2 - 6 },
    );
  };
  const first = fitWith(() => 1);
  if (first === null) return null;
  // An agent that fails more than usual also varies more: known only after a first look.
  const second = fitWith((agent, type) => {
    const ratio = within(ratioOf(type, first.at(agent, type).mean), 0.02, 0.98);
    return Math.max(0.25, (ratio * (1 - ratio)) / (scale[type] as number) ** 2);
  }) as Pooled;
  return (agent, type) => {
    const { mean, variance } = second.at(agent, type);
    const value = within(ratioOf(type, mean), 0.001, 0.999);
    const spread = variance * (scale[type] as number) ** 2;
    const size = Math.max(1, (value * (1 - value)) / spread - 1);
    const [alpha, beta] = [value * size, (1 - value) * size];
    return {
      value,
      // The mean of a distribution that is nearly all at one end may lie outside of its middle.
      low: Math.min(value, betaQuantile(0.05, alpha, beta)),
      high: Math.max(value, betaQuantile(0.95, alpha, beta)),
      ...told.told(agent, type, (ratio) => ratio),
    };
  };
}

/** From so many tasks on, what a mean is beyond the geometric mean says something of its own. */
const MIN_TAIL_TASKS = 5;

/**
 * Logarithms are pooled, because few long tasks move a mean and not a geometric mean; then what the mean is beyond that, which an
 * agent whose tasks fail at once or hang now and then has more of than its peers.
 */
function poolService(pool: readonly AgentRecord[], types: readonly string[]): EstimateOf | null {
  const told = new Told(pool, types, ({ logService }) => logService);
  const variances = told.variances(PRIOR_VARIANCE.logService);
  const fit = told.pooled(
    ({ type, moments }) => ({
      mean: moments.sum / moments.tasks,
      sampling: (variances[type] as number) / effectiveTasks(moments),
    }),
    { usual: USUAL_SPREAD.logService },
  );
  if (fit === null) return null;
  const meanUs = (agent: number, type: number, { tasks }: DecayedMoments) => {
    return (pool[agent]?.work.get(types[type] as string)?.serviceUs ?? 0) / tasks;
  };
  // Beyond what a log-normal distribution has; as if one more agent, at every type, had shown that it is one.
  const tails: Cell[] = types.map((_, type) => ({
    agent: pool.length,
    type,
    mean: 0,
    sampling: LOG_NORMAL_DOUBT ** 2,
  }));
  const expected = (type: number) => Math.min(MOST_TAIL_VARIANCE, variances[type] as number) / 2;
  for (const { agent, type, moments } of told.entries()) {
    const n = effectiveTasks(moments);
    const mean = meanUs(agent, type, moments);
    if (n < MIN_TAIL_TASKS || !(mean > 0)) continue;
    const variance = 2 * expected(type);
    tails.push({
      agent,
      type,
      // Of few tasks the mean is nearer to the geometric mean than it is of many.
      mean: (Math.log(mean) - moments.sum / moments.tasks) * (n / (n - 1)) - expected(type),
      sampling: Math.max(1e-6, Math.expm1(variance) - variance) / n,
    });
  }
  const tail = poolCells(tails, {
    agents: pool.length + 1,
    types: types.length,
    typeSpread: LOG_NORMAL_DOUBT,
    usual: LOG_NORMAL_DOUBT / 2,
  });
  return (agent, type) => {
    const [log, beyond] = [fit.at(agent, type), tail.at(agent, type)];
    const value = Math.exp(log.mean + expected(type) + beyond.mean) / 1_000;
    const reach = Math.exp(Z * Math.sqrt(log.variance + beyond.variance));
    const own = told.at(agent, type);
    return {
      value,
      low: value / reach,
      high: value * reach,
      ...told.told(agent, type, () => (own ? meanUs(agent, type, own) / 1_000 : 0)),
    };
  };
}

/** Of logarithms of service times, what more is not a long tail but two kinds of tasks. */
const MOST_TAIL_VARIANCE = 2;
/** How far the logarithm of a mean is from that of a log-normal distribution, as a standard deviation. */
const LOG_NORMAL_DOUBT = 0.2;

function poolQuality(pool: readonly AgentRecord[], types: readonly string[]): EstimateOf | null {
  const told = new Told(pool, types, ({ quality }) => quality);
  const variances = told.variances(PRIOR_VARIANCE.quality);
  const fit = told.pooled(
    ({ type, moments }) => ({
      mean: moments.sum / moments.tasks,
      sampling: (variances[type] as number) / effectiveTasks(moments),
    }),
    { usual: USUAL_SPREAD.quality },
  );
  if (fit === null) return null;
  return (agent, type) => {
    const { mean, variance } = fit.at(agent, type);
    const reach = Z * Math.sqrt(variance);
    return {
      value: within(mean, 0, 1),
      low: within(mean - reach, 0, 1),
      high: within(mean + reach, 0, 1),
      ...told.told(agent, type, (grade) => grade),
    };
  };
}

/** Excess kurtosis of what tasks of one type cost: that of a log-normal distribution with a variation of 0.5 to 0.6. */
const COST_KURTOSIS = 6;

/** Means relative to their own type's say nothing of how much types differ: each type is known by its own tasks alone. */
const COST_TYPE_SPREAD = 2;

/** Relative to what the type costs: agents who use more do so at every type. */
function poolCost(pool: readonly AgentRecord[], types: readonly string[]): EstimateOf | null {
  // Where no task of an agent cost anything, nobody told what they cost.
  const told = new Told(pool, types, ({ cost }) => (cost.sum > 0 ? cost : noMoments()));
  const { byType } = told.totals();
  const known = byType.filter(({ tasks }) => tasks > 0).map(({ tasks, sum }) => sum / tasks);
  if (known.length === 0) return null;
  const between = Math.exp(known.reduce((sum, usd) => sum + Math.log(usd), 0) / known.length);
  const usual = byType.map(({ tasks, sum }) => (tasks > 0 ? sum / tasks : between));
  const variances = told.variances(PRIOR_VARIANCE.cost, (type) => usual[type] as number);
  const fit = told.pooled(
    ({ type, moments }) => ({
      mean: moments.sum / moments.tasks / (usual[type] as number),
      sampling: (variances[type] as number) / effectiveTasks(moments),
    }),
    { usual: USUAL_SPREAD.cost, excess: () => COST_KURTOSIS, typeSpread: COST_TYPE_SPREAD },
  );
  if (fit === null) return null;
  return (agent, type) => {
    const { mean, variance } = fit.at(agent, type);
    const factor = Math.max(0.01, mean);
    // As a logarithm, so that no interval holds a cost below 0.
    const reach = Math.exp(Z * Math.sqrt(Math.log1p(variance / factor ** 2)));
    const value = factor * (usual[type] as number);
    return { value, low: value / reach, high: value * reach, ...told.told(agent, type, (usd) => usd) };
  };
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
