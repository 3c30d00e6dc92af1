import { poolOf } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { figuresAt, type MinuteSeen } from './detection-context.ts';
import { type ExcessMeasure, sharesOfExcess, sumOfSubjects } from './excess.ts';

/** How widely a pool's agents share what is wrong with it. */
export interface Breadth {
  /** Agents that did enough to tell, and those of them that show it. */
  judged: number;
  affected: number;
  /** Agents with the largest share of the excess, at most {@link MOST_CONTRIBUTORS}. */
  contributors: { agent: string; share: number }[];
}

const MOST_CONTRIBUTORS = 5;
/** An agent with fewer tasks does not tell. */
const FEWEST_TASKS = 3;
/** So few agents cannot be compared with each other: whatever is wrong with them is told of their pool. */
const FEWEST_PEERS = 4;
/** From this share of its agents on, what is wrong is the pool's and not its agents'. */
const WIDE_SHARE = 0.5;

/**
 * @param expected level of the pool, in the unit of the measure's series
 * @param since first minute of the run; as far as the look-back goes
 * @param leastShift by so much an agent must be off at least to count as affected
 */
export function breadthIn(
  seen: MinuteSeen,
  pool: string,
  {
    measure,
    expected,
    since,
    leastShift,
  }: { measure: ExcessMeasure; expected: number; since: Minute; leastShift: number },
): Breadth {
  const minutes = Array.from({ length: seen.minute - since + 1 }, (_, i) => figuresAt(seen, since + i));
  const agents = new Map(
    [...sumOfSubjects(minutes, (figures) => figures.agents)].filter(
      ([agent, subject]) => poolOf(seen.roster.get(agent)) === pool && measure.n(subject) > 0,
    ),
  );
  const whole = sumOfSubjects(minutes, (figures) => figures.pools).get(pool);
  const shift = whole ? measure.shift(whole, expected) : 0;
  const judged = [...agents.values()].filter((subject) => measure.n(subject) >= FEWEST_TASKS);
  const least = Math.max(leastShift, shift / 2);
  return {
    judged: judged.length,
    affected: judged.filter((subject) => measure.shift(subject, expected) >= least).length,
    contributors: sharesOfExcess(agents, (subject) => measure.excess(subject, expected))
      .slice(0, MOST_CONTRIBUTORS)
      .map(({ id, share }) => ({ agent: id, share })),
  };
}

export function isPoolWide({ judged, affected }: Breadth): boolean {
  return judged < FEWEST_PEERS || affected >= WIDE_SHARE * judged;
}
