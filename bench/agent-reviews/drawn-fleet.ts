import type { WorkDay } from '../../lib/core/benchmark/work-day.ts';
import { DAY_MINUTES } from '../../lib/core/model/time.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import { DayOfWork, type WorkOfTask } from './day-of-work.ts';

/** What an agent truly differs by from the usual agent of its pool; 0 everywhere is the usual one. */
export interface TrueDifference {
  /** Logarithm of mean service time ÷ the usual one. */
  service: number;
  /** Share of tasks that complete, more than usual. */
  completion: number;
  quality: number;
  csat: number;
  /** Share of tasks within their limit, more than usual. */
  sla: number;
}

export interface DrawnFleet {
  days: WorkDay[];
  /** Task type → proficiency, by agent. */
  skills: Map<string, Record<string, number>>;
  truth(agent: string, taskType: string): TrueDifference;
  /** What was planted: an agent, at one type of those that it does or at each, in one measure. */
  planted: { agent: string; pool: string; taskType: string; measure: keyof TrueDifference; isWeak: boolean }[];
}

export const REVIEWED_DAYS = 28;
const FIRST_DAY = (Date.UTC(2026, 1, 2) / 60_000) | 0;

interface DrawnType {
  taskType: string;
  weight: number;
  meanS: number;
  sigma: number;
  failures: number;
  quality: number;
  csat: number;
  /** Mean wait, and the limit of the response time. */
  waitS: number;
  limitS: number;
}

interface Nature {
  logService: number;
  /** Of failures, in log odds. */
  failing: number;
  quality: number;
  csat: number;
}

/** Standard deviations of what agents differ by though nothing is wrong with any. */
const EVERYBODY: Nature = { logService: 0.025, failing: 0.1, quality: 0.006, csat: 0.04 };
/** Luck of a day, of the pool and of one agent: standard deviation, and how much of it is there the next day. */
const POOL_LUCK = { logService: 0.04, failing: 0.2, quality: 0.01, csat: 0.05, stays: 0.5 };
const AGENT_LUCK = { logService: 0.06, failing: 0.25, quality: 0.015, csat: 0.08, stays: 0.6 };
/** Tasks that hang for a while. */
const HANGING = { share: 0.003, factor: 12 };
/** What a failed task takes of the time of one that completes, at least; all are as likely up to the whole of it. */
const LEAST_OF_FAILED = 0.2;
const [QUALITY_SD, CSAT_SD] = [0.13, 0.9];
const [GRADED, RATED] = [0.3, 0.12];

/**
 * Four weeks of three pools of 5 to 24 agents, drawn by seed. Of the agents 10 to 20 % are planted: weak (seven of ten) or strong in
 * one measure, at one of their types or at all; all others differ by a small spread. Agents have unlike numbers of tasks (tens
 * of times), shifts, joins and leaves; hours of the day have their own service times; the luck of a day stays for some days,
 * service times have heavy tails and some tasks hang; a pool may have a day of outage.
 * @param plants whether anybody is planted
 */
export function drawFleet(seed: number, plants = true): DrawnFleet {
  const random = createRandom(seed, 'agent reviews');
  const pools = Array.from({ length: 3 }, (_, pool) => drawPool(`pool-${pool + 1}`, random, plants));
  const types = new Map(pools.flatMap((pool) => pool.types.map((type) => [`${pool.pool}/${type.taskType}`, type])));
  const truths = new Map<string, TrueDifference>();
  const common = createRandom(seed, 'limits');
  const members = new Map(pools.flatMap((pool) => pool.agents.map((agent) => [agent.agent, agent])));
  const days = Array.from({ length: REVIEWED_DAYS }, (_, day) => new DayOfWork(FIRST_DAY + day * DAY_MINUTES));
  for (const pool of pools) work(pool, days, createRandom(seed, `work of ${pool.pool}`));
  return {
    days: days.map((day) => day.finish()),
    skills: new Map(pools.flatMap((pool) => pool.agents.map(({ agent, natures }) => [agent, declared(natures)]))),
    planted: pools.flatMap(({ planted }) => planted),
    truth(agent, taskType) {
      const member = members.get(agent) as DrawnAgent;
      const type = types.get(`${member.pool}/${taskType}`) as DrawnType;
      const key = `${agent}/${taskType}`;
      const found = truths.get(key) ?? trueDifference(type, member.natures.get(taskType) as Nature, common);
      truths.set(key, found);
      return found;
    },
  };
}

/** Pools that do the same task types. */
export interface DrawnPools {
  days: WorkDay[];
  types: string[];
  /** What a pool differs by from a usual one. */
  truth(pool: string, taskType: string): TrueDifference;
  planted: { pool: string; taskType: string; measure: keyof TrueDifference; isWeak: boolean }[];
}

