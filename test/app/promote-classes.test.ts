import { beforeEach, describe, expect, test } from 'vitest';
import { changePolicy, type PolicyRequest } from '../../lib/app/change-policy.ts';
import { promoteClasses } from '../../lib/app/promote-classes.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../lib/core/model/time.ts';
import type { Mode } from '../../lib/core/remediate/action-class.ts';
import { policyInForce } from '../../lib/core/remediate/policy.ts';
import { routeDirective } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { modesAll } from '../fixtures/modes.ts';

const NOW = 29_000_040 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const modes = modesAll('recommend');
let stores: Stores;
beforeEach(async () => {
  stores = storesInMemory(() => NOW);
  for (let i = 1; i <= 20; i++) {
    const issuedMs = NOW - i * HOUR_MS;
    const from = issuedMs / MINUTE_MS + 2;
    const change = { estimate: -150, low: -250 - i, high: -50 + i, unit: 'ms', n: 100, evidence: [] };
    const effect = { state: 'measured' as const, verdict: 'helped' as const, from, to: from + 10, ...change };
    await stores.directives.save('default', routeDirective(issuedMs, { effect }), [], false, 1);
  }
});

const promote = (promoteUpTo: Mode, atMs = NOW) => promoteClasses({ ...stores, modes, promoteUpTo }, 'default', atMs);
const audit = () => stores.audit.read('default', { fromMs: 0, toMs: NOW + DAY_MINUTES * MINUTE_MS, limit: 10 });

test('a class that earned it goes one mode up, and the audit says that Fleetpulse did it', async () => {
  expect(await promote('auto')).toEqual({ route: 'approve' });
  expect((await stores.policies.read('default'))?.modes.route).toMatchObject({ mode: 'approve', by: 'fleetpulse' });
  expect(await audit()).toMatchObject([
    {
      ...{ action: 'policy.change', outcome: 'done', who: { kind: 'fleetpulse' } },
      ...{ before: { modes: { route: 'recommend' } }, after: { modes: { route: 'approve' } } },
    },
  ]);
});

test('repeating it, or an hour later, takes it no further: each step is earned anew', async () => {
  await promote('auto');
  expect(await promote('auto')).toEqual({});
  expect(await promote('auto', NOW + HOUR_MS)).toEqual({});
});

describe('what people set while the record is read', () => {
  /** Stores that are slow at reading the record, during which people do something. */
  const whileReading = (act: () => Promise<unknown>): Stores => ({
    ...stores,
    directives: {
      ...stores.directives,
      history: async (...args) => {
        await act();
        return stores.directives.history(...args);
      },
    },
  });
  const who = { kind: 'key' as const, id: 'key_1', name: 'ann' };
  const set = (request: PolicyRequest, atMs = NOW + 1) =>
    changePolicy({ ...stores, modes }, { system: 'default', request, who, atMs });
  const promoteWhile = (act: () => Promise<unknown>) =>
    promoteClasses({ ...whileReading(act), modes, promoteUpTo: 'auto' }, 'default', NOW);

  test.each<{ name: string; request: PolicyRequest; stays: string | undefined }>([
    { name: 'a stop', request: { modes: { route: 'observe' } }, stays: 'observe' },
    { name: 'the same mode once more', request: { modes: { route: 'recommend' } }, stays: 'recommend' },
    { name: 'how far classes may go', request: { promoteUpTo: 'recommend' }, stays: undefined },
  ])('stays: $name', async ({ request, stays }) => {
    expect(await promoteWhile(() => set(request))).toEqual({});
    expect((await stores.policies.read('default'))?.modes.route?.mode).toBe(stays);
    expect((await audit()).find(({ who: by }) => by.kind === 'fleetpulse')).toMatchObject({
      ...{ outcome: 'refused', reason: 'it was changed meanwhile' },
    });
  });

  test('of another class keeps none from being promoted', async () => {
    expect(await promoteWhile(() => set({ modes: { scale: 'observe' } }))).toEqual({ route: 'approve' });
    expect(await stores.policies.read('default')).toMatchObject({
      modes: { route: { mode: 'approve', by: 'fleetpulse' }, scale: { mode: 'observe', by: 'ann' } },
    });
  });

  test('forgives also after the class has been promoted', async () => {
    await set({ modes: { route: 'recommend' } }, NOW - 25 * HOUR_MS);
    expect(await promote('auto')).toEqual({ route: 'approve' });
    const changes = await stores.policies.read('default');
    expect(changes?.modes.route).toMatchObject({ by: 'fleetpulse', atMs: NOW });
    expect(policyInForce({ modes }, changes).setMs).toEqual({ route: NOW - 25 * HOUR_MS });
  });
});

test('it goes no further than the environment allows, unless people allow more', async () => {
  expect(await promote('recommend')).toEqual({});
  const who = { kind: 'key' as const, id: 'key_1', name: 'ann' };
  await changePolicy({ ...stores, modes }, { system: 'default', request: { promoteUpTo: 'approve' }, who, atMs: NOW });
  expect(await promote('recommend')).toEqual({ route: 'approve' });
});
