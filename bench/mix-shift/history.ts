import { type WorkCounter, type WorkDay, type Worker, workCounters } from '../../lib/core/benchmark/work-day.ts';
import type { FleetChange } from '../../lib/core/model/fleet-change.ts';
import { DAY_MINUTES, type Minute, startOfMinute } from '../../lib/core/model/time.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

/** What is planted in a history of 90 days. */
export interface Planted {
  /** Every response takes so many times as long from `onset` on; 1 plants nothing. */
  slowdown: number;
  /** What other work alone does to the plain mean, as a factor: the lower and upper end of what is drawn from. */
  mixFactor: readonly [low: number, high: number];
  /** Draws again where the plain mean of the last week is above that of the days before: luck may undo what hides a slowdown. */
  isHidden?: true;
}

export interface History {
  /** {@link DAYS} of them. */
  days: WorkDay[];
  /** The day after the last, a Monday or any other. */
  today: Minute;
  /** First minute of the first day that is slower; of the mix shift where none is. */
  onset: Minute;
  /** What the shift of mix was meant to do to the plain mean. */
  mixFactor: number;
  changes: FleetChange[];
}

export const DAYS = 90;
/** How long ago a slowdown, or a shift of mix, may have begun. */
const ONSET_DAYS = [7, 45] as const;
const POOLS = ['research', 'writing', 'review'] as const;
const TYPES_PER_POOL = 2;
const HOURS = 24;
/** 2026-01-05, a Monday. */
const FIRST_DAY: Minute = 29_459_520;

interface TaskType {
  name: string;
  pool: number;
  /** Mean service time of an agent of speed 1 in a quiet hour. */
  meanMs: number;
  /** Of the lognormal service time: coefficients of variation from 1 to 1.5. */
  sigma: number;
  volume: number;
  failing: number;
  costUsd: number;
}

interface Agent {
  name: string;
  pool: number;
  /** Service times are so many times as long. */
  slowness: number;
  weight: number;
  from: number;
  to: number;
}

interface Outage {
  day: number;
  firstHour: number;
  hours: number;
  /** All pools where it is null. */
  pool: number | null;
  factor: number;
}

interface World {
  types: TaskType[];
  agents: Agent[];
  /** Tasks of a usual weekday. */
  volume: number;
  weekend: number;
  /** Share of the day's tasks by hour. */
  hours: number[];
  /** What the load of an hour does to response times, as a factor. */
  busy: number[];
  outages: Outage[];
  /** Factor of every response time by day: what no cause explains. */
  weather: number[];
}

/** Exponents by which volumes are tilted once all of the mix has shifted. */
interface Tilt {
  types: number;
  agents: number;
  hours: number;
  from: number;
  /** Days until all of it has shifted. */
  ramp: number;
}

/**
 * Ninety days of a fleet of three pools and six task types. Volume has a daily and a weekly season and days of its own; response
 * times follow the load of the hour, the agent, and a lognormal service time; all days share a noise with a memory of a half and a
 * standard deviation of 1.5 to 2 %; agents of unlike speed come and go; some days have an outage of hours. From some day on the
 * mix shifts, towards task types, agents and hours that take longer or shorter; a slowdown, where one is planted, begins within three
 * days of it.
 */
export function drawHistory(seed: number, planted: Planted): History {
  for (let attempt = 1; ; attempt++) {
    const history = drawOnce(planted, createRandom(seed, `history ${planted.slowdown} ${attempt}`));
    if (!planted.isHidden || plainMeanUs(history.days.slice(-7)) <= plainMeanUs(history.days.slice(0, -7)))
      return history;
  }
}

function plainMeanUs(days: readonly WorkDay[]): number {
  const sum = (name: WorkCounter) => days.flatMap(({ counters }) => [...counters[name]]).reduce((a, b) => a + b, 0);
  return sum('responseUs') / sum('responseCount');
}

function drawOnce({ slowdown, mixFactor }: Planted, random: Random): History {
  const world = drawWorld(random);
  const ago = ONSET_DAYS[0] + random.int(ONSET_DAYS[1] - ONSET_DAYS[0] + 1);
  const onset = DAYS - ago;
  const wanted = random.uniform(...mixFactor);
  const mixFrom = Math.min(DAYS - ONSET_DAYS[0], onset + random.int(7) - 3);
  const tilt = tiltFor(world, wanted, { from: mixFrom, ramp: random.int(6) }, random);
  const days = Array.from({ length: DAYS }, (_, day) =>
    drawDay(world, { day, tilt, slowdown: day >= onset ? slowdown : 1 }, random),
  );
  const began = slowdown === 1 ? mixFrom : onset;
  return {
    ...{ days, today: dayAt(DAYS), onset: dayAt(began), mixFactor: wanted },
    changes: drawChanges(slowdown === 1 ? null : onset, random),
  };
}

function dayAt(day: number): Minute {
  return FIRST_DAY + day * DAY_MINUTES;
}

