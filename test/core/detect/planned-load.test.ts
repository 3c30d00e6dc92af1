import { expect, test } from 'vitest';
import { isPlanned } from '../../../lib/core/detect/planned-load.ts';
import type { ChangeEvent } from '../../../lib/core/model/event.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const MINUTE = 60_000;

function planned(event: Partial<ChangeEvent>, ...[pool]: [string?]): boolean {
  const change = { id: 'c', event: { type: 'change', kind: 'campaign', atMs: NOW - MINUTE, ...event } as ChangeEvent };
  return isPlanned({ changes: [change], nowMs: NOW }, pool);
}

test.each([
  { name: 'a campaign for all pools', event: {}, expected: true },
  { name: 'maintenance', event: { kind: 'maintenance' }, expected: true },
  { name: 'a campaign for this pool', event: { pool: 'writers' }, expected: true },
  { name: 'one for another pool', event: { pool: 'readers' }, expected: false },
  { name: 'a deploy', event: { kind: 'deploy' }, expected: false },
  { name: 'maintenance of one agent', event: { kind: 'maintenance', agent: 'writers-1' }, expected: false },
  { name: 'a campaign that begins later', event: { atMs: NOW + 1 }, expected: false },
  { name: 'one that began just under two hours ago', event: { atMs: NOW - 120 * MINUTE + 1 }, expected: true },
  { name: 'one that began two hours ago', event: { atMs: NOW - 120 * MINUTE }, expected: false },
] as { name: string; event: Partial<ChangeEvent>; expected: boolean }[])('$name: $expected', ({ event, expected }) => {
  expect(planned(event, 'writers')).toBe(expected);
});

test('what is planned for one pool is not planned for the system', () => {
  expect(planned({ pool: 'writers' })).toBe(false);
});