const NO_DIFFERENCE: TrueDifference = { service: 0, completion: 0, quality: 0, csat: 0, sla: 0 };

/**
 * Three pools as above that do the same types at the same rush, one of which, all its agents, is weak (seven of ten) or strong at one type.
 * @param plants whether a pool is planted; single agents always are
 */
export function drawPools(seed: number, plants = true): DrawnPools {
  const random = createRandom(seed, 'pool reviews');
  const types = drawTypes(random);
  const rush = random.uniform(0, 0.3);
  const pools = Array.from({ length: 3 }, (_, pool) => {
    return { ...drawPool(`pool-${pool + 1}`, random, true, types), rush };
  });
  const planted: DrawnPools['planted'] = [];
  const truths = new Map<string, TrueDifference>();
  if (plants) {
    const { pool, agents } = pools[random.int(pools.length)] as DrawnPool;
    const type = types[random.int(types.length)] as DrawnType;
    const measure = (['service', 'completion', 'quality', 'csat'] as const)[random.int(4)] as keyof TrueDifference;
    const isWeak = random.uniform() < 0.7;
    const shift = shiftOfPool(type, measure, isWeak, random);
    for (const { natures } of agents) {
      const nature = natures.get(type.taskType);
      if (nature) natures.set(type.taskType, plus(nature, shift));
    }
    planted.push({ pool, taskType: type.taskType, measure, isWeak });
    truths.set(`${pool}/${type.taskType}`, trueDifference(type, shift, createRandom(seed, 'limits')));
  }
  const days = Array.from({ length: REVIEWED_DAYS }, (_, day) => new DayOfWork(FIRST_DAY + day * DAY_MINUTES));
  for (const pool of pools) work(pool, days, createRandom(seed, `work of ${pool.pool}`));
  return {
    ...{ days: days.map((day) => day.finish()), types: types.map(({ taskType }) => taskType), planted },
    truth: (pool, taskType) => truths.get(`${pool}/${taskType}`) ?? NO_DIFFERENCE,
  };
}

function shiftOfPool({ failures }: DrawnType, measure: keyof TrueDifference, isWeak: boolean, random: Random): Nature {
  const size = random.uniform();
  const failing = isWeak ? failures + 0.08 + 0.1 * size : failures * 0.2;
  return {
    logService: measure !== 'service' ? 0 : isWeak ? Math.log(1.35 + 0.55 * size) : Math.log(0.75 - 0.2 * size),
    failing: measure !== 'completion' ? 0 : logOdds(failing) - logOdds(failures),
    quality: measure !== 'quality' ? 0 : isWeak ? -0.08 - 0.07 * size : 0.06,
    csat: measure !== 'csat' ? 0 : isWeak ? -0.5 - 0.5 * size : 0.45,
  };
}

interface DrawnAgent {
  agent: string;
  pool: string;
  tasksPerDay: number;
  /** Days of work, from and to. */
  there: [number, number];
  /** Middle of its shift. */
  shiftHour: number;
  natures: Map<string, Nature>;
}

interface DrawnPool {
  pool: string;
  types: DrawnType[];
  agents: DrawnAgent[];
  planted: DrawnFleet['planted'];
  outage: number | null;
  /** How much longer the busiest hour makes tasks. */
  rush: number;
}

function drawTypes(random: Random): DrawnType[] {
  return Array.from({ length: 2 + random.int(4) }, (_, i): DrawnType => {
    const [meanS, sigma] = [random.uniform(5, 120), random.uniform(0.7, 1.15)];
    return {
      ...{ taskType: `type-${i + 1}`, weight: 1 / (i + 1), meanS, sigma, failures: random.uniform(0.01, 0.08) },
      ...{
        quality: random.uniform(0.75, 0.92),
        csat: random.uniform(3.5, 4.5),
        waitS: meanS * random.uniform(0.05, 0.4),
      },
      limitS: meanS * Math.exp(random.uniform(1.5, 2.2) * sigma),
    };
  });
}

function drawPool(pool: string, random: Random, plants: boolean, types = drawTypes(random)): DrawnPool {
  const agents = Array.from({ length: 5 + random.int(20) }, (_, i) =>
    drawAgent(`${pool}-agent-${i + 1}`, pool, types, random),
  );
  const share = random.uniform(0.1, 0.2);
  const planted: DrawnPool['planted'] = [];
  const count = plants ? Math.max(1, Math.round(share * agents.length)) : 0;
  const inLine = agents.map((agent) => ({ agent, at: random.uniform() })).sort((a, b) => a.at - b.at);
  for (const { agent } of inLine.slice(0, count)) planted.push(...plant(agent, types, random));
  const outage = random.uniform() < 0.3 ? random.int(REVIEWED_DAYS) : null;
  return { pool, types, agents, planted, outage, rush: random.uniform(0, 0.3) };
}

