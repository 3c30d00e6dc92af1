import { beforeEach, describe, expect, test } from 'vitest';
import { ruleOnDirective } from '../../lib/app/answer-directive.ts';
import { changePolicy, type PolicyRequest } from '../../lib/app/change-policy.ts';
import { type DirectiveFilter, listDirectives } from '../../lib/app/list-directives.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import type { Directive } from '../../lib/core/remediate/directive.ts';
import { directiveForMachines } from '../../lib/core/remediate/directive-wording.ts';
import { directiveOf, routeDirective } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const START_MS = 29_000_000 * MINUTE_MS;
const ann = { kind: 'key' as const, id: 'key_ann', name: 'ann' };
const inForce = routeDirective(START_MS);
const proposed = { ...directiveOf('failover', START_MS), mode: 'recommend', inForceMs: null } as Directive;

let stores: Stores;
let nowMs: number;
beforeEach(async () => {
  nowMs = START_MS + 10_000;
  stores = storesInMemory(() => nowMs);
  for (const directive of [inForce, proposed]) await stores.directives.save('default', directive, [], true, 1);
});

const change = (request: PolicyRequest) => changePolicy(stores, { system: 'default', request, who: ann, atMs: nowMs });
const rule = (id: string, ruling: 'approved' | 'rejected' | 'rolledBack') =>
  ruleOnDirective(stores, { system: 'default', id, ruling, who: ann, by: 'ann', note: null, atMs: nowMs });
const listed = async (filter: DirectiveFilter = {}) =>
  (await listDirectives(stores, 'default', filter, nowMs)).records.map((record) => directiveForMachines(record, nowMs));
const maintenanceOf = (pool: string | null) => ({
  maintenance: [{ fromMs: START_MS, untilMs: START_MS + MINUTE_MS, pool }],
});

describe('with the kill switch on, before the minute job has run again,', () => {
  beforeEach(() => change({ killSwitch: true }));

  test('what is in force is told as rolled back, as the minute job will write it, and what is proposed stays so', async () => {
    nowMs += 5_000;
    expect(await listed({ status: 'active' })).toEqual([]);
    const since = new Date(START_MS + 10_000).toISOString();
    expect(await listed({ status: 'rolled_back' })).toMatchObject([
      { id: inForce.id, endedBecause: 'the kill switch is on', expiresAt: since },
    ]);
    expect(await listed({ status: 'proposed' })).toMatchObject([{ id: proposed.id }]);
  });

  test('nothing can be approved, and the reason says what to do; to reject and to roll back remain', async () => {
    expect(await rule(proposed.id, 'approved')).toEqual({
      ...{ status: 'stopped', why: 'the kill switch is on' },
      remedy: 'switch it off by PUT /v1/policy {"killSwitch": false}',
    });
    expect((await stores.directives.find('default', proposed.id))?.approved).toBeNull();
    const entries = await stores.audit.read('default', { fromMs: 0, toMs: nowMs + 1, limit: 10 });
    expect(entries.map(({ action }) => action)).toEqual(['policy.change']);
    expect(await rule(proposed.id, 'rejected')).toMatchObject({ status: 'done' });
    expect(await rule(inForce.id, 'rolledBack')).toMatchObject({ status: 'done' });
    // What it is says more than why it is stopped.
    expect(await rule(proposed.id, 'approved')).toEqual({ status: 'conflict', is: 'rejected' });
  });

  test('switched off again, what the minute job has not taken back is in force, and can be approved', async () => {
    await change({ killSwitch: false });
    expect(await listed({ status: 'active' })).toMatchObject([{ id: inForce.id }]);
    expect(await rule(proposed.id, 'approved')).toMatchObject({ status: 'done' });
  });
});

test('the version that orchestrators watch grows with the kill switch and with maintenance, and with nothing else', async () => {
  const versions: number[] = [];
  const requests = [{ killSwitch: true }, { killSwitch: false }, maintenanceOf(null), { modes: { route: 'auto' } }];
  for (const request of requests as PolicyRequest[]) {
    await change(request);
    versions.push(await stores.directives.version('default'));
  }
  expect(versions).toEqual([1, 2, 3, 3]);
});

describe('maintenance', () => {
  test.each([
    { of: 'all pools', pool: null, why: 'pool workers is under maintenance' },
    { of: 'the pool that work comes from', pool: 'workers', why: 'pool workers is under maintenance' },
    { of: 'the pool that it goes to', pool: 'backup', why: 'pool backup is under maintenance' },
  ])('of $of keeps a failover from being approved, until it is over', async ({ pool, why }) => {
    await change(maintenanceOf(pool));
    expect(await rule(proposed.id, 'approved')).toEqual({
      ...{ status: 'stopped', why },
      remedy: `wait until ${new Date(START_MS + MINUTE_MS).toISOString()}, or take the window out of maintenance by PUT /v1/policy`,
    });
    nowMs = START_MS + MINUTE_MS;
    expect(await rule(proposed.id, 'approved')).toMatchObject({ status: 'done' });
  });

  test('of a pool leaves what is in force in others alone', async () => {
    await change(maintenanceOf('backup'));
    expect(await listed({ status: 'active' })).toMatchObject([{ id: inForce.id }]);
    await change(maintenanceOf('workers'));
    expect(await listed({ status: 'active' })).toEqual([]);
  });
});
