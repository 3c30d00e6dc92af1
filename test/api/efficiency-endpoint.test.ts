import { expect, test } from 'vitest';
import { efficiencyAnswer, requireSubject } from '../../lib/api/efficiency-endpoint.ts';
import { agentEfficiency } from '../../lib/core/efficiency/agent-efficiency.ts';
import { addRollup, noWork } from '../../lib/core/efficiency/agent-work.ts';
import { emptyTaskRollup } from '../../lib/core/kpi/task-rollup.ts';

const page = { limit: undefined, cursor: undefined };

function worked(completed: number, failed: number) {
  const rollup = emptyTaskRollup('', '', '');
  Object.assign(rollup.counters, { completed, failed });
  const work = noWork();
  addRollup(work, rollup);
  return work;
}

const rows = agentEfficiency([
  { agent: 'b', work: new Map([['draft', worked(90, 10)]]), skills: { draft: 0.8 } },
  { agent: 'a', work: new Map([['draft', worked(1, 1)]]) },
]);

test('agents are listed in order, with what they declared beside what was measured', () => {
  const answer = efficiencyAnswer('writers', { throughMs: 0, rows }, null, page) as {
    agents: { agent: string; proficiency: { declared: number | null }; successRatio: { value: number; n: number } }[];
  };
  expect(answer.agents.map(({ agent }) => agent)).toEqual(['a', 'b']);
  expect(answer.agents.map(({ proficiency }) => proficiency.declared)).toEqual([null, 0.8]);
  expect(answer.agents[1]?.successRatio).toMatchObject({ n: 100 });
  // One success of two says little: the estimate lies nearer to the pool's nine in ten than to a half.
  expect(answer.agents[0]?.successRatio.value).toBeGreaterThan(0.7);
});

test('a page goes on where the one before ended', () => {
  const first = efficiencyAnswer('writers', { throughMs: 0, rows }, null, { ...page, limit: 1 });
  expect(first['agents']).toMatchObject([{ agent: 'a' }]);
  expect(first['next']).toEqual(expect.any(String));
});

test.each([
  { name: 'before the first hour', throughMs: null, says: '20 minutes after each hour' },
  { name: 'of agents without work', throughMs: 0, says: 'none of its agents' },
])('says why there is nothing $name', ({ throughMs, says }) => {
  expect(efficiencyAnswer('writers', { throughMs, rows: [] }, null, page)['reason']).toContain(says);
});

test('either a pool or an agent must be named', () => {
  expect(() => requireSubject({})).toThrow('name either a pool or an agent');
  expect(() => requireSubject({ pool: 'a', agent: 'b' })).toThrow('name either a pool or an agent');
  expect(requireSubject({ pool: 'a' })).toBeUndefined();
});
