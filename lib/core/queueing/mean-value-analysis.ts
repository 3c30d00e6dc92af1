/** A station of a closed queueing network with one class of customers. */
export interface Station {
  /** Mean visits to it in one cycle of a customer, 0 or more. */
  visits: number;
  /** Mean time at work of one visit, above 0. */
  serviceTime: number;
  /** Servers that share one queue, 1 or more; 'delay' where nobody waits for another (thinking). */
  servers: number | 'delay';
}

export interface NetworkPerformance {
  /** Cycles a unit of time. */
  throughput: number;
  /** Mean time of one cycle, delays included. */
  cycleTime: number;
  stations: {
    /** Customers at the station on average, at work or waiting. */
    customers: number;
    /** Mean time of one visit. */
    responseTime: number;
    /** Share of the servers at work, 0..1; for a delay the mean number at work. */
    utilization: number;
  }[];
}

/**
 * Exact mean value analysis of a closed network in product form: exponential service where customers wait first come
 * first served. A station of several servers is followed through the probabilities of its first states (Reiser and
 * Lavenberg's load-dependent recursion), of which the empty one comes as what is left.
 * O(customers · servers), summed over the stations; with many servers that are nearly all busy, what is left of the
 * probability of the empty state loses digits: below about 50 servers it does not matter.
 * @param customers whole number, 0 or more
 * @throws RangeError on a parameter out of its range
 * @see Reiser, Lavenberg: Mean-Value Analysis of Closed Multichain Queuing Networks, JACM 27(2), 1980
 * @example analyzeNetwork([{ visits: 1, serviceTime: 1, servers: 1 }, { visits: 1, serviceTime: 1, servers: 1 }], 2) // throughput 2/3
 */
export function analyzeNetwork(stations: readonly Station[], customers: number): NetworkPerformance {
  requireNetwork(stations, customers);
  // Of each station: probability of 0..servers−1 customers at the population before.
  const shares = stations.map(({ servers }) => (servers === 'delay' ? [] : [1, ...new Array(servers - 1).fill(0)]));
  let queues = stations.map(() => 0);
  let responses = stations.map(({ serviceTime }) => serviceTime);
  let throughput = 0;
  for (let population = 1; population <= customers; population += 1) {
    responses = stations.map(({ servers, serviceTime }, index) => {
      if (servers === 'delay') return serviceTime;
      const share = shares[index] ?? [];
      const idle = share.reduce((sum, probability, n) => sum + (servers - 1 - n) * probability, 0);
      return (serviceTime / servers) * (1 + (queues[index] ?? 0) + idle);
    });
    throughput = population / stations.reduce((sum, { visits }, index) => sum + visits * (responses[index] ?? 0), 0);
    queues = stations.map(({ visits }, index) => throughput * visits * (responses[index] ?? 0));
    for (const [index, { visits, serviceTime, servers }] of stations.entries()) {
      const share = shares[index] ?? [];
      if (servers === 'delay') continue;
      const load = throughput * visits * serviceTime;
      for (let n = servers - 1; n >= 1; n -= 1) share[n] = (load / n) * (share[n - 1] ?? 0);
      const partlyBusy = share.reduce((sum, probability, n) => (n === 0 ? sum : sum + (servers - n) * probability), 0);
      share[0] = Math.max(0, 1 - (load + partlyBusy) / servers);
    }
  }
  return {
    throughput,
    cycleTime: throughput === 0 ? 0 : customers / throughput,
    stations: stations.map(({ visits, serviceTime, servers }, index) => ({
      customers: queues[index] ?? 0,
      responseTime: responses[index] ?? 0,
      utilization: (throughput * visits * serviceTime) / (servers === 'delay' ? 1 : servers),
    })),
  };
}

function requireNetwork(stations: readonly Station[], customers: number): void {
  if (!Number.isInteger(customers) || customers < 0) {
    throw new RangeError(`customers must be a whole number, 0 or more; got ${customers}`);
  }
  for (const { visits, serviceTime, servers } of stations) {
    if (!(visits >= 0)) throw new RangeError(`visits must be 0 or more; got ${visits}`);
    if (!(serviceTime > 0)) throw new RangeError(`serviceTime must be above 0; got ${serviceTime}`);
    if (servers !== 'delay' && (!Number.isInteger(servers) || servers < 1)) {
      throw new RangeError(`servers must be a whole number, 1 or more, or 'delay'; got ${servers}`);
    }
  }
  if (!stations.some(({ visits }) => visits > 0)) throw new RangeError('a network needs a station that is visited');
}
