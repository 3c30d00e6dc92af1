import { beforeEach, describe, expect, test } from 'vitest';
import { auditAnswer } from '../../lib/api/audit-endpoint.ts';
import { changePolicy, type PolicyRequest } from '../../lib/app/change-policy.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { modesAll } from '../fixtures/modes.ts';

const NOW_MS = 29_000_000 * MINUTE_MS;
const who = { kind: 'key' as const, id: 'key_1', name: 'ann' };
const window = { fromMs: NOW_MS, untilMs: NOW_MS + MINUTE_MS, pool: 'support' };

let stores: Stores;
let atMs: number;
beforeEach(() => {
  atMs = NOW_MS;
  stores = storesInMemory(() => atMs);
});

const change = (request: PolicyRequest) => {
  atMs += 1_000;
  return changePolicy({ ...stores, modes: modesAll('approve') }, { system: 's', request, who, atMs });
};
const entries = () => stores.audit.read('s', { fromMs: 0, toMs: atMs + 1, limit: 10 });

describe('a request that changes nothing leaves no line in the audit log, and no news for orchestrators:', () => {
  test.each<{ name: string; before: PolicyRequest[]; request: PolicyRequest }>([
    { name: 'an empty one', before: [], request: {} },
    { name: 'one without a mode', before: [], request: { modes: {} } },
    { name: 'the kill switch off that was never on', before: [], request: { killSwitch: false } },
    { name: 'the kill switch on once more', before: [{ killSwitch: true }], request: { killSwitch: true } },
    { name: 'no maintenance where there is none', before: [], request: { maintenance: [] } },
    { name: 'the same windows', before: [{ maintenance: [window] }], request: { maintenance: [{ ...window }] } },
    { name: 'the same hold-out share', before: [{ holdOutShare: 0.05 }], request: { holdOutShare: 0.05 } },
  ])('$name', async ({ before, request }) => {
    for (const one of before) await change(one);
    const [policy, version] = [await stores.policies.read('s'), await stores.directives.version('s')];
    await change(request);
    expect(await entries()).toHaveLength(before.length);
    expect(await stores.policies.read('s')).toEqual(policy);
    expect(await stores.directives.version('s')).toBe(version);
  });

  test('but to set a mode anew forgives what its class did, and is told', async () => {
    await change({ modes: { route: 'auto' } });
    await change({ modes: { route: 'auto' } });
    expect(await entries()).toHaveLength(2);
  });
});

test('before a change there was what was in force, also where the environment had set it', async () => {
  await change({ modes: { route: 'auto' }, killSwitch: true, promoteUpTo: 'auto', holdOutShare: 0.1 });
  expect(await entries()).toMatchObject([
    { before: { modes: { route: 'approve' }, killSwitch: false, promoteUpTo: 'observe', holdOutShare: 0 } },
  ]);
  await change({ modes: { route: 'observe', scale: 'observe' } });
  const [newest] = await entries();
  expect(newest?.before).toEqual({ modes: { route: 'auto', scale: 'approve' } });
});

test('windows of maintenance are told in the audit log as they are set, those of older entries too', async () => {
  await change({ maintenance: [window] });
  const [entry] = auditAnswer(await entries(), { limit: 10, fromMs: 0, toMs: atMs, before: undefined })[
    'entries'
  ] as Record<string, unknown>[];
  expect(entry).toMatchObject({
    before: { maintenance: [] },
    after: {
      maintenance: [
        { from: new Date(NOW_MS).toISOString(), to: new Date(NOW_MS + MINUTE_MS).toISOString(), pool: 'support' },
      ],
    },
  });
  expect(JSON.stringify(entry)).not.toContain('fromMs');
});
