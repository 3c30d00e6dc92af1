import { expect, test } from 'vitest';
import { agentPoorQuality } from '../../../../lib/core/alert/rules/agent-poor-quality.ts';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { createRandom } from '../../../../lib/sim/random.ts';
import { type Done, JudgedPool, names, START } from '../../../fixtures/judged-minutes.ts';

const agents = names(6);
const graded = (quality: number, n = 6): Done => ({ completed: n, quality: Array.from({ length: n }, () => quality) });
/** Peers between 0.80 and 0.90. */
const well = Object.fromEntries(agents.map((agent, i) => [agent, graded(0.8 + 0.02 * i)]));
const scope = { pool: 'workers', agent: 'w-02' };

function poolAfter(minutes: readonly Record<string, Done>[]): JudgedPool {
  const pool = new JudgedPool(agents);
  for (const minute of minutes) pool.pass({ ...well, ...minute });
  return pool;
}

test('poor answers are told in their third minute, with the first as onset', () => {
  const poor = { 'w-02': graded(0.4) };
  expect(poolAfter([{}, poor, poor]).breaching(agentPoorQuality)).toEqual([]);
  const pool = poolAfter([{}, poor, poor, poor]);
  expect(pool.breaching(agentPoorQuality)).toEqual(['w-02']);
  expect(pool.judge(agentPoorQuality, scope)).toMatchObject({
    verdict: 'breach',
    finding: {
      // 6 at 0.82 and 18 at 0.4; the median of the others is 0.86.
      ...{ value: expect.closeTo(0.505, 9), expected: expect.closeTo(0.86, 9), n: 24, unit: 'quality' },
      onsetMs: (START + 1) * MINUTE_MS,
      impact: { poorTasksPerMinute: 6 },
    },
  });
});

test.each([
  { name: 'a gap of less than 0.15', minute: { 'w-02': graded(0.72) } },
  { name: 'fewer than ten graded tasks', minute: { 'w-02': graded(0.3, 2) } },
  {
    name: 'peers that differ as much',
    minute: Object.fromEntries(agents.map((it, i) => [it, graded(0.2 + 0.15 * i)])),
  },
])('$name is not told', ({ minute }) => {
  expect(poolAfter([minute, minute, minute]).breaching(agentPoorQuality)).toEqual([]);
});

test('half of a pool at once is no agent’s fault', () => {
  const poor = (count: number) => Object.fromEntries(agents.slice(0, count).map((agent) => [agent, graded(0.3)]));
  expect(poolAfter([poor(2), poor(2), poor(2)]).breaching(agentPoorQuality)).toEqual(['w-01', 'w-02']);
  expect(poolAfter([poor(3), poor(3), poor(3)]).breaching(agentPoorQuality)).toEqual([]);
});

test('a normal minute is clear, and one half-way down is not', () => {
  const poor = { 'w-02': graded(0.4) };
  expect(poolAfter([poor, poor, {}]).verdict(agentPoorQuality, 'w-02')).toBe('clear');
  expect(poolAfter([poor, poor, { 'w-02': graded(0.75) }]).verdict(agentPoorQuality, 'w-02')).toBe('unknown');
});

test('a harder task type is compared with itself', () => {
  const proofs: Done = { ...graded(0.5), taskType: 'proof' };
  const pool = new JudgedPool(agents);
  for (let i = 0; i < 4; i++) pool.pass(Object.fromEntries(agents.map((it, j) => [it, j < 4 ? proofs : graded(0.85)])));
  expect(pool.breaching(agentPoorQuality)).toEqual([]);
});

test('a thousand agent-hours of grades that vary by chance tell nothing', () => {
  const random = createRandom(5, 'quality');
  const fleet = names(50);
  const pool = new JudgedPool(fleet);
  const told: string[] = [];
  for (let minute = 0; minute < 20 * 60; minute++) {
    const grades = () =>
      Array.from({ length: random.int(6) }, () => Math.min(1, Math.max(0, random.normal(0.75, 0.2))));
    const done = fleet.map((agent) => [agent, { completed: 8, quality: grades() }]);
    told.push(...pool.pass(Object.fromEntries(done)).breaching(agentPoorQuality));
  }
  expect(told).toEqual([]);
});
