import type { OutcomesByType } from './agent-outcomes.ts';
import { SortedValues } from './sorted-values.ts';

/** How good the graded tasks of an agent are compared with those of its pool peers of the same task types. */
export interface QualityGap {
  /** Mean quality, 0..1; of the agent, and of the median peer that had done the same types as often. */
  quality: number;
  peersQuality: number;
  /** How many standard deviations of an agent's mean it is below that. */
  deviations: number;
  /** Graded tasks. */
  n: number;
  peers: number;
}

/** A peer with fewer graded tasks is no measure, and fewer peers are none. */
const MIN_PEER_GRADES = 5;
const MIN_PEERS = 3;
/** The grades of one agent never vary by less: the spread of a few peers may be small by chance. */
const LEAST_GRADE_SPREAD = 0.15;

/**
 * How far below its peers each agent of a pool is in quality, the agent itself left out. The peers' centre is the median of
 * their means and their spread the median absolute deviation, so that a bad peer does not hide an agent. The spread holds
 * what peers differ by and what their samples add to it; an agent with fewer grades than they is allowed more.
 * @param pool agent → what became of its tasks in the judged time
 * @returns null for an agent without graded tasks of a type that enough peers did
 */
export function qualityGapsInPool(pool: ReadonlyMap<string, OutcomesByType>): (agent: string) => QualityGap | null {
  const groups = new Map<string, { means: number[]; grades: number[] }>();
  for (const types of pool.values()) {
    for (const [taskType, { graded, qualityPpm }] of types) {
      if (graded < MIN_PEER_GRADES) continue;
      const group = groups.get(taskType) ?? { means: [], grades: [] };
      groups.set(taskType, group);
      group.means.push(qualityPpm / graded / 1e6);
      group.grades.push(graded);
    }
  }
  const measures = new Map([...groups].map(([taskType, group]) => [taskType, measureOf(group)]));
  return (agent) => {
    let [n, own, expected, variance, peers] = [0, 0, 0, 0, 0];
    for (const [taskType, { graded, qualityPpm }] of pool.get(agent) ?? []) {
      const mean = graded === 0 ? 0 : qualityPpm / graded / 1e6;
      const measure = graded === 0 ? null : measures.get(taskType)?.(graded >= MIN_PEER_GRADES ? mean : null);
      if (!measure) continue;
      n += graded;
      own += qualityPpm / 1e6;
      expected += graded * measure.centre;
      const spread = measure.spread ** 2 * Math.max(1, measure.grades / graded);
      variance += graded ** 2 * Math.max(spread, LEAST_GRADE_SPREAD ** 2 / graded);
      peers = Math.max(peers, measure.peers);
    }
    if (n === 0) return null;
    const [quality, peersQuality] = [own / n, expected / n];
    return { quality, peersQuality, deviations: (peersQuality - quality) / (Math.sqrt(variance) / n), n, peers };
  };
}

function measureOf({ means, grades }: { means: number[]; grades: number[] }) {
  const sorted = new SortedValues(means);
  const typicalGrades = new SortedValues(grades).median(null);
  const deviationsFrom = new Map<number, SortedValues>();
  return (without: number | null) => {
    const peers = sorted.length - (without === null ? 0 : 1);
    if (peers < MIN_PEERS) return null;
    const centre = sorted.median(without);
    const deviations = deviationsFrom.get(centre) ?? sorted.map((mean) => Math.abs(mean - centre));
    deviationsFrom.set(centre, deviations);
    // 1.4826 makes the median absolute deviation estimate the standard deviation of a normal distribution.
    const spread = 1.4826 * deviations.median(without === null ? null : Math.abs(without - centre));
    return { centre, spread, grades: typicalGrades, peers };
  };
}
