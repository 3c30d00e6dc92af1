import { expect, test } from 'vitest';
import { TooLargeError } from '../../lib/core/model/too-large-error.ts';
import { type Acknowledgement, MOST_WITH_THOSE_WHO_APPLIED } from '../../lib/core/remediate/acknowledgement.ts';
import type { DirectiveOf } from '../../lib/core/remediate/directive.ts';
import type { DirectiveStore } from '../../lib/ports/directive-store.ts';
import { directiveRecord, routeDirective } from '../fixtures/directive.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const HOUR_MS = 3_600_000;

export function directiveStoreContract(fresh: FreshStore<DirectiveStore>): void {
  test('keeps a directive among the open ones until it is saved as closed, and in the history after that', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS);
    const unsent = [{ id: 't', what: 'issued' as const, atMs: NOW_MS }];
    await store.save('default', directive, unsent, true, 1);
    expect(await store.open('default')).toEqual([directiveRecord(directive, { unsent })]);
    const ended = { ...directive, ended: { how: 'expired' as const, atMs: NOW_MS + 1, why: 'over' } };
    await store.save('default', ended, [], false, 1);
    expect(await store.open('default')).toEqual([]);
    expect(await store.find('default', directive.id)).toEqual(directiveRecord(ended));
    expect(await store.open('other')).toEqual([]);
    expect(await store.find('other', directive.id)).toBeNull();
  });

  test('keeps what a later lease holder saved, and keeps it open', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS);
    const renewed = { ...directive, renewedMs: NOW_MS + 60_000 };
    expect(await store.save('default', renewed, [], true, 5)).toBe(true);
    expect(await store.save('default', directive, [], true, 4)).toBe(false);
    expect(await store.save('default', directive, [], false, 4)).toBe(false);
    expect((await store.open('default')).map((record) => record.directive)).toEqual([renewed]);
    expect(await store.save('default', renewed, [], false, 5)).toBe(true);
    expect(await store.open('default')).toEqual([]);
  });

  test('finds the directives issued in a period, newest first', async () => {
    const { store } = await fresh(NOW_MS);
    for (const atMs of [NOW_MS - HOUR_MS, NOW_MS, NOW_MS + 30_000, NOW_MS + HOUR_MS - 60_000, NOW_MS + HOUR_MS]) {
      await store.save(
        'default',
        routeDirective(atMs, { id: `${Math.floor(atMs / 60_000).toString(36)}-${atMs}` }),
        [],
        false,
        1,
      );
    }
    const found = await store.history('default', NOW_MS, NOW_MS + HOUR_MS);
    expect(found.map(({ directive }) => directive.issuedMs - NOW_MS)).toEqual([HOUR_MS - 60_000, 30_000, 0]);
  });

  test('finds lately those that are open, or were issued, ended or measured since, newest first', async () => {
    const { store } = await fresh(NOW_MS);
    const since = NOW_MS - 24 * HOUR_MS;
    const over = { how: 'expired' as const, why: 'over', by: 'lease' };
    const save = (id: string, agoHours: number, isOpen: boolean, more: Partial<DirectiveOf<'route'>> = {}) => {
      const issuedMs = NOW_MS - agoHours * HOUR_MS;
      const minute = Math.floor(issuedMs / 60_000).toString(36);
      return store.save('default', routeDirective(issuedMs, { id: `${minute}-${id}`, ...more }), [], isOpen, 1);
    };
    await save('open', 70, true);
    await save('measured', 60, false, { ended: { ...over, atMs: since - 60_000 }, measuredMs: since });
    await save('ended', 50, false, { ended: { ...over, atMs: since }, measuredMs: since - HOUR_MS });
    await save('over', 40, false, { ended: { ...over, atMs: since - 1 }, measuredMs: since - HOUR_MS });
    await save('issued', 1, false);
    const found = async (system: string) =>
      (await store.recent(system, since)).map(({ directive: { id } }) => id.split('-')[1]);
    expect(await found('default')).toEqual(['issued', 'ended', 'measured', 'open']);
    expect(await found('other')).toEqual([]);
    // What is saved again long after stays as it was.
    await save('over', 40, false, { ended: { ...over, atMs: since - 1 }, later: [] });
    await save('ended', 50, false, { ended: { ...over, atMs: since }, later: [] });
    expect(await found('default')).toEqual(['issued', 'ended', 'measured', 'open']);
  });

  test('finds one lately with what was said of it', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS - 30 * HOUR_MS);
    const ruling = { atMs: NOW_MS - 60_000, by: 'ann', note: null };
    await store.save('default', directive, [], true, 1);
    await store.rule('default', directive.id, 'rolledBack', ruling);
    const ended = { how: 'rolled_back' as const, atMs: ruling.atMs, why: 'rolled back by ann', by: 'person' };
    await store.save('default', { ...directive, ended }, [], false, 1);
    expect(await store.recent('default', NOW_MS - 24 * HOUR_MS)).toMatchObject([
      { directive: { id: directive.id, ended }, rolledBack: ruling },
    ]);
  });

  test('finds nothing in a period that ends before it begins, and everything in one that ends in 2199', async () => {
    const { store } = await fresh(NOW_MS);
    await store.save('default', routeDirective(NOW_MS), [], false, 1);
    expect(await store.history('default', NOW_MS + HOUR_MS, NOW_MS - HOUR_MS)).toEqual([]);
    expect(await store.history('default', NOW_MS - HOUR_MS, Date.parse('2199-12-31T00:00:00Z'))).toHaveLength(1);
    expect(await store.history('default', Date.parse('2150-01-01T00:00:00Z'), NOW_MS + HOUR_MS)).toEqual([]);
  });

  test('keeps what others said when the minute job saves what it read before', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS);
    await store.save('default', directive, [], true, 1);
    const ack = { applied: true, atMs: NOW_MS + 5, by: 'dispatcher', note: null };
    const ruling = { atMs: NOW_MS + 6, by: 'ann', note: 'enough' };
    expect(await store.acknowledge('default', directive.id, ack)).toMatchObject({ ack });
    expect(await store.rule('default', directive.id, 'rolledBack', ruling)).toMatchObject({ rolledBack: ruling });
    await store.save('default', { ...directive, renewedMs: NOW_MS + 60_000 }, [], true, 1);
    expect(await store.find('default', directive.id)).toMatchObject({
      ack,
      rolledBack: ruling,
      directive: { renewedMs: NOW_MS + 60_000 },
    });
  });

  test('keeps the latest acknowledgement of each that spoke, of which one that applied it counts, and the first ruling', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS);
    await store.save('default', directive, [], true, 1);
    const said = (applied: boolean, by: string, atMs = NOW_MS) => ({ applied, atMs, by, note: null });
    const say = async (word: Acknowledgement) => {
      const record = await store.acknowledge('default', directive.id, word);
      expect(await store.find('default', directive.id)).toEqual(record);
      return [record?.ack, record?.acks];
    };
    const [ecs, cannot] = [said(true, 'actuator ecs'), said(false, 'ann (key "__proto__")', NOW_MS + 1)];
    expect(await say(ecs)).toEqual([ecs, [ecs]]);
    expect(await say(cannot)).toEqual([ecs, [ecs, cannot]]);
    const no = said(false, 'actuator ecs', NOW_MS + 2);
    expect(await say(no)).toEqual([no, [cannot, no]]);
    const yes = said(true, 'ann (key "__proto__")', NOW_MS + 3);
    expect(await say(yes)).toEqual([yes, [no, yes]]);
    await store.rule('default', directive.id, 'approved', { atMs: NOW_MS, by: 'first', note: null });
    expect(
      await store.rule('default', directive.id, 'approved', { atMs: NOW_MS, by: 'second', note: null }),
    ).toMatchObject({ approved: { by: 'first' } });
  });

  test('keeps words of so many only that the longest of them take a third of the room that it has', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS);
    await store.save('default', directive, [], true, 1);
    const say = (i: number, applied: boolean) =>
      store.acknowledge('default', directive.id, {
        ...{ applied, atMs: NOW_MS + i, note: '漢'.repeat(500) },
        by: `${`${i}-`.padEnd(128, '漢')} (key ${'漢'.repeat(128)})`,
      });
    for (let i = 0; i < MOST_WITH_THOSE_WHO_APPLIED + 5; i++) {
      await say(i, true);
      await say(i, false);
    }
    const record = await store.acknowledge('default', directive.id, {
      ...{ applied: true, atMs: NOW_MS + 100, by: 'one more', note: null },
    });
    expect(record?.acks).toHaveLength(MOST_WITH_THOSE_WHO_APPLIED);
    expect(record?.acks.map(({ note }) => note?.length)).toEqual(expect.arrayContaining([500, 100]));
    // Names of attributes count too, and name who speaks.
    const bytes = (record?.acks ?? []).map((word) => Buffer.byteLength(JSON.stringify(word) + word.by));
    expect(bytes.reduce((sum, of) => sum + of, 0)).toBeLessThan((400 * 1_024) / 3);
  });

  test('says that a directive is too large, and leaves it as it was', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS);
    await store.save('default', directive, [], true, 1);
    const large = { ...directive, evidence: ['x'.repeat(400 * 1_024)] };
    await expect(store.save('default', large, [], true, 1)).rejects.toThrow(TooLargeError);
    expect((await store.find('default', directive.id))?.directive).toEqual(directive);
  });

  test('keeps the first of a yes and a no', async () => {
    const { store } = await fresh(NOW_MS);
    const directive = routeDirective(NOW_MS, { mode: 'recommend', inForceMs: null });
    await store.save('default', directive, [], true, 1);
    const yes = { atMs: NOW_MS, by: 'first', note: null };
    await store.rule('default', directive.id, 'approved', yes);
    const record = await store.rule('default', directive.id, 'rejected', { ...yes, by: 'second' });
    expect(record).toMatchObject({ approved: yes, rejected: null });
    expect(await store.rule('default', directive.id, 'rolledBack', yes)).toMatchObject({ rolledBack: yes });
  });

  test('has what was approved as it stood then, though a run that did not know of it has taken it further since', async () => {
    const { store } = await fresh(NOW_MS);
    const { params, summary, blastRadius, ...rest } = routeDirective(NOW_MS, { mode: 'recommend', inForceMs: null });
    const of = { params, summary, blastRadius };
    const further = {
      ...of,
      params: { ...params, weights: { a: 0.05, b: 0.05 } },
      summary: 'route around a, b',
      blastRadius: { ...blastRadius, agents: ['a', 'b'] },
    };
    await store.save('default', { ...rest, ...of }, [], true, 1);
    await store.rule('default', rest.id, 'approved', { atMs: NOW_MS + 6, by: 'ann', note: null, of });
    await store.save('default', { ...rest, ...further }, [], true, 1);
    expect((await store.find('default', rest.id))?.directive).toMatchObject(of);
    // What has come into force since goes on as it is renewed.
    await store.save('default', { ...rest, ...further, inForceMs: NOW_MS + 6, granted: of }, [], true, 1);
    expect((await store.find('default', rest.id))?.directive).toMatchObject(further);
  });

  test('says so when there is no such directive, and makes none', async () => {
    const { store } = await fresh(NOW_MS);
    const ack = { applied: true, atMs: NOW_MS, by: 'x', note: null };
    expect(await store.acknowledge('default', 'nothing', ack)).toBeNull();
    expect(await store.rule('default', 'nothing', 'approved', { atMs: NOW_MS, by: 'x', note: null })).toBeNull();
    expect(await store.history('default', 0, NOW_MS + HOUR_MS)).toEqual([]);
  });

  test('counts versions from 0, for each system', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.version('default')).toBe(0);
    await store.bumpVersion('default');
    await store.bumpVersion('default');
    expect(await store.version('default')).toBe(2);
    expect(await store.version('other')).toBe(0);
  });
}