function drawAgent(agent: string, pool: string, types: readonly DrawnType[], random: Random): DrawnAgent {
  const known = types.filter((_, i) => i === 0 || random.uniform() < 0.6);
  const isThroughout = random.uniform() < 0.85;
  const joins = isThroughout ? 0 : random.int(14);
  return {
    ...{ agent, pool, tasksPerDay: Math.min(300, random.logNormal(35, 0.9)), shiftHour: random.uniform(8, 20) },
    there: [joins, isThroughout ? REVIEWED_DAYS : Math.min(REVIEWED_DAYS, joins + 7 + random.int(14))],
    natures: new Map(
      known.map(({ taskType }) => [
        taskType,
        {
          logService: random.normal(0, EVERYBODY.logService),
          failing: random.normal(0, EVERYBODY.failing),
          quality: random.normal(0, EVERYBODY.quality),
          csat: random.normal(0, EVERYBODY.csat),
        },
      ]),
    ),
  };
}

function plant(
  { agent, pool, natures }: DrawnAgent,
  types: readonly DrawnType[],
  random: Random,
): DrawnPool['planted'] {
  const isWeak = random.uniform() < 0.7;
  const all = [...natures.keys()];
  const where = random.uniform() < 0.5 ? all : [all[random.int(all.length)] as string];
  const measure = (['service', 'service', 'completion', 'quality', 'csat'] as const)[
    random.int(5)
  ] as keyof TrueDifference;
  const size = random.uniform();
  for (const taskType of where) {
    const nature = natures.get(taskType) as Nature;
    const { failures } = types.find((type) => type.taskType === taskType) as DrawnType;
    if (measure === 'service') nature.logService += isWeak ? Math.log(1.2 + 0.6 * size) : Math.log(0.85 - 0.2 * size);
    if (measure === 'completion') {
      const share = isWeak ? failures + 0.04 + 0.11 * size : failures * (0.4 - 0.2 * size);
      nature.failing += logOdds(share) - logOdds(failures);
    }
    if (measure === 'quality') nature.quality += isWeak ? -0.05 - 0.1 * size : 0.04 + 0.03 * size;
    if (measure === 'csat') nature.csat += isWeak ? -0.4 - 0.6 * size : 0.3 + 0.15 * size;
  }
  return where.map((taskType) => ({ agent, pool, taskType, measure, isWeak }));
}

function declared(natures: ReadonlyMap<string, Nature>): Record<string, number> {
  return Object.fromEntries([...natures.keys()].map((taskType) => [taskType, 0.8]));
}

function work({ pool, types, agents, outage, rush }: DrawnPool, days: readonly DayOfWork[], random: Random): void {
  const ofPool = types.map(() => new Luck(POOL_LUCK, random));
  const ofAgents = agents.map(() => types.map(() => new Luck(AGENT_LUCK, random)));
  for (const [day, to] of days.entries()) {
    for (const luck of [...ofPool, ...ofAgents.flat()]) luck.nextDay(random);
    const busy = random.logNormal(day % 7 >= 5 ? 0.5 : 1, 0.15);
    for (const [i, agent] of agents.entries()) {
      if (day < agent.there[0] || day >= agent.there[1]) continue;
      const worker = to.worker({ agent: agent.agent, pool });
      const known = types.filter(({ taskType }) => agent.natures.has(taskType));
      const weights = known.reduce((sum, { weight }) => sum + weight, 0);
      for (const type of known) {
        const at = types.indexOf(type);
        const nature = agent.natures.get(type.taskType) as Nature;
        const tasks = poisson((agent.tasksPerDay * busy * type.weight) / weights, random);
        const luck = sumOf([ofPool[at] as Luck, ofAgents[i]?.[at] as Luck]);
        for (let n = 0; n < tasks; n++) {
          const hour = (Math.round(random.normal(agent.shiftHour, 3)) + 24) % 24;
          const rushed = rush * Math.exp(-(((hour - 14) / 4) ** 2));
          const task = drawTask(type, plus(nature, luck), { rushed, isOutage: day === outage, random });
          to.add(worker, type.taskType, hour, task);
        }
      }
    }
  }
}

