/** Events of a stretch of time that count for a budget; of an amount, what was spent and on how many tasks. */
export interface EventCounts {
  /** Events that missed the objective; of an amount, what was spent, in millionths of its unit. Whole, from 0. */
  bad: number;
  /** All that count, whole, from `bad`; of an amount the tasks that it was spent on, from 0. */
  total: number;
}

/** What was counted over a number of minutes, which may differ from those asked for by half a slot of what is remembered. */
export interface WindowCounts extends EventCounts {
  minutes: number;
}

/** Windows that end at one moment. */
export interface LookBack {
  /** @param minutes whole, from 1 */
  last(minutes: number): WindowCounts;
  /** The shortest window with so many bad events, or events, in minutes; null where the last six hours have fewer. */
  holding(count: number, of: 'bad' | 'total'): number | null;
}

/** bad ÷ total; null of no events. */
export function errorRatio({ bad, total }: EventCounts): number | null {
  return total === 0 ? null : bad / total;
}

/** Whether more than a share of the events was bad; never of no events. */
export function exceeds({ bad, total }: EventCounts, ratio: number): boolean {
  return total > 0 && bad > ratio * total;
}
