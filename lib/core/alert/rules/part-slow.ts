import type { DetectionContext } from '../../detect/detection-context.ts';
import type { Standing } from '../../detect/level-standing.ts';
import { duration, EXPLAINING_SHARE, type PartExcess, timeExcessByPart } from '../../detect/part-excess.ts';
import { readingOf } from '../../detect/readings-of.ts';
import { type PartRule, partRule, partStanding } from './part-rule.ts';

const condition = {
  ...{ timesLevel: 1.5, leastChange: 0, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 },
  ...{ extremeTimes: 3, extremeP: 1e-6 },
};

/** The calls of a tool take 1.5 times as long as usual. */
export const toolSlow = partRule(slow('tool'));
/** The same of a model. */
export const modelSlow = partRule(slow('model'));

/** How the tool or model that adds to a pool's time stands by the rule about it; null for waiting. */
export function slownessOfPart(context: DetectionContext, { kind, name }: PartExcess): Standing | null {
  return kind === 'wait' ? null : partStanding(slow(kind), context, name);
}

function slow(of: 'tool' | 'model'): PartRule {
  const One = of === 'tool' ? 'Tool' : 'Model';
  return {
    id: `${of}-slow`,
    ...{ of, kind: 'latency_increase', series: 'call_ms', condition, isExcusedByPlans: true, figure: duration },
    looksFor: `the calls of a ${of} take 1.5 times as long as usual for most of five minutes; or three times as long for one minute, if chance explains that less than once in a million`,
    explainsPool: ({ context, name }, pool) => {
      const expected = readingOf(context, 'service_ms', 'pool', pool)?.expected ?? null;
      if (expected === null) return false;
      const parts = timeExcessByPart(context, pool, expected);
      return parts.some((it) => it.kind === of && it.name === name && it.share >= EXPLAINING_SHARE);
    },
    // As of a pool that takes twice as long.
    severityFor: (context, pool) => {
      const { value = 0, expected = null } = readingOf(context, 'service_ms', 'pool', pool) ?? {};
      return expected !== null && value >= 2 * expected ? 'high' : undefined;
    },
    isPoolWorse: (context, pool) => {
      const { value = 0, expected = null } = readingOf(context, 'service_ms', 'pool', pool) ?? {};
      // Half of what its own rule asks for.
      return expected !== null && value >= 1.15 * expected;
    },
    describe: ({ name, reading, expected }, pools) => ({
      title: `${One} ${name} takes ${(reading.value / expected).toFixed(1)} times as long as usual`,
      why: `Over ${reading.n} calls of the last minute a call took ${duration(reading.value)} on average, and ${duration(expected)} in the hour before. It is used by ${pools}.`,
      impact: { callsPerMinute: reading.n },
    }),
  };
}
