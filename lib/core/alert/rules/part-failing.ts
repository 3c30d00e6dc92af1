import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import { badExcess } from '../../detect/excess.ts';
import { badExcessOfPart, EXPLAINING_SHARE } from '../../detect/part-excess.ts';
import { readingOf } from '../../detect/readings-of.ts';
import { type PartRule, partRule, partStanding } from './part-rule.ts';
import { percent } from './pool-rule.ts';

const condition = {
  ...{ timesLevel: 3, leastChange: 0.05, deviation: 4, breachingMinutes: 3, ofMinutes: 5, leastN: 20 },
  ...{ extremeTimes: 3, extremeP: 1e-6 },
};

/** From this share of bad tasks on the service of a pool is interrupted. */
export const INTERRUPTED_SHARE = 0.5;

/** The calls of a tool fail three times as often as usual, and for five calls in a hundred more. */
export const toolFailing = partRule(failing('tool'));
/** The same of a model. */
export const modelFailing = partRule(failing('model'));

/** The tool or model that explains what fails in a pool and is about to be told, if there is one. */
export function isAboutToBeTold(context: DetectionContext, pool: string, expected: number): boolean {
  const subject = figuresAt(context, context.minute)?.pools.get(pool);
  const excess = subject ? badExcess.excess(subject, expected) : 0;
  return [...(figuresAt(context, context.minute)?.parts.values() ?? [])].some(
    ({ kind, name }) =>
      kind !== 'wait' &&
      badExcessOfPart(context, pool, { kind, name }, excess) >= EXPLAINING_SHARE &&
      partStanding(failing(kind), context, name)?.verdict === 'suspect',
  );
}

function failing(of: 'tool' | 'model'): PartRule {
  const One = of === 'tool' ? 'Tool' : 'Model';
  return {
    id: `${of}-failing`,
    ...{ of, kind: 'performance_degradation', series: 'call_failure_ratio', condition, figure: percent },
    isExcusedByPlans: false,
    looksFor: `the calls of a ${of} fail three times as often as usual, and five in a hundred more of them, for most of five minutes; or for one minute, if chance explains that less than once in a million`,
    explainsPool: ({ context, name }, pool) => {
      const expected = readingOf(context, 'error_ratio', 'pool', pool)?.expected ?? null;
      const subject = figuresAt(context, context.minute)?.pools.get(pool);
      if (expected === null || !subject) return false;
      const excess = badExcess.excess(subject, expected);
      return badExcessOfPart(context, pool, { kind: of, name }, excess) >= EXPLAINING_SHARE;
    },
    isPoolWorse: (context, pool) => {
      const { value = 0, expected = null } = readingOf(context, 'error_ratio', 'pool', pool) ?? {};
      // Half of what its own rule asks for.
      return expected !== null && value >= expected + 0.025;
    },
    // It interrupts the pool's service, which is told by this alert then.
    severityFor: (context, pool) => {
      const { value = 0 } = readingOf(context, 'error_ratio', 'pool', pool) ?? {};
      return value >= INTERRUPTED_SHARE ? 'critical' : undefined;
    },
    describe: ({ name, reading, expected }, pools) => ({
      title: `${One} ${name} fails in ${percent(reading.value)} of its calls`,
      why: `Of ${reading.n} calls of the last minute ${percent(reading.value)} failed, and ${percent(expected)} in the hour before. It is used by ${pools}.`,
      impact: { failedCallsPerMinute: Math.round(reading.value * reading.n) },
    }),
  };
}
