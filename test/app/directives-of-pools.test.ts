import { beforeEach, describe, expect, test } from 'vitest';
import { ruleOnDirective } from '../../lib/app/answer-directive.ts';
import { listDirectives } from '../../lib/app/list-directives.ts';
import { readDirective } from '../../lib/app/read-directive.ts';
import { readObstacles } from '../../lib/app/read-obstacles.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import type { Directive } from '../../lib/core/remediate/directive.ts';
import { directiveOf } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { modesAll } from '../fixtures/modes.ts';

const NOW = 29_000_000 * MINUTE_MS;
const proposed = (directive: Directive) => ({ ...directive, mode: 'recommend', inForceMs: null }) as Directive;
const failover = proposed(directiveOf('failover', NOW, 'writers'));
const loan = proposed(directiveOf('scale', NOW, 'idle', { pooling: { from: 'idle', to: 'writers', agents: ['i-1'] } }));
const route = proposed(directiveOf('route', NOW, 'writers'));

let stores: Stores;
beforeEach(async () => {
  stores = storesInMemory(() => NOW);
  for (const directive of [failover, loan, route]) await stores.directives.save('default', directive, [], true, 1);
});

describe('a key for some pools', () => {
  test.each([
    { pools: ['writers'], sees: [failover, loan, route] },
    { pools: ['backup'], sees: [failover] },
    { pools: ['idle', 'others'], sees: [loan] },
    { pools: ['others'], sees: [] },
  ])('$pools sees what sets any of them', async ({ pools, sees }) => {
    const { records } = await listDirectives(stores, 'default', {}, NOW, { pools });
    expect(records.map(({ directive }) => directive.id).sort()).toEqual(sees.map(({ id }) => id).sort());
  });

  test('sees one of them by its id as in the list, and of others not that there is one', async () => {
    const ask = (id: string, pools: string[]) => readDirective(stores, { system: 'default', id }, NOW, { pools });
    expect((await ask(failover.id, ['backup']))?.directive).toEqual(failover);
    expect(await ask(failover.id, ['others'])).toBeNull();
    expect(await ask('nothing', ['others'])).toBeNull();
  });

  const who = { kind: 'key' as const, id: 'key_1', name: 'of pools' };
  const ruleWith = (pools: string[], { id }: Directive, ruling: 'approved' | 'rejected') => {
    const said = { ...{ system: 'default', id, ruling, who, by: 'of pools', note: null }, atMs: NOW };
    return ruleOnDirective({ ...stores, modes: modesAll('auto') }, said, { pools });
  };

  test.each([
    { what: 'a failover into another team’s pool', directive: failover, pools: ['writers'], lacks: ['backup'] },
    { what: 'a failover out of it', directive: failover, pools: ['backup'], lacks: ['writers'] },
    { what: 'a loan of another team’s agents', directive: loan, pools: ['writers'], lacks: ['idle'] },
  ])('does not rule on $what', async ({ directive, pools, lacks }) => {
    for (const ruling of ['approved', 'rejected'] as const)
      expect(await ruleWith(pools, directive, ruling)).toEqual({ status: 'not-of-pools', pools: lacks });
    expect(await stores.directives.find('default', directive.id)).toMatchObject({ approved: null, rejected: null });
    expect(await stores.audit.read('default', { fromMs: 0, toMs: NOW + 1, limit: 10 })).toEqual([]);
  });

  test('is told that it cannot approve what sets other pools too, and nothing else of them', async () => {
    const record = (await stores.directives.find('default', failover.id))!;
    const told = (pools: string[]) =>
      readObstacles({ ...stores, modes: modesAll('observe') }, 'default', record, NOW, { pools });
    expect(await told(['writers'])).toMatchObject([{ why: 'it also concerns backup' }]);
    expect(await told(['writers', 'backup'])).toMatchObject([{ why: expect.stringContaining('set to observe') }]);
  });

  test('rules on what sets its pools only, and knows nothing of the rest', async () => {
    expect(await ruleWith(['writers'], route, 'approved')).toMatchObject({ status: 'done' });
    expect(await ruleWith(['writers', 'backup'], failover, 'approved')).toMatchObject({ status: 'done' });
    expect(await ruleWith(['others'], loan, 'approved')).toEqual({ status: 'unknown' });
  });
});

describe('who obeys for one pool', () => {
  const restart = directiveOf('restart', NOW, 'readers');
  const tool = {
    ...directiveOf('breaker', NOW, 'readers'),
    id: 'of-a-tool',
    params: { tool: 'search', state: 'open', probeFraction: 0.01 },
  } as Directive;
  const lent = directiveOf('scale', NOW, 'readers', { pooling: { from: 'readers', to: 'writers', agents: ['r-1'] } });

  test.each([
    { target: 'readers', hears: [restart, tool, lent] },
    { target: 'writers', hears: [failover, loan, route, lent] },
    { target: 'search', hears: [tool] },
    { target: 'a', hears: [restart, route] },
    { target: 'others', hears: [] },
  ])('hears of all that is done to $target: its agents, and what they use, too', async ({ target, hears }) => {
    for (const directive of [restart, tool, lent]) {
      await stores.directives.save('default', { ...directive, id: `${directive.id} of readers` }, [], true, 1);
    }
    const { records } = await listDirectives(stores, 'default', { target }, NOW);
    expect(records.map(({ directive }) => directive.id.split(' ')[0]).sort()).toEqual(hears.map(({ id }) => id).sort());
  });
});
