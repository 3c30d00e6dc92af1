import type { Names, Scaffold } from './scaffold.ts';

export function rule({ kebab, camel }: Names): Scaffold {
  return {
    files: {
      [`lib/core/alert/rules/${kebab}.ts`]: `import { figuresAt } from '../../detect/detection-context.ts';
import { badTasks } from '../../kpi/bad-tasks.ts';
import { startOfMinute } from '../../model/time.ts';
import type { AlertRule, Assessment } from '../rule.ts';

const condition = { leastShare: 0.95, leastN: 50 };

/** Here: nearly all that a pool does is done again. Put your own condition, and words in which users think. */
export const ${camel}: AlertRule<typeof condition> = {
  id: '${kebab}',
  kind: 'anomaly',
  looksFor: '95 in a hundred of the 50 attempts or more that end in a minute in a pool are not the first',
  condition,
  resolveAfterMinutes: 3,
  cooldownMinutes: 15,
  runbook: 'docs/runbooks.md#${kebab}',
  assess: (context) =>
    [...(figuresAt(context, context.minute)?.pools ?? [])].map(([pool, { counters }]): Assessment => {
      const scope = { pool };
      const n = counters.completed + badTasks(counters);
      if (n < condition.leastN) return { scope, verdict: 'unknown' };
      const share = counters.retries / n;
      if (share < condition.leastShare) return { scope, verdict: 'clear' };
      return {
        scope,
        verdict: 'breach',
        finding: {
          title: \`Pool \${pool} does nearly everything again\`,
          why: \`Of \${n} attempts that ended in the last minute \${counters.retries} were not the first.\`,
          onsetMs: startOfMinute(context.minute),
          ...{ value: share, expected: 0, unit: 'ratio', n },
          impact: { retriesPerMinute: counters.retries },
          ...{ evidence: [], contributors: [], explains: [] },
        },
      };
    }),
};
`,
      [`test/core/alert/rules/${kebab}.test.ts`]: `import { expect, test } from 'vitest';
import { ${camel} } from '../../../../lib/core/alert/rules/${kebab}.ts';
import { WatchedFleet } from '../../../fixtures/watched-fleet.ts';

/** Agents of the pool do 20 tasks a minute, of which so many are not first attempts. */
const after = (retries: number) => new WatchedFleet({ writers: 4 }).pass(1, { work: () => ({ tasks: 20, retries }) });

test.each([
  ['fires when nearly everything is done again', 20, 'breach'],
  ['is clear when half of it is', 10, 'clear'],
])('%s', (_name, retries, expected) => {
  expect(after(retries).verdicts(${camel})).toEqual({ writers: expected });
});

test('says of the pool how much it is, and of how many', () => {
  expect(after(20).alert('${kebab}')).toMatchObject({ scope: { pool: 'writers' }, value: 1, n: 80, severity: 'medium' });
});
`,
    },
    lines: [
      { file: 'lib/core/alert/rules/registry.ts', line: `import { ${camel} } from './${kebab}.ts';` },
      {
        file: 'lib/core/alert/rules/registry.ts',
        after: '...[poolOversized, versionBetter],',
        line: `  ${camel},`,
      },
      {
        file: 'lib/core/remediate/playbook.ts',
        after: 'export const playbook: Readonly<Record<string, readonly Play[]>> = {',
        line: `  '${kebab}': [],`,
      },
      {
        file: 'docs/runbooks.md',
        after: '# Runbooks',
        line: `
## ${kebab}
*Medium, \`anomaly\`.* Nearly all attempts of a pool are not the first.
1. Which error do the first attempts end with? \`npm run -s cli -- tasks\` shows it.`,
      },
    ],
    scripts: ['alert-rules'],
    next: [
      `the condition in lib/core/alert/rules/${kebab}.ts, and its kind, which decides the severity`,
      'its place in lib/core/alert/rules/registry.ts: what is told first explains what comes after',
      'what a directive may do about it, in lib/core/remediate/playbook.ts: nothing, until you say so',
      `what somebody does about it, in docs/runbooks.md#${kebab}`,
    ],
  };
}