function drawWorld(random: Random): World {
  const types = POOLS.flatMap((_, pool) =>
    Array.from({ length: TYPES_PER_POOL }, (_, i): TaskType => {
      const cv = random.uniform(1, 1.5);
      return {
        ...{
          name: `${POOLS[pool]}-${i + 1}`,
          pool,
          meanMs: Math.exp(random.uniform(Math.log(2_000), Math.log(40_000))),
        },
        ...{ sigma: Math.sqrt(Math.log(1 + cv * cv)), volume: random.uniform(0.5, 1.5) },
        ...{ failing: random.uniform(0.005, 0.04), costUsd: random.uniform(0.002, 0.05) },
      };
    }),
  );
  const peak = random.uniform(12, 16);
  const night = random.uniform(0.15, 0.5);
  const shape = Array.from({ length: HOURS }, (_, hour) => {
    const daylight = (1 + Math.cos((2 * Math.PI * (hour + 0.5 - peak)) / HOURS)) / 2;
    return night + (1 - night) * daylight ** 1.5;
  });
  const total = shape.reduce((sum, share) => sum + share, 0);
  const steepness = random.uniform(0.15, 0.4);
  return {
    ...{ types, agents: POOLS.flatMap((_, pool) => drawAgents(pool, random)) },
    ...{ volume: random.uniform(4_000, 7_000), weekend: random.uniform(0.4, 0.8) },
    ...{ hours: shape.map((share) => share / total), busy: shape.map((load) => 1 + steepness * load * load) },
    ...{ outages: drawOutages(random), weather: drawWeather(random) },
  };
}

/** Some stay for all days; others leave, and others come, one about every twelve days. */
function drawAgents(pool: number, random: Random): Agent[] {
  const agents: Agent[] = [];
  const hire = (from: number) => {
    const [slowness, weight] = [random.logNormal(1, 0.25), random.uniform(0.5, 1.5)];
    agents.push({ name: `${POOLS[pool]}-agent-${agents.length + 1}`, pool, slowness, weight, from, to: DAYS });
  };
  for (let i = 6 + random.int(5); i > 0; i--) hire(0);
  for (let day = random.exponential(12); day < DAYS; day += random.exponential(12)) {
    const at = Math.floor(day);
    const there = agents.filter((agent) => agent.to > at);
    if (random.uniform() < 0.5 && there.length > 4) there[random.int(there.length)]!.to = at;
    else hire(at);
  }
  return agents;
}

function drawOutages(random: Random): Outage[] {
  return Array.from({ length: random.int(3) }, () => ({
    ...{ day: random.int(DAYS), firstHour: 7 + random.int(11), hours: 2 + random.int(5) },
    ...{ pool: random.uniform() < 0.5 ? random.int(POOLS.length) : null, factor: random.uniform(2, 6) },
  }));
}

function drawWeather(random: Random): number[] {
  const memory = 0.5;
  const sd = random.uniform(0.015, 0.02);
  let now = random.normal(0, sd);
  return Array.from({ length: DAYS }, () => {
    now = memory * now + random.normal(0, sd * Math.sqrt(1 - memory * memory));
    return Math.exp(now);
  });
}

/** Shares the wanted factor out among task types, agents and hours, and finds how far each must be tilted for its part. */
function tiltFor(world: World, wanted: number, when: Pick<Tilt, 'from' | 'ramp'>, random: Random): Tilt {
  const parts = [random.uniform(0.2, 1), random.uniform(0.1, 0.7), random.uniform(0, 0.3)];
  const all = parts.reduce((sum, part) => sum + part, 0);
  const goal = (part: number) => wanted ** ((parts[part] as number) / all);
  const types = solveTilt(
    world.types.map(({ volume, meanMs }) => ({ weight: volume, size: meanMs })),
    goal(0),
  );
  const hours = solveTilt(
    world.hours.map((share, hour) => ({ weight: share, size: world.busy[hour] as number })),
    goal(2),
  );
  // Agents share the work of their pool, so all pools are tilted by what the largest group of them needs.
  const present = world.agents.filter((agent) => agent.from <= when.from && agent.to > when.from);
  const agents = solveTilt(
    present.map(({ weight, slowness }) => ({ weight, size: slowness })),
    goal(1),
  );
  return { types, agents, hours, ...when };
}

