import type { Names, Scaffold } from './scaffold.ts';

export function kpi({ kebab, camel, snake }: Names): Scaffold {
  const label = `${kebab[0]?.toUpperCase()}${kebab.slice(1).replaceAll('-', ' ')}`;
  return {
    files: {
      [`lib/core/kpi/${kebab}.ts`]: `import { badTasks } from './bad-tasks.ts';
import type { Kpi } from './kpi.ts';
import { ratioValue } from './kpi-value.ts';

/** Here: the share of attempts that were not the first. Put your own formula, its unit and its denominator. */
export const ${camel}: Kpi = {
  unit: 'ratio',
  better: 'lower',
  formula: 'attempts that are not the first ÷ (completed + failed + timeout + rejected)',
  counts: 'tasks',
  minimumSample: 20,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of: ({ tasks: { counters } }) =>
    ratioValue(counters.retries, counters.completed + badTasks(counters), {
      unit: 'ratio',
      reason: 'no task ended in the window',
    }),
};
`,
    },
    lines: [
      { file: 'lib/core/kpi/registry.ts', line: `import { ${camel} } from './${kebab}.ts';` },
      { file: 'lib/core/kpi/registry.ts', after: 'efficiency_score: efficiencyScore,', line: `  ${snake}: ${camel},` },
      {
        file: 'test/core/kpi/golden-kpis.test.ts',
        after: 'const golden: Record<KpiId, { values: Golden[]; missing: Missing[] }> = {',
        line: `  ${snake}: {
    // 3 of 7 + 2 + 1 attempts.
    values: [{ given: { tasks: { completed: 7, failed: 2, timeout: 1, retries: 3 } }, value: 0.3, n: 10 }],
    missing: [{ given: {}, reason: 'no task ended in the window' }],
  },`,
      },
      {
        file: 'lib/core/benchmark/industry/figure-statistic.ts',
        after: 'const ofKpi: Readonly<Record<KpiId, Statistics>> = {',
        line: `  ${snake}: { share: { unit: 'ratio', of: value } },`,
      },
      {
        file: 'lib/dashboard/kpi-names.ts',
        after: 'const names: Readonly<Record<string, KpiName>> = {',
        line: `  ${snake}: { label: '${label}', counts: 'tasks' },`,
      },
    ],
    scripts: ['kpis'],
    next: [
      `the formula in lib/core/kpi/${kebab}.ts, and figures worked out by hand in test/core/kpi/golden-kpis.test.ts`,
      'its statistics beside published figures (figure-statistic.ts), and its name on the page (kpi-names.ts)',
      'the alert kinds that it drives: what leads to no action is not shown by default',
    ],
  };
}
