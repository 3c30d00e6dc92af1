import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Batch } from '../../lib/core/model/batch.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import type { Journal } from '../../lib/ports/journal.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const MINUTE = NOW_MS / 60_000;
const HOUR_MS = 3_600_000;

function batch(id: string, more: Partial<Batch> = {}): Batch {
  return {
    system: 'default',
    id,
    contentHash: `hash of ${id}`,
    bucket: MINUTE,
    receivedAtMs: NOW_MS,
    requestId: `request of ${id}`,
    received: 3,
    sender: 'key_1',
    ignored: {},
    rejected: { invalid_field: 1 },
    events: [
      { type: 'heartbeat', agent: 'a', atMs: NOW_MS + 1, state: 'ready', intervalMs: 60_000 },
      { type: 'heartbeat', agent: 'b', atMs: NOW_MS - 60_000, state: 'busy', intervalMs: 60_000, progress: 3 },
    ],
    ...more,
  };
}

export function journalContract(fresh: FreshStore<Journal>): void {
  test('gives back what was appended, by system and bucket', async () => {
    const { store } = await fresh(NOW_MS);
    const one = batch('one');
    expect(await store.append(one)).toBe('stored');
    await store.append(batch('elsewhere', { bucket: MINUTE + 1 }));
    await store.append(batch('others', { system: 'other' }));
    expect(await store.read('default', MINUTE)).toEqual([one]);
    expect(await store.has('default', MINUTE, 'one')).toBe(true);
    expect(await store.has('default', MINUTE, 'two')).toBe(false);
  });

  test('keeps every field of every event, whole and grouped by type', async () => {
    const { store } = await fresh(NOW_MS);
    const task: FleetEvent = {
      type: 'task',
      agent: 'a',
      task: 't',
      taskType: 'chat',
      status: 'failed',
      endedAtMs: NOW_MS + 0.125,
      responseUs: 5,
      attempt: 2,
      priority: 'high',
      error: { type: 'E', message: 'm' },
      tokens: { input: 1, cachedInput: 2, cacheWrite: 3, output: 4, reasoning: 5 },
    };
    const agent: FleetEvent = { type: 'agent', agent: 'a', pool: 'p', skills: { chat: 0.5 }, params: { fast: true } };
    const sample: FleetEvent = { type: 'sample', agent: 'a', atMs: NOW_MS, active: 0, capacity: 4 };
    await store.append(batch('mixed', { events: [task, agent, sample, { ...task, task: 't2', serviceUs: 4 }] }));
    const [read] = await store.read('default', MINUTE);
    expect(read?.events).toEqual([task, { ...task, task: 't2', serviceUs: 4 }, agent, sample]);
  });

  test('keeps the first of two batches with one id, and says that the other is a duplicate', async () => {
    const { store } = await fresh(NOW_MS);
    await store.append(batch('one'));
    expect(await store.append(batch('one', { requestId: 'second delivery', received: 99 }))).toBe('duplicate');
    expect(await store.read('default', MINUTE)).toEqual([batch('one')]);
  });

  test('tells the repeated write of one request from a second delivery', async () => {
    const { store } = await fresh(NOW_MS);
    await store.append(batch('one'));
    expect(await store.append(batch('one'))).toBe('stored');
  });

  test('keeps a batch of more than 300 KB packed, in one piece as its readers see it', async () => {
    const { store } = await fresh(NOW_MS);
    const events = Array.from({ length: 6_000 }, (_, i): FleetEvent => {
      return {
        type: 'heartbeat',
        agent: randomBytes(60).toString('hex'),
        atMs: NOW_MS + i,
        state: 'ready',
        intervalMs: 60_000,
      };
    });
    const large = batch('large', { events });
    expect(await store.append(large)).toBe('stored');
    expect(await store.read('default', MINUTE)).toEqual([large]);
  });

  test('counts a bucket by minute of receipt without reading its events', async () => {
    const { store } = await fresh(NOW_MS);
    await store.append(batch('one'));
    await store.append(batch('two', { received: 2, rejected: {} }));
    await store.append(batch('later', { receivedAtMs: NOW_MS + 60_000 }));
    const counts = await store.count('default', MINUTE);
    expect(counts.get(`${MINUTE} key_1`)).toEqual({
      received: 5,
      ignored: {},
      rejected: { invalid_field: 1 },
      accepted: new Map([
        [MINUTE, 2],
        [MINUTE - 1, 2],
      ]),
    });
    expect(counts.get(`${MINUTE + 1} key_1`)?.received).toBe(3);
  });

  test('binds a batch id to the content that came first, for 25 hours', async () => {
    const { store } = await fresh(NOW_MS);
    const first = { contentHash: 'first', bucket: MINUTE };
    const second = { contentHash: 'second', bucket: MINUTE + 5 };
    expect(await store.claim('default', 'id', first, NOW_MS)).toEqual(first);
    expect(await store.claim('default', 'id', second, NOW_MS + 25 * HOUR_MS)).toEqual(first);
    expect(await store.claim('other', 'id', second, NOW_MS)).toEqual(second);
    expect(await store.claim('default', 'id', second, NOW_MS + 27 * HOUR_MS)).toEqual(second);
  });

  test('lists the marks of late batches until they are cleared or a day old', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    const marks = [
      { bucket: MINUTE - 30, batchId: 'x' },
      { bucket: MINUTE - 30, batchId: 'y' },
    ];
    for (const mark of marks) await store.markDirty('default', mark, NOW_MS);
    expect(await store.dirtyMarks('default')).toEqual(marks);
    await store.clearDirty('default', marks.slice(0, 1));
    expect(await store.dirtyMarks('default')).toEqual(marks.slice(1));
    setNow(NOW_MS + 27 * HOUR_MS);
    expect(await store.dirtyMarks('default')).toEqual([]);
  });

  test('keeps a large batch as it was stored first, though less of a later delivery is acceptable', async () => {
    const { store } = await fresh(NOW_MS);
    const events = Array.from({ length: 9_000 }, (_, i): FleetEvent => {
      const agent = randomBytes(40).toString('base64url').replaceAll('_', '-');
      return { type: 'heartbeat', agent, atMs: NOW_MS + i, state: 'ready', intervalMs: 60_000 };
    });
    const first = batch('large', { events, received: 9_000 });
    expect(await store.append(first)).toBe('stored');
    const later = { ...first, requestId: 'another request', events: events.slice(1) };
    expect(await store.append(later)).toBe('duplicate');
    expect(await store.read('default', MINUTE)).toEqual([first]);
  });
}
