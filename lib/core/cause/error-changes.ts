import { normalTail } from '../detect/normal-tail.ts';
import type { CauseWindow } from './cause-input.ts';
import { poissonRatio } from './scan-statistic.ts';

/** An error that is not as it was. */
export interface ErrorChange {
  signature: string;
  /** new: never in the baseline; rising: more often; spreading: as often, but of more agents. */
  state: 'new' | 'rising' | 'spreading';
  n: number;
  /** From the baseline, at as many tasks. */
  expected: number;
  agents: number;
  agentsBefore: number;
  /** Probability of as many by chance; of a spreading one null. */
  p: number | null;
}

const FEWEST_ERRORS = 3;
const LEAST_RISE = 2;
const MOST_P = 0.001;
/** A spreading error is told by at least so many agents more, and by twice as many. */
const LEAST_AGENTS = 3;

/** @returns those with the most occurrences beyond what is expected first */
export function errorChanges(now: CauseWindow, before: CauseWindow): ErrorChange[] {
  const tasks = ({ cells }: CauseWindow) => cells.reduce((sum, cell) => sum + cell.tasks, 0);
  const scale = tasks(before) === 0 ? now.minutes / before.minutes : tasks(now) / tasks(before);
  const earlier = bySignature(before);
  return [...bySignature(now)]
    .flatMap(([signature, { n, agents }]): ErrorChange | [] => {
      const past = earlier.get(signature);
      const expected = (past?.n ?? 0) * scale;
      // Half an error might as well have been in the baseline.
      const p = normalTail(Math.sqrt(2 * poissonRatio(n, expected === 0 ? 0.5 * scale : expected)));
      const found = { signature, n, expected, agents: agents.size, agentsBefore: past?.agents.size ?? 0 };
      if (n < FEWEST_ERRORS) return [];
      if (!past) return p < MOST_P ? { ...found, state: 'new', p } : [];
      if (p < MOST_P && n >= LEAST_RISE * expected) return { ...found, state: 'rising', p };
      const isSpreading = agents.size >= past.agents.size + LEAST_AGENTS && agents.size >= 2 * past.agents.size;
      return isSpreading ? { ...found, state: 'spreading', p: null } : [];
    })
    .sort((a, b) => b.n - b.expected - (a.n - a.expected) || (a.signature < b.signature ? -1 : 1));
}

function bySignature({ errors }: CauseWindow): Map<string, { n: number; agents: Set<string> }> {
  const found = new Map<string, { n: number; agents: Set<string> }>();
  for (const { signature, agent, n } of errors) {
    const its = found.get(signature) ?? { n: 0, agents: new Set<string>() };
    found.set(signature, its);
    its.n += n;
    its.agents.add(agent);
  }
  return found;
}
