import { expect, test } from 'vitest';
import { livenessAt } from '../../../lib/core/detect/liveness.ts';
import type { HeartbeatState } from '../../../lib/core/model/event.ts';
import type { RosterEntry } from '../../../lib/core/model/roster.ts';

function agentBeating(everyMs: number, state: HeartbeatState = 'ready'): RosterEntry {
  return {
    agent: 'a',
    firstSeenMs: 0,
    lastSeenMs: 0,
    firstBeatMs: -600_000,
    lastBeat: { atMs: 0, state, intervalMs: everyMs, progress: null },
    description: null,
    describedBy: null,
  };
}

test.each([
  { name: 'three beats of 60 s may be missing', everyMs: 60_000, silentMs: 180_000, kind: 'alive' },
  { name: 'a millisecond more is missing', everyMs: 60_000, silentMs: 180_001, kind: 'missing' },
  { name: 'a fast beat has 45 s', everyMs: 1_000, silentMs: 45_000, kind: 'alive' },
  { name: 'after 45 s a fast beat is missing', everyMs: 1_000, silentMs: 45_001, kind: 'missing' },
  { name: 'after a day nobody waits any more', everyMs: 60_000, silentMs: 86_400_001, kind: 'not-expected' },
])('$name', ({ everyMs, silentMs, kind }) => {
  expect(livenessAt(agentBeating(everyMs), silentMs).kind).toBe(kind);
});

test('an agent is missing from the beat that did not come', () => {
  expect(livenessAt(agentBeating(15_000), 60_000)).toEqual({ kind: 'missing', sinceMs: 15_000, silentMs: 60_000 });
});

test.each([
  { state: 'stopped', kind: 'not-expected' },
  { state: 'draining', kind: 'not-expected' },
  { state: 'paused', kind: 'paused' },
  { state: 'busy', kind: 'missing' },
] as const)('an agent that goes quiet while $state is $kind', ({ state, kind }) => {
  expect(livenessAt(agentBeating(15_000, state), 120_000).kind).toBe(kind);
});

test('an agent that never sent a heartbeat is not expected to', () => {
  expect(livenessAt({ ...agentBeating(15_000), lastBeat: null }, 120_000).kind).toBe('not-expected');
});

test('an agent that has just appeared is not missed yet: how late its reports arrive is not known', () => {
  const young = { ...agentBeating(15_000), firstBeatMs: 0 };
  expect(livenessAt(young, 239_000).kind).toBe('alive');
  expect(livenessAt(young, 240_000).kind).toBe('missing');
});

test('an agent whose reports arrive two minutes late is waited for as long, and no longer', () => {
  const lag = { hour: 0, ms: 120_000, hourBeforeMs: 0 };
  const late = { ...agentBeating(15_000), lag };
  expect(livenessAt(late, 150_000).kind).toBe('alive');
  expect(livenessAt(late, 150_001).kind).toBe('missing');
});

test('beats that have always come 50 seconds late are waited for that long', () => {
  const late = { ...agentBeating(15_000), lag: { hour: 0, ms: 50_000, hourBeforeMs: 0 } };
  const beatMs = late.lastBeat?.atMs ?? 0;
  expect(livenessAt(late, beatMs + 80_000).kind).toBe('alive');
  expect(livenessAt(late, beatMs + 80_001)).toMatchObject({ kind: 'missing', sinceMs: beatMs + 15_000 });
});
