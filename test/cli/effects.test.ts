import { expect, test } from 'vitest';
import { effects } from '../../lib/cli/commands/effects.ts';
import type { DirectiveRow } from '../../lib/cli/directive-row.ts';
import { Service } from '../../lib/cli/service.ts';

const row: DirectiveRow = {
  ...{ id: 'd1', kind: 'route', summary: 'route around a', mode: 'auto', status: 'expired' },
  ...{ issuedAt: '2026-03-02T10:00:00.000Z', expiresAt: '2026-03-02T10:15:00.000Z', undo: 'roll it back' },
  expected: { kpi: 'average_response_time', scope: 'pool:p', direction: 'down', size: 100, unit: 'ms' },
  blastRadius: { pool: 'p', agents: ['a'] },
  effect: { state: 'measured', verdict: 'helped', estimate: -412, low: -530, high: -300, unit: 'ms', n: 90 },
};
const reason = 'another directive of the pool ended within 10 minutes before: failover of p to q';

test('why no change is told stands last, cut to fit, so that rows do not wrap; a change keeps its column', async () => {
  const service = new Service({});
  const unmeasurable = { state: 'measured', verdict: 'unmeasurable', reason } as const;
  const directives = [row, { ...row, effect: unmeasurable }];
  service.get = async <Body>() => ({ version: 1, directives, next: null }) as Body;
  const printed: string[] = [];
  await effects([], {
    ...{ service, env: {}, columns: 190, input: (async function* () {})(), tell: () => {}, write: async () => {} },
    ...{ print: (text) => void printed.push(text), paint: (_, text) => text },
  });
  expect(printed).toHaveLength(4);
  expect(printed[1]).toMatch(/ helped +-412 ms \(-530 to -300\) +90 .* route around a$/);
  expect(printed[2]).toMatch(/ unmeasurable +- +- .* route around a +another directive of .*…$/);
  expect(Math.max(...printed.map(({ length }) => length))).toBeLessThanOrEqual(190);
});
