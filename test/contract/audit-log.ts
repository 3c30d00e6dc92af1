import { expect, test } from 'vitest';
import { type AuditEntry, auditIdOf } from '../../lib/core/model/audit-entry.ts';
import type { AuditLog } from '../../lib/ports/audit-log.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const DAY_MS = 86_400_000;

function entry(atMs: number, unique = 'a', more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: auditIdOf(atMs, unique),
    atMs,
    who: { kind: 'key', id: 'key_1', name: 'ann' },
    action: 'policy.change',
    target: 'policy',
    outcome: 'begun',
    ...more,
  };
}

export function auditLogContract(fresh: FreshStore<AuditLog>): void {
  test('gives back entries of a period, newest first, of each system', async () => {
    const { store } = await fresh(NOW_MS);
    const [first, second, third] = [entry(NOW_MS - 2), entry(NOW_MS - 1), entry(NOW_MS)];
    for (const one of [second, third, first]) await store.write('default', one);
    await store.write('another', entry(NOW_MS - 1, 'b'));
    expect(await store.read('default', { fromMs: NOW_MS - 1, toMs: NOW_MS + 1, limit: 10 })).toEqual([third, second]);
    expect(await store.read('default', { fromMs: 0, toMs: NOW_MS, limit: 10 })).toEqual([second, first]);
    expect(await store.read('nobody', { fromMs: 0, toMs: NOW_MS, limit: 10 })).toEqual([]);
  });

  test('replaces an entry by what has become of it', async () => {
    const { store } = await fresh(NOW_MS);
    await store.write('default', entry(NOW_MS));
    const done = entry(NOW_MS, 'a', { outcome: 'done', before: { killSwitch: null }, after: { killSwitch: true } });
    await store.write('default', done);
    expect(await store.read('default', { fromMs: 0, toMs: NOW_MS + 1, limit: 10 })).toEqual([done]);
  });

  test('is read page by page, across months and within a millisecond, without missing or repeating one', async () => {
    const { store } = await fresh(NOW_MS);
    const entries = [NOW_MS - 70 * DAY_MS, NOW_MS - 35 * DAY_MS, NOW_MS - 35 * DAY_MS, NOW_MS - 1].map((atMs, i) =>
      entry(atMs, `u${i}`),
    );
    for (const one of entries) await store.write('default', one);
    const seen: AuditEntry[] = [];
    for (let before: string | undefined; ; before = seen.at(-1)?.id) {
      const page = await store.read('default', { fromMs: 0, toMs: NOW_MS, limit: 1, before });
      if (page.length === 0) break;
      seen.push(...page);
    }
    expect(seen).toEqual(entries.toReversed());
  });

  test('finds nothing in a period that ends before it begins, or before a place that no entry has', async () => {
    const { store } = await fresh(NOW_MS);
    await store.write('default', entry(NOW_MS));
    expect(await store.read('default', { fromMs: NOW_MS, toMs: NOW_MS - 1_000, limit: 10 })).toEqual([]);
    expect(await store.read('default', { fromMs: 0, toMs: NOW_MS + 1, limit: 10, before: '\u0000' })).toEqual([]);
  });

  test('keeps entries for 400 days', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    await store.write('default', entry(NOW_MS));
    const read = (nowMs: number) => store.read('default', { fromMs: 0, toMs: nowMs, limit: 10 });
    setNow(NOW_MS + 400 * DAY_MS - 1);
    expect(await read(NOW_MS + 400 * DAY_MS - 1)).toHaveLength(1);
    setNow(NOW_MS + 400 * DAY_MS);
    expect(await read(NOW_MS + 400 * DAY_MS)).toEqual([]);
  });
}
