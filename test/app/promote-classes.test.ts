import { beforeEach, expect, test } from 'vitest';
import { changePolicy } from '../../lib/app/change-policy.ts';
import { promoteClasses } from '../../lib/app/promote-classes.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import { routeDirective } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const NOW = 29_000_040 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'recommend'])) as Record<
  (typeof actionClassNames)[number],
  Mode
>;
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
      ...{ before: { modes: { route: null } }, after: { modes: { route: 'approve' } } },
    },
  ]);
});

test('repeating it, or an hour later, takes it no further: each step is earned anew', async () => {
  await promote('auto');
  expect(await promote('auto')).toEqual({});
  expect(await promote('auto', NOW + HOUR_MS)).toEqual({});
});

test('it goes no further than the environment allows, unless people allow more', async () => {
  expect(await promote('recommend')).toEqual({});
  const who = { kind: 'key' as const, id: 'key_1', name: 'ann' };
  await changePolicy(stores, { system: 'default', request: { promoteUpTo: 'approve' }, who, atMs: NOW });
  expect(await promote('recommend')).toEqual({ route: 'approve' });
});
