import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { type AgentDid, DecidedFleet, each, poolOf } from '../../fixtures/decided-fleet.ts';

const members = poolOf('w', 8, 4);
const well: AgentDid = { completed: 20, serviceMs: 1_000, quality: 0.9 };

function fleet() {
  return new DecidedFleet('route', members);
}

function pass(
  it: ReturnType<typeof fleet>,
  minutes: number,
  did: Record<string, AgentDid>,
  told: Partial<Alert>[] = [],
) {
  for (let i = 0; i < minutes; i++) it.pass({ ...each(members, well), ...did }, told);
  return it;
}

describe('what work led away is expected to do, and is measured by,', () => {
  const worse = (unit: string): Partial<Alert> => ({
    ...{ rule: 'version-worse', title: 'Version 2 is worse', unit, scope: { pool: 'w', version: '2' } },
    explains: [{ agent: 'w-01' }] as never,
  });

  test('is fewer errors around a version that fails, also where it fails fast', () => {
    const it = pass(fleet(), 5, {});
    pass(it, 2, { 'w-01': { completed: 24, failed: 6, serviceMs: 600 } }, [worse('ratio')]);
    expect(it.active).toMatchObject([{ expected: { kpi: 'error_ratio', direction: 'down', unit: 'ratio' } }]);
    expect(it.active[0]?.expected.size).toBeGreaterThan(0.01);
  });

  test('is shorter responses around a version that is slow', () => {
    const it = pass(fleet(), 5, {});
    pass(it, 2, { 'w-01': { completed: 10, serviceMs: 3_000 } }, [worse('ms')]);
    expect(it.active).toMatchObject([{ expected: { kpi: 'average_response_time', direction: 'down', unit: 'ms' } }]);
  });

  test('is better work around an agent whose work is poor, also where it is quick', () => {
    const it = pass(fleet(), 5, {});
    pass(it, 4, { 'w-01': { completed: 30, serviceMs: 500, quality: 0.4 } });
    expect(it.active).toMatchObject([{ expected: { kpi: 'quality_score', direction: 'up' } }]);
    expect(it.active[0]?.expected.size).toBeGreaterThan(0);
  });
});

test('work is led back within the hour to an agent that is slower than its peers by nature', () => {
  const slower = (weight = 1, serviceMs = 1_800) => ({
    'w-02': { completed: Math.max(1, Math.round(11 * weight)), serviceMs },
  });
  const it = pass(pass(fleet(), 5, slower()), 3, slower(0.7, 9_000));
  expect(it.active).toHaveLength(1);
  let minutes = 0;
  for (; it.active.length > 0 && minutes < 100; minutes++) pass(it, 1, slower(it.params[0]?.weights['w-02']));
  expect(minutes).toBeGreaterThan(50);
  expect(minutes).toBeLessThan(70);
  pass(it, 60, slower());
  expect(it.active).toEqual([]);
});

describe('in a pool whose agents send no heartbeats', () => {
  function passBeatless(it: ReturnType<typeof fleet>, minutes: number, did: Record<string, AgentDid>) {
    for (let i = 0; i < minutes; i++) {
      for (const { agent } of members) Object.assign(it.roster.get(agent)!, { lastSeenMs: it.nowMs + 30_000 });
      const all = Object.entries({ ...each(members, well), ...did });
      it.pass(Object.fromEntries(all.map(([agent, one]) => [agent, { ...one, isSilent: true }])));
    }
    return it;
  }

  test('the others take over what one gives up', () => {
    const it = passBeatless(passBeatless(fleet(), 5, {}), 4, { 'w-01': { ...well, quality: 0.4 } });
    const [params] = it.params;
    expect(params?.weights['w-01']).toBeLessThan(0.5);
    expect(params?.weights['w-02']).toBeGreaterThan(1);
    expect(it.active[0]?.blastRadius.capacityShare).toBeCloseTo(1 / 8);
  });

  test('work is led back in steps', () => {
    const it = passBeatless(passBeatless(fleet(), 5, {}), 3, { 'w-01': { completed: 3, serviceMs: 9_000 } });
    const weights = [];
    for (let i = 0; i < 20 && it.active.length > 0; i++) {
      weights.push(it.params[0]?.weights['w-01']);
      passBeatless(it, 1, { 'w-01': { completed: 4, serviceMs: 1_000 } });
    }
    expect(it.active).toEqual([]);
    expect(weights[0]).toBe(0.05);
    expect(new Set(weights).size).toBeGreaterThan(3);
  });
});
