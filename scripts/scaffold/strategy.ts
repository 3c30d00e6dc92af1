import type { Names, Scaffold } from './scaffold.ts';

export function strategy({ kebab, camel, snake }: Names): Scaffold {
  return {
    files: {
      [`lib/core/recommend/strategies/${kebab}.ts`]: `import type { WorkflowTask } from '../../workflow/workflow-task.ts';
import { blockEstimate, gainOf, probabilityAbove, scaled } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { Strategy } from '../strategy.ts';
import { percent } from '../words.ts';

const LEAST_TASKS = 100;
const LEAST_SHARE = 0.5;
/** How sure it must be that the share is more than half of that. */
const LEAST_CONFIDENCE = 0.95;

/** Here: half of a pool's tasks are cut off at their time limit. Put your own evidence rule. */
export const ${camel}: Strategy = {
  name: '${snake}',
  evaluate(context) {
    return [...context.pools.values()].flatMap(({ pool, tasks }) => {
      if (tasks.length < LEAST_TASKS) return [];
      const measured = tasks.map((task) => ({ atMs: task.endUs / 1_000, sum: Number(isCutOff(task)), weight: 1 }));
      const share = blockEstimate(measured, context);
      if (share === null || share.mean < LEAST_SHARE) return [];
      const confidence = probabilityAbove(share, LEAST_SHARE / 2);
      if (confidence < LEAST_CONFIDENCE) return [];
      const perDay = tasks.length * context.perDay;
      return recommendation(
        '${snake}',
        { pool },
        {
          title: \`Give tasks of pool \${pool} more time: \${percent(share.mean)} of them are cut off\`,
          evidence: [\`Of \${tasks.length} tasks \${percent(share.mean)} ended at their time limit.\`],
          expectedGain: gainOf(scaled(share, perDay), 'tasks/day'),
          confidence,
          action: \`Raise the time limit of tasks of pool \${pool}, or make them smaller.\`,
          basis: { tasks: tasks.length, cutOffShare: share.mean },
          measure: { now: share.mean, scale: perDay },
        },
      );
    });
  },
  figure(context, { pool }) {
    const tasks = context.pools.get(pool ?? '')?.tasks ?? [];
    return tasks.length === 0 ? null : tasks.filter(isCutOff).length / tasks.length;
  },
};

function isCutOff({ event }: WorkflowTask): boolean {
  return event.status === 'timeout';
}
`,
      [`test/core/recommend/${kebab}.test.ts`]: `import { expect, test } from 'vitest';
import { ${camel} } from '../../../lib/core/recommend/strategies/${kebab}.ts';
import { agentEntry, observed, task } from './observed-fleet.ts';

/** Two hours of a pool, in which of ten tasks so many are cut off. */
const fleet = (cutOff: number) =>
  observed(
    [agentEntry('lab-1')],
    Array.from({ length: 700 }, (_, i) =>
      task({ agent: 'lab-1', atS: i * 10, workS: 5, status: i % 10 < cutOff ? 'timeout' : 'completed' }),
    ),
  );

test('six of ten tasks are cut off: it says so, with what more time would bring', () => {
  const [found, ...others] = ${camel}.evaluate(fleet(6));
  expect(others).toEqual([]);
  expect(found).toMatchObject({ strategy: '${snake}', scope: { pool: 'lab' }, basis: { tasks: 700, cutOffShare: 0.6 } });
  // 700 tasks in two hours are 8,400 a day.
  expect(found?.expectedGain).toMatchObject({ value: expect.closeTo(5_040, 6), unit: 'tasks/day' });
});

test('one of ten is no reason', () => {
  expect(${camel}.evaluate(fleet(1))).toEqual([]);
});

test('what it has brought is told by the share that is still cut off', () => {
  expect(${camel}.figure(fleet(1), { pool: 'lab' })).toBeCloseTo(0.1, 9);
  expect(${camel}.figure(fleet(1), { pool: 'nobody' })).toBeNull();
});
`,
    },
    lines: [
      { file: 'lib/core/recommend/registry.ts', line: `import { ${camel} } from './strategies/${kebab}.ts';` },
      {
        file: 'lib/core/recommend/registry.ts',
        after: 'performance_culture_development: performanceCultureDevelopment,',
        line: `  ${snake}: ${camel},`,
      },
      {
        file: 'lib/core/recommend/recommendation.ts',
        after: 'export const strategyTraits = {',
        line: `  ${snake}: { horizon: 'medium', tellsOf: 'optimization_suggestion' },`,
      },
      {
        file: 'bench/recommendations/conditions.ts',
        after: "'capacity_planning',",
        line: `  '${snake}',`,
      },
      {
        file: 'docs/recommendations.md',
        after: '| **medium** | | |',
        line: `| \`${snake}\` | Half of a pool's tasks, of 100 or more, are cut off at their time limit | tasks a day that are not cut off |`,
      },
    ],
    scripts: ['alert-rules'],
    next: [
      `the evidence rule in lib/core/recommend/strategies/${kebab}.ts`,
      'its horizon and what it is good for, in strategyTraits of lib/core/recommend/recommendation.ts',
      'its evidence rule in docs/recommendations.md',
      'a condition in bench/recommendations/conditions.ts instead of its name in notSimulated: then npm run bench -- recommendations says how often it is right',
    ],
  };
}