/** The exponent e for which weights × size^e have `goal` times the mean size that weights have; between −6 and 6. */
function solveTilt(of: readonly { weight: number; size: number }[], goal: number): number {
  const meanAt = (exponent: number) => {
    let [sum, weights] = [0, 0];
    for (const { weight, size } of of) {
      const tilted = weight * size ** exponent;
      sum += tilted * size;
      weights += tilted;
    }
    return sum / weights;
  };
  const wanted = meanAt(0) * goal;
  let [low, high] = [-6, 6];
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function drawDay(
  world: World,
  { day, tilt, slowdown }: { day: number; tilt: Tilt; slowdown: number },
  random: Random,
): WorkDay {
  const shifted = Math.min(1, Math.max(0, (day - tilt.from + 1) / (tilt.ramp + 1)));
  const isWeekend = day % 7 >= 5;
  const tasks = world.volume * (isWeekend ? world.weekend : 1) * random.logNormal(1, 0.08);
  const there = world.agents.filter(({ from, to }) => from <= day && day < to);
  const typeShares = shares(
    world.types.map(({ volume, meanMs }) => volume * meanMs ** (tilt.types * shifted) * random.logNormal(1, 0.08)),
  );
  const hourShares = shares(
    world.hours.map((share, hour) => share * (world.busy[hour] as number) ** (tilt.hours * shifted)),
  );
  const rows = new Rows(there, world.types);
  world.types.forEach((type, typeAt) => {
    const agents = there.flatMap((agent, at) => (agent.pool === type.pool ? [{ ...agent, at }] : []));
    const agentShares = shares(agents.map(({ weight, slowness }) => weight * slowness ** (tilt.agents * shifted)));
    for (let hour = 0; hour < HOURS; hour++) {
      const outage = world.outages.find(
        (it) =>
          it.day === day &&
          hour >= it.firstHour &&
          hour < it.firstHour + it.hours &&
          (it.pool ?? type.pool) === type.pool,
      );
      const factor = (world.busy[hour] as number) * (world.weather[day] as number) * slowdown * (outage?.factor ?? 1);
      agents.forEach(({ at, slowness }, i) => {
        const mean = tasks * (typeShares[typeAt] as number) * (hourShares[hour] as number) * (agentShares[i] as number);
        const n = poisson(mean, random);
        const failing = Math.min(0.9, type.failing * (outage ? 5 : 1));
        if (n > 0) rows.add({ at, typeAt, hour }, drawTasks(type, { n, factor: factor * slowness, failing }, random));
      });
    }
  });
  return rows.finish(dayAt(day));
}

function shares(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function drawTasks(
  { meanMs, sigma, costUsd }: TaskType,
  { n, factor, failing }: { n: number; factor: number; failing: number },
  random: Random,
): Partial<Record<WorkCounter, number>> {
  const medianUs = meanMs * 1_000 * factor * Math.exp((-sigma * sigma) / 2);
  let [us, failed] = [0, 0];
  for (let i = 0; i < n; i++) {
    us += random.logNormal(medianUs, sigma);
    if (random.uniform() < failing) failed += 1;
  }
  const responseUs = Math.round(us);
  const costNanoUsd = Math.round(n * costUsd * 1e9 * random.logNormal(1, 0.5 / Math.sqrt(n)));
  return { completed: n - failed, failed, responseCount: n, responseUs, costNanoUsd };
}

/** By multiplication where few are expected, else by the nearest normal. */
function poisson(mean: number, random: Random): number {
  if (mean > 60) return Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean))));
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) n += 1;
  return n;
}

class Rows {
  readonly #workers: Worker[];
  readonly #taskTypes: string[];
  readonly #keys: { at: number; typeAt: number; hour: number }[] = [];
  readonly #counters: Partial<Record<WorkCounter, number>>[] = [];

  constructor(agents: readonly Agent[], types: readonly TaskType[]) {
    this.#workers = agents.map(({ name, pool }) => ({ agent: name, pool: POOLS[pool] as string }));
    this.#taskTypes = types.map(({ name }) => name);
  }

  add(key: { at: number; typeAt: number; hour: number }, counters: Partial<Record<WorkCounter, number>>): void {
    this.#keys.push(key);
    this.#counters.push(counters);
  }

  finish(day: Minute): WorkDay {
    return {
      ...{ day, workers: this.#workers, taskTypes: this.#taskTypes },
      rows: {
        worker: Uint32Array.from(this.#keys, ({ at }) => at),
        taskType: Uint32Array.from(this.#keys, ({ typeAt }) => typeAt),
        hour: Uint8Array.from(this.#keys, ({ hour }) => hour),
      },
      counters: Object.fromEntries(
        workCounters.map((name) => [name, Float64Array.from(this.#counters, (of) => of[name] ?? 0)]),
      ) as Record<WorkCounter, Float64Array>,
    };
  }
}

/** A deploy at the onset of a slowdown, and a few changes at any time that did nothing. */
function drawChanges(onset: number | null, random: Random): FleetChange[] {
  const deploy = (day: number, version: string): FleetChange => ({
    id: version,
    event: { type: 'change', atMs: startOfMinute(dayAt(day)) + random.int(3_600_000), kind: 'deploy', version },
  });
  const harmless = Array.from({ length: 3 }, (_, i) => deploy(random.int(DAYS), `harmless-${i + 1}`));
  return onset === null ? harmless : [...harmless, deploy(onset, 'slower')];
}
