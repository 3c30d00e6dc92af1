import { beforeEach, describe, expect, test } from 'vitest';
import { publishTransitions } from '../../lib/app/publish-transitions.ts';
import type { DirectiveTransition } from '../../lib/core/remediate/directive.ts';
import type { BusMessage, DirectiveMessage } from '../../lib/ports/event-bus.ts';
import { routeDirective } from '../fixtures/directive.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';
import { messageId } from '../fixtures/message-id.ts';

const NOW_MS = 29_000_000 * 60_000;
const MINUTE_MS = 60_000;

let stores: Stores;
let published: BusMessage[];
beforeEach(async () => {
  stores = storesInMemory(() => NOW_MS);
  published = [];
});

const bus = {
  publish: async (messages: readonly BusMessage[]) => {
    published.push(...messages);
  },
};
const publish = (deps: Partial<Stores> & { bus?: typeof bus } = {}) =>
  publishTransitions({ ...stores, bus, ...deps }, 'default', 1);

const issued: DirectiveTransition = { id: 'd-issued', what: 'issued', atMs: NOW_MS };
const measured = { state: 'measured', verdict: 'unmeasurable', reason: 'nobody acknowledged it' } as const;
const ended = { how: 'expired', atMs: NOW_MS, why: 'nothing calls for it any more' } as const;

describe('what happened to directives', () => {
  test('is published once, and orchestrators are told to look', async () => {
    await stores.directives.save('default', routeDirective(NOW_MS), [issued], true, 1);
    const before = await stores.directives.version('default');
    await publish();
    await publish();
    expect(published.map(messageId)).toEqual(['d-issued']);
    expect(await stores.directives.version('default')).toBe(before + 1);
  });

  test('is published again, and orchestrators have been told, when the bus did not take it', async () => {
    await stores.directives.save('default', routeDirective(NOW_MS), [issued], true, 1);
    const before = await stores.directives.version('default');
    const failing = { publish: () => Promise.reject(new Error('the bus is down')) };
    await expect(publish({ bus: failing })).rejects.toThrow('the bus is down');
    expect(await stores.directives.version('default')).toBe(before + 1);
    await publish();
    expect(published.map(messageId)).toEqual(['d-issued']);
  });

  test('carries what is set, and not what only the minute job has to know', async () => {
    const { params, summary, blastRadius } = routeDirective(NOW_MS);
    const more = { was: [{ params, untilMs: NOW_MS }], granted: { params, summary, blastRadius }, changedMs: [NOW_MS] };
    await stores.directives.save('default', routeDirective(NOW_MS, more), [issued], true, 1);
    await publish();
    expect((published as DirectiveMessage[]).map(({ directive }) => directive)).toEqual([routeDirective(NOW_MS)]);
    expect((await stores.directives.find('default', routeDirective(NOW_MS).id))?.directive).toMatchObject(more);
  });

  test('carries the lease that an approval gave, 15 minutes from the approval', async () => {
    const proposed = routeDirective(NOW_MS, { mode: 'approve' });
    await stores.directives.save('default', proposed, [issued], true, 1);
    const approvedMs = NOW_MS + 14 * MINUTE_MS;
    await stores.directives.rule('default', proposed.id, 'approved', { atMs: approvedMs, by: 'ann', note: null });
    await publish();
    expect((published as DirectiveMessage[]).map(({ directive }) => directive.leaseUntilMs)).toEqual([
      approvedMs + 15 * MINUTE_MS,
    ]);
    expect((await stores.directives.find('default', proposed.id))?.directive).toEqual(proposed);
  });

  test.each([
    { name: 'stays open while it is in force', more: {}, open: 1 },
    { name: 'stays open until its effect is measured', more: { ended }, open: 1 },
    { name: 'is closed once it has ended and is measured and told', more: { ended, effect: measured }, open: 0 },
  ])('leaves a directive that $name', async ({ more, open }) => {
    await stores.directives.save('default', routeDirective(NOW_MS, more), [issued], true, 1);
    await publish();
    expect(await stores.directives.open('default')).toHaveLength(open);
  });
});
