import type { PartKind } from '../model/event.ts';
import { type DetectionContext, figuresAt } from './detection-context.ts';
import { timeExcess } from './excess.ts';
import { readingOf } from './readings-of.ts';

/** What a tool, a model or waiting adds to a pool's tasks beyond what is usual. */
export interface PartExcess {
  kind: PartKind;
  name: string;
  /** Of a call: now in this pool, and what it would be at the part's level. */
  callMs: number;
  expectedMs: number;
  /** Of all the time that the pool's tasks take beyond their level; may be above 1 where other parts became quicker. */
  share: number;
}

/**
 * What the extra time of a pool's tasks in the judged minute lies in, by the levels of the parts it uses; the rest is the
 * agents' own work, and calls that are more than usual.
 * @param expected level of the pool's service time, ms
 * @returns the largest share first; nothing where the pool takes no longer than usual
 */
export function timeExcessByPart(context: DetectionContext, pool: string, expected: number): PartExcess[] {
  const figures = figuresAt(context, context.minute);
  const subject = figures?.pools.get(pool);
  const extraUs = subject ? timeExcess.excess(subject, expected) : 0;
  if (!figures || extraUs <= 0) return [];
  return [...figures.parts.values()]
    .flatMap(({ kind, name, pools }): PartExcess | [] => {
      const used = pools.get(pool);
      const reading = readingOf(context, 'call_ms', kind, name);
      if (!used || used.calls === 0 || !reading || reading.expected === null) return [];
      const callMs = used.durationUs / used.calls / 1_000;
      const expectedMs = callMs * (reading.expected / reading.value);
      return { kind, name, callMs, expectedMs, share: ((callMs - expectedMs) * used.calls * 1_000) / extraUs };
    })
    .sort((a, b) => b.share - a.share);
}

/**
 * How much of the tasks that end badly in a pool beyond its level are as many calls of a part that fail beyond theirs.
 * @param expected level of the pool's share of bad tasks
 */
export function badExcessOfPart(
  context: DetectionContext,
  pool: string,
  { kind, name }: Pick<PartExcess, 'kind' | 'name'>,
  excessBad: number,
): number {
  const used = figuresAt(context, context.minute)?.parts.get(`${kind}:${name}`)?.pools.get(pool);
  const reading = readingOf(context, 'call_failure_ratio', kind, name);
  if (!used || !reading || reading.expected === null || excessBad <= 0) return 0;
  return (used.failed - used.calls * reading.expected) / excessBad;
}

/** From this share on a part explains the rest. */
export const EXPLAINING_SHARE = 2 / 3;

export function duration(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(0)} ms`;
}
