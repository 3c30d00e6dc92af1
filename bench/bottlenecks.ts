import { analyzeNetwork } from './bottlenecks/analyze-network.ts';
import { type Network, randomNetwork } from './bottlenecks/network.ts';

/** The largest demand is this many times the second one at least: of closer ones either may be first by luck. */
const LEAST_MARGIN = 1.15;
const LEAST_FOUND = 0.95;
const SURE = 0.95;

export interface Found {
  network: Network;
  first: { kind: string; id: string } | null;
  isRight: boolean;
  confidence: number | null;
}

/** Random networks, every other one with a tool, and what came first of each. */
export function findBottlenecks(seeds: Iterable<number>, margin: number, most?: number): Found[] {
  return [...seeds].map((seed) => {
    const network = randomNetwork(seed, { tool: seed % 2 === 1, margin, ...(most !== undefined && { most }) });
    const { bottlenecks } = analyzeNetwork(network);
    const [first] = bottlenecks;
    const { kind, id } = network.truth;
    return {
      network,
      first: first ? { kind: first.kind, id: first.id } : null,
      isRight: first?.kind === kind && first.id === id,
      confidence: first?.confidence ?? null,
    };
  });
}

/** The program behind `npm run bench -- bottlenecks [NETWORKS]`. @returns whether all went well */
export function benchBottlenecks(networks: number, print: (line: string) => void): boolean {
  const startedMs = performance.now();
  const found = findBottlenecks(
    Array.from({ length: networks }, (_, i) => i + 1),
    LEAST_MARGIN,
  );
  const groups = Map.groupBy(found, ({ network: { truth, arrivals, stations } }) => {
    const tool = stations.find(({ kind }) => kind === 'tool');
    const by = !tool ? 'pools only' : tool.servers === Number.POSITIVE_INFINITY ? 'a tool without a limit' : 'a tool';
    return `${by}, bottleneck a ${truth.kind}, ${arrivals.kind}`;
  });
  for (const [name, its] of [...groups].sort()) {
    print(`  ${name.padEnd(52)} ${its.filter(({ isRight }) => isRight).length} of ${its.length}`);
  }
  for (const { network, first } of found.filter(({ isRight }) => !isRight)) {
    print(
      `  wrong: network ${network.seed} (margin ${network.margin.toFixed(2)}, ${network.arrivals.kind}): ${network.truth.id}, not ${first?.id ?? 'nothing'}`,
    );
  }
  const ties = findBottlenecks(
    Array.from({ length: networks }, (_, i) => i + 1),
    1,
    1.03,
  );
  const sureTies = ties.filter(({ confidence, isRight }) => !isRight && (confidence ?? 0) >= SURE).length;
  const right = found.filter(({ isRight }) => isRight).length;
  const seconds = (performance.now() - startedMs) / 1_000;
  print(`the true bottleneck first in ${right} of ${networks} networks (at least ${LEAST_FOUND * 100} % wanted)`);
  print(`of ${networks} near ties (within 3 %) ${sureTies} wrong with a confidence of ${SURE} or more`);
  print(`${seconds.toFixed(0)} s`);
  return right >= LEAST_FOUND * networks;
}
