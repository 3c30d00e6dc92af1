import { expect, test } from 'vitest';
import { bottleneckName, boundSentence, gainSentence } from '../../../lib/dashboard/flow/bottleneck-words.ts';
import type { Bottleneck } from '../../../lib/dashboard/flow/flow-answers.ts';
import { flowOf, sharesByPool } from '../../../lib/dashboard/flow/flow-pools.ts';

const triage: Bottleneck = {
  ...{ rank: 1, kind: 'pool', id: 'triage', utilization: 0.82, servers: 2, evidence: [], confidence: 0.97 },
  expectedGain: {
    boundPerMin: 50,
    oneMoreAgent: { boundPerMin: 75, gain: 0.5 },
    demandHalved: { boundPerMin: 90, gain: 0.8 },
    next: { kind: 'pool', id: 'writers' },
  },
};
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('a bottleneck is told with what one more agent would bring, and what limits next', () => {
  expect(plain(bottleneckName(triage))).toBe('Pool triage, 82.0 % used');
  expect(plain(gainSentence(triage, 'workflows'))).toBe(
    'One more agent would raise the most that can be done from 50.0 to 75.0 workflows per minute (+50.0 %). With half the demand, pool writers would limit next.',
  );
  const vain = { ...triage, expectedGain: { ...triage.expectedGain!, oneMoreAgent: { boundPerMin: 50, gain: 0 } } };
  expect(gainSentence(vain, 'tasks')).toContain('would not raise');
});

test('of a tool agents do not help: half the demand does', () => {
  const tool = { ...triage, kind: 'tool', expectedGain: { ...triage.expectedGain!, oneMoreAgent: null } };
  expect(plain(gainSentence(tool, 'tasks'))).toMatch(/^Half the demand on it .* to 90.0 tasks per minute \(\+80.0 %\)/);
});

test('a system is told with its bound, or that it is not known', () => {
  const system = { jobs: 'tasks', completed: 300, throughputPerMin: 20, boundPerMin: 50 };
  expect(boundSentence(system)).toBe('Now 20.0 of at most 50.0 tasks per minute.');
  expect(boundSentence({ ...system, boundPerMin: null })).toContain('not known');
});

test('rates of hand-offs are per minute of the window; what comes from outside is an entry', () => {
  const kpi = (value: number, unit: string) => ({ value, n: 10, unit });
  const pool = (name: string) => ({
    ...{ pool: name, agents: 2, state: 'healthy', since: '', why: '' },
    kpis: { overall_throughput: kpi(20, '1/min'), resource_utilization: kpi(0.5, 'ratio') },
  });
  const window = { from: '2026-03-02T10:00:00.000Z', to: '2026-03-02T10:15:00.000Z' };
  const handOffs = [
    { from: null, to: 'intake', tasks: 300, workflows: 300 },
    { from: 'intake', to: 'triage', tasks: 150, workflows: 150 },
    { from: 'triage', to: 'triage', tasks: 15, workflows: 15 },
  ];
  const flow = flowOf(
    [pool('intake'), pool('triage'), pool('alone')],
    undefined,
    { window, types: [], handOffs },
    undefined,
  );
  expect(flow.links).toEqual([{ from: 'intake', to: 'triage', perMin: 10 }]);
  expect([...flow.entries]).toEqual(['intake']);
  expect(flow.pools.map(({ arrivalsPerMin }) => arrivalsPerMin)).toEqual([20, null, null]);
});

test('the time of a workflow type is told by pool', () => {
  const path = [
    { pool: 'a', share: 0.2 },
    { pool: 'b', share: 0.3 },
    { pool: 'a', share: 0.25 },
    { pool: null, share: 0.1 },
  ];
  expect(sharesByPool(path)).toEqual([
    { pool: 'a', share: 0.45 },
    { pool: 'b', share: 0.3 },
  ]);
});
