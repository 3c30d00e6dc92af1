import { createRandom, type Random } from '../../lib/sim/random.ts';

/** A station of a random network; what one job asks of it is known. */
export interface NetworkStation {
  kind: 'pool' | 'tool';
  id: string;
  servers: number;
  /** Of a pool: agents that its servers are spread over. */
  agents: number;
  /** Steps that one job takes at it; of a tool, calls. */
  visits: number;
  meanS: number;
}

/** A queueing network with a known answer: the station with the largest demand per server. */
export interface Network {
  seed: number;
  /** `tool` is called by the steps of some pools, which hold their slot meanwhile. */
  stations: NetworkStation[];
  /** Pools in the order in which a job visits them, and how often each step calls the tool. */
  steps: { pool: string; calls: number }[];
  arrivals: { kind: 'open'; perMinute: number } | { kind: 'closed'; customers: number; thinkS: number };
  service: 'exponential' | 'lognormal' | 'deterministic';
  truth: { kind: 'pool' | 'tool'; id: string };
  /** Demand per server of the first ÷ that of the second. */
  margin: number;
}

export const WARM_UP_MINUTES = 5;
export const WINDOW_MINUTES = 25;

/**
 * A random network: 2 to 5 pools of 1 to 12 servers, each visited once or twice by a job, open (the busiest station at 0.75
 * to 0.95) or closed (1.5 to 4 times as many customers as its knee, with and without thinking).
 * @param of `tool`: one more station, a tool with 1 to 3 servers or, every third time, without a limit
 * @param margin the least ratio of the two largest demands per server; up to three times as much is drawn
 */
export function randomNetwork(seed: number, of: { tool: boolean; margin: number; most?: number }): Network {
  const random = createRandom(seed, of.tool ? 'tool network' : 'network');
  const perMinute = random.uniform(60, 110);
  const isOpen = random.uniform() < 0.5;
  const first = isOpen ? random.uniform(0.75, 0.95) : 1;
  const pools = Array.from({ length: 2 + random.int(4) }, (_, i) => drawPool(random, `pool-${i + 1}`));
  const isLimited = of.tool && random.int(3) > 0;
  const isToolFirst = isLimited && random.uniform() < 0.7;
  const contenders: { servers: number }[] = [...pools];
  const steps = shuffled(
    pools.flatMap(({ id, visits }) => Array.from({ length: visits }, () => ({ pool: id, calls: 0 }))),
    random,
  );
  const callers = new Set(of.tool ? shuffled(pools, random).slice(0, 1 + random.int(2)) : []);
  for (const step of steps) if ([...callers].some(({ id }) => id === step.pool)) step.calls = 1 + random.int(2);
  const calls = steps.reduce((sum, step) => sum + step.calls, 0);
  const tool: NetworkStation = {
    ...{ kind: 'tool', id: 'search', agents: 0, visits: calls, meanS: 0 },
    servers: isLimited ? 1 + random.int(3) : Number.POSITIVE_INFINITY,
  };
  if (isLimited) contenders.push(tool);
  const top = isToolFirst ? contenders.length - 1 : random.int(pools.length);
  const most = of.most ?? of.margin * 3;
  const second = random.uniform(of.margin, most);
  const shares = contenders.map((_, i) => (i === top ? first : first / random.uniform(second, Math.max(second, most))));
  const runnerUp = (top + 1) % contenders.length;
  shares[runnerUp] = first / second;

  // Utilization at the rate of arrivals, of which the mean times follow.
  const toolShare = isLimited ? (shares.at(-1) as number) : 0;
  if (of.tool) {
    tool.meanS = isLimited
      ? (toolShare * tool.servers * 60) / (perMinute * calls)
      : (random.uniform(0.2, 0.6) * ((shares[0] as number) * (pools[0]?.servers ?? 1) * 60)) / (perMinute * calls);
  }
  for (const [i, pool] of pools.entries()) {
    const callsMade = steps.reduce((sum, step) => (step.pool === pool.id ? sum + step.calls : sum), 0);
    const callingS = callsMade * tool.meanS;
    // Where its calls alone would take more, it gets servers enough for them, and as many as wait for the tool.
    const leastS = callingS * 1.15;
    const wantedS = ((shares[i] as number) * pool.servers * 60) / perMinute;
    if (callsMade > 0 && (wantedS < leastS || isToolFirst)) {
      const minutesS = Math.max(wantedS, callingS * random.uniform(1.2, 1.8));
      const least = (minutesS * perMinute) / 60 / (shares[i] as number);
      const needed = Math.ceil(least) + (isToolFirst ? 2 * tool.servers : 0);
      pool.agents = Math.max(pool.agents, Math.ceil(needed / 2));
      pool.servers = pool.agents * Math.max(1, Math.ceil(needed / pool.agents));
      pool.meanS = (minutesS - callingS) / pool.visits;
    } else pool.meanS = (wantedS - callingS) / pool.visits;
  }
  const stations = of.tool ? [...pools, tool] : pools;
  const demands = stations
    .map((station) => ({ station, share: demandS(station, stations, steps) / station.servers }))
    .sort((a, b) => b.share - a.share);
  const [one, two] = [demands[0], demands[1]];
  if (!one || !two) throw new RangeError('a network has two stations at least');
  const totalS = pools.reduce((sum, station) => sum + demandS(station, stations, steps), 0);
  const thinkS = random.uniform() < 0.5 ? 0 : random.uniform(0.2, 2) * totalS;
  return {
    ...{ seed, stations, steps },
    arrivals: isOpen
      ? { kind: 'open', perMinute: (perMinute * first) / ((one.share * perMinute) / 60) }
      : { kind: 'closed', thinkS, customers: Math.ceil(((totalS + thinkS) / one.share) * random.uniform(1.5, 4)) },
    service: (['exponential', 'lognormal', 'deterministic'] as const)[random.int(3)] ?? 'exponential',
    truth: { kind: one.station.kind, id: one.station.id },
    margin: one.share / two.share,
  };
}

/** Time of all visits of one job; of a pool with its calls, as long as they take without waiting. */
function demandS(
  { kind, id, visits, meanS }: NetworkStation,
  stations: readonly NetworkStation[],
  steps: Network['steps'],
): number {
  if (kind === 'tool') return visits * meanS;
  const toolS = stations.find((station) => station.kind === 'tool')?.meanS ?? 0;
  return visits * meanS + steps.reduce((sum, step) => (step.pool === id ? sum + step.calls * toolS : sum), 0);
}

function drawPool(random: Random, id: string): NetworkStation {
  const agents = 1 + random.int(4);
  return { kind: 'pool', id, agents, servers: agents * (1 + random.int(3)), visits: 1 + random.int(2), meanS: 0 };
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items];
  return items.map(() => left.splice(random.int(left.length), 1)[0] as Item);
}