function drawTask(
  type: DrawnType,
  nature: Nature,
  { rushed, isOutage, random }: { rushed: number; isOutage: boolean; random: Random },
): WorkOfTask {
  const failing = odds(logOdds(type.failures) + nature.failing + (isOutage ? 1.6 : 0));
  const isCompleted = random.uniform() >= failing;
  const hangs = random.uniform() < HANGING.share ? HANGING.factor : 1;
  const whole = random.logNormal(medianOf(type), type.sigma) * Math.exp(nature.logService + rushed) * hangs;
  const serviceS = isCompleted ? whole : whole * random.uniform(LEAST_OF_FAILED, 1);
  const responseS = serviceS + random.exponential(type.waitS * (1 + 2 * rushed));
  const task: WorkOfTask = { serviceCount: 1, serviceUs: Math.round(serviceS * 1e6), slaTotal: 1 };
  task.responseCount = 1;
  task.responseUs = Math.round(responseS * 1e6);
  task[isCompleted ? 'completed' : 'failed'] = 1;
  task.slaMet = Number(isCompleted && responseS <= type.limitS);
  task.completedFirst = Number(isCompleted);
  if (isCompleted && random.uniform() < GRADED) {
    task.qualityCount = 1;
    task.qualityPpm = Math.round(1e6 * within(random.normal(type.quality + nature.quality, QUALITY_SD), 0, 1));
  }
  if (random.uniform() < RATED) {
    task.csatCount = 1;
    task.csatMilli = 1_000 * within(Math.round(random.normal(type.csat + nature.csat, CSAT_SD)), 1, 5);
  }
  return task;
}

const TRUTH_TASKS = 20_000;

/** By the same many tasks of a usual agent and of this one, without the luck of days. */
function trueDifference(type: DrawnType, nature: Nature, common: Random): TrueDifference {
  const seed = common.int(1e9);
  const usual = meansOf(type, { logService: 0, failing: 0, quality: 0, csat: 0 }, seed);
  const own = meansOf(type, nature, seed);
  return {
    service: Math.log(own.service / usual.service),
    completion: own.completion - usual.completion,
    quality: own.quality - usual.quality,
    csat: own.csat - usual.csat,
    sla: own.sla - usual.sla,
  };
}

function meansOf(type: DrawnType, { logService, failing, quality, csat }: Nature, seed: number): TrueDifference {
  const random = createRandom(seed, 'truth');
  const failures = odds(logOdds(type.failures) + failing);
  const sums = { quality: 0, csat: 0, met: 0 };
  for (let i = 0; i < TRUTH_TASKS; i++) {
    const serviceS = random.logNormal(medianOf(type), type.sigma) * Math.exp(logService);
    sums.met += Number(serviceS + random.exponential(type.waitS) <= type.limitS);
    sums.quality += within(random.normal(type.quality + quality, QUALITY_SD), 0, 1);
    sums.csat += within(Math.round(random.normal(type.csat + csat, CSAT_SD)), 1, 5);
  }
  return {
    service: Math.exp(logService) * (1 - (failures * (1 - LEAST_OF_FAILED)) / 2),
    completion: 1 - failures,
    quality: sums.quality / TRUTH_TASKS,
    csat: sums.csat / TRUTH_TASKS,
    sla: (sums.met / TRUTH_TASKS) * (1 - failures),
  };
}

/** Luck that is passed on from day to day. */
class Luck {
  readonly #of: typeof POOL_LUCK;
  now: Nature;

  constructor(of: typeof POOL_LUCK, random: Random) {
    this.#of = of;
    this.now = this.#drawn(random, 1);
  }

  nextDay(random: Random): void {
    const { stays } = this.#of;
    const fresh = this.#drawn(random, Math.sqrt(1 - stays ** 2));
    const { logService, failing, quality, csat } = this.now;
    this.now = plus(fresh, {
      ...{ logService: stays * logService, failing: stays * failing, quality: stays * quality, csat: stays * csat },
    });
  }

  #drawn(random: Random, times: number): Nature {
    const { logService, failing, quality, csat } = this.#of;
    return {
      logService: random.normal(0, times * logService),
      failing: random.normal(0, times * failing),
      quality: random.normal(0, times * quality),
      csat: random.normal(0, times * csat),
    };
  }
}

function sumOf(lucks: readonly Luck[]): Nature {
  return lucks.reduce((sum, { now }) => plus(sum, now), { logService: 0, failing: 0, quality: 0, csat: 0 });
}

function plus(a: Nature, b: Nature): Nature {
  return {
    logService: a.logService + b.logService,
    failing: a.failing + b.failing,
    quality: a.quality + b.quality,
    csat: a.csat + b.csat,
  };
}

/** Of the log-normal distribution with the type's mean. */
function medianOf({ meanS, sigma }: DrawnType): number {
  return meanS * Math.exp(-(sigma ** 2) / 2);
}

function poisson(mean: number, random: Random): number {
  let n = 0;
  for (let at = random.exponential(1); at < mean; at += random.exponential(1)) n += 1;
  return n;
}

function logOdds(share: number): number {
  return Math.log(share / (1 - share));
}

function odds(logarithm: number): number {
  return 1 / (1 + Math.exp(-logarithm));
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
