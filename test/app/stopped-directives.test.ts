import { beforeEach, describe, expect, test } from 'vitest';
import { ruleOnDirective } from '../../lib/app/answer-directive.ts';
import { changePolicy, type PolicyRequest } from '../../lib/app/change-policy.ts';
import { type DirectiveFilter, listDirectives } from '../../lib/app/list-directives.ts';
import { readDirective } from '../../lib/app/read-directive.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import type { Directive } from '../../lib/core/remediate/directive.ts';
import { statusAt } from '../../lib/core/remediate/directive-status.ts';
import { directiveForMachines } from '../../lib/core/remediate/directive-wording.ts';
import { directiveOf, routeDirective } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { modesAll } from '../fixtures/modes.ts';

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

const change = (request: PolicyRequest) =>
  changePolicy({ ...stores, modes: modesAll('auto') }, { system: 'default', request, who: ann, atMs: nowMs });
const rule = (id: string, ruling: 'approved' | 'rejected' | 'rolledBack') =>
  ruleOnDirective(
    { ...stores, modes: modesAll('auto') },
    { system: 'default', id, ruling, who: ann, by: 'ann', note: null, atMs: nowMs },
  );
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
    const one = await readDirective(stores, { system: 'default', id: inForce.id }, nowMs);
    expect(one && statusAt(one, nowMs)).toBe('rolled_back');
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

test('of a class that was set to observe nothing can be approved, before the minute job has run again', async () => {
  await change({ modes: { failover: 'observe' } });
  expect(await rule(proposed.id, 'approved')).toEqual({
    ...{ status: 'stopped', why: 'failover is set to observe, which ends what it has proposed' },
    remedy: 'set it to another mode by PUT /v1/policy {"modes": {"failover": "recommend"}}',
  });
  expect((await stores.directives.find('default', proposed.id))?.approved).toBeNull();
  await change({ modes: { failover: 'approve' } });
  expect(await rule(proposed.id, 'approved')).toMatchObject({ status: 'done' });
});

test('what was renewed since it was read is not approved, and says what it is now', async () => {
  const { id } = proposed;
  const approve = (renewedMs: number) =>
    ruleOnDirective(
      { ...stores, modes: modesAll('auto') },
      { system: 'default', id, ruling: 'approved', who: ann, by: 'ann', note: null, atMs: nowMs, renewedMs },
    );
  const renewed = { ...proposed, renewedMs: START_MS + 5_000, summary: 'of more agents' } as Directive;
  await stores.directives.save('default', renewed, [], true, 1);
  expect(await approve(proposed.renewedMs)).toMatchObject({ status: 'renewed', record: { directive: renewed } });
  expect((await stores.directives.find('default', id))?.approved).toBeNull();
  expect(await approve(renewed.renewedMs)).toMatchObject({ status: 'done' });
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

describe('a directive that interrupts a pool', () => {
  const restartOf = (agent: string, pool = 'workers') => {
    const more = { id: `restart ${agent}`, subject: agent, summary: `restart ${agent}`, mode: 'recommend' };
    const asked = directiveOf('restart', START_MS, pool, { agent });
    return {
      ...asked,
      ...more,
      isDisruptive: true,
      inForceMs: null,
      leaseUntilMs: START_MS + 120 * MINUTE_MS,
    } as Directive;
  };
  const at = (minutes: number) => {
    nowMs = START_MS + minutes * MINUTE_MS;
  };
  const isoAt = (minutes: number) => new Date(START_MS + minutes * MINUTE_MS).toISOString();
  beforeEach(async () => {
    for (const agent of ['a', 'b', 'c', 'd']) await stores.directives.save('default', restartOf(agent), [], true, 1);
    await stores.directives.save('default', restartOf('e', 'others'), [], true, 1);
  });

  test('cannot be approved so soon after another was, though the minute job has not heard of that one yet', async () => {
    at(1);
    expect(await rule('restart a', 'approved')).toMatchObject({ status: 'done' });
    at(3);
    expect(await rule('restart b', 'approved')).toEqual({
      status: 'stopped',
      why: 'pool workers was interrupted 2 min ago (restart a): once in 5 min at most',
      remedy: `approve it after ${isoAt(6)}, if it is still called for`,
    });
    // Saying it again changes nothing, another pool is another budget, and what interrupts nothing needs none.
    expect(await rule('restart a', 'approved')).toMatchObject({ status: 'done' });
    expect(await rule('restart e', 'approved')).toMatchObject({ status: 'done' });
    at(6);
    expect(await rule('restart b', 'approved')).toMatchObject({ status: 'done' });
  });

  test('is told in the audit log by what it does and to whom', async () => {
    await rule('restart a', 'approved');
    const entries = await stores.audit.read('default', { fromMs: 0, toMs: nowMs + 1, limit: 10 });
    expect(entries).toMatchObject([
      { target: 'restart a', after: { status: 'active', summary: 'restart a', pool: 'workers', agent: 'a' } },
    ]);
  });

  test('cannot be approved a fourth time within an hour', async () => {
    for (const [i, agent] of ['a', 'b', 'c'].entries()) {
      at(10 * i);
      expect(await rule(`restart ${agent}`, 'approved')).toMatchObject({ status: 'done' });
    }
    at(40);
    expect(await rule('restart d', 'approved')).toEqual({
      status: 'stopped',
      why: 'pool workers was interrupted 3 times within the hour, 3 at most',
      remedy: `approve it after ${isoAt(60)}, if it is still called for`,
    });
    at(60);
    expect(await rule('restart d', 'approved')).toMatchObject({ status: 'done' });
  });
});

test('of two people who approve at the same time the first is in the record, and the audit says so of the second', async () => {
  const { directives } = stores;
  const bob = { kind: 'key' as const, id: 'key_bob', name: 'bob' };
  const approve = { system: 'default', id: proposed.id, ruling: 'approved' as const, note: null, atMs: nowMs };
  // Ann has read what stood there when bob's word comes in between.
  const between = {
    ...directives,
    rule: async (...asked: Parameters<typeof directives.rule>) => {
      await ruleOnDirective({ ...stores, modes: modesAll('auto') }, { ...approve, who: bob, by: 'bob' });
      return directives.rule(...asked);
    },
  };
  const outcome = await ruleOnDirective(
    { ...stores, modes: modesAll('auto'), directives: between },
    { ...approve, who: ann, by: 'ann' },
  );
  expect(outcome).toMatchObject({ status: 'done', record: { approved: { by: 'bob' } } });
  const entries = await stores.audit.read('default', { fromMs: 0, toMs: nowMs + 1, limit: 10 });
  const told = entries.map(({ who, outcome: how, reason = null }) => [who.kind === 'key' ? who.name : '', how, reason]);
  expect(told.sort()).toEqual([
    ['ann', 'refused', 'bob was first'],
    ['bob', 'done', null],
  ]);
});
