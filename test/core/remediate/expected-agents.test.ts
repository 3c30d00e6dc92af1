import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RosterEntry } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { expectedAgents, missedAgents } from '../../../lib/core/remediate/expected-agents.ts';

const NOW_MS = 29_000_000 * MINUTE_MS;

/** Minutes ago it appeared, and was last heard of. */
function agent(name: string, appeared: number, heard = 0): RosterEntry {
  const [firstSeenMs, atMs] = [NOW_MS - appeared * MINUTE_MS, NOW_MS - heard * MINUTE_MS];
  return {
    ...{ agent: name, firstSeenMs, firstBeatMs: firstSeenMs, lastSeenMs: atMs, describedBy: null },
    lastBeat: { atMs, state: 'ready', intervalMs: 15_000, progress: null },
    description: { type: 'agent', agent: name, pool: 'w' },
  };
}

const namesOf = (entries: readonly RosterEntry[]) => entries.map((entry) => entry.agent);

test('a pool misses who went within the hour, and nobody who went before', () => {
  const entries = [agent('a', 300), agent('b', 300, 20), agent('c', 300, 61)];
  expect(namesOf(missedAgents(entries, NOW_MS))).toEqual(['b']);
  expect(namesOf(expectedAgents(entries, NOW_MS))).toEqual(['a', 'b']);
});

test('each that appeared when another went, or since, takes the place of one', () => {
  const gone = [agent('a', 300, 30), agent('b', 300, 20), agent('c', 300, 10)];
  expect(namesOf(missedAgents([...gone, agent('n', 31)], NOW_MS))).toEqual(['b', 'c']);
  expect(namesOf(missedAgents([...gone, agent('n', 15), agent('m', 14)], NOW_MS))).toEqual(['c']);
  expect(namesOf(missedAgents([...gone, agent('n', 11)], NOW_MS))).toEqual(['b', 'c']);
});

test('who was there before anybody went takes no place', () => {
  expect(namesOf(missedAgents([agent('a', 300, 30), agent('n', 40)], NOW_MS))).toEqual(['a']);
});

test('laws: never more are missed than are gone, and no fewer than are gone beyond those that came', () => {
  const minutes = fc.integer({ min: 5, max: 59 });
  fc.assert(
    fc.property(fc.array(minutes, { maxLength: 8 }), fc.array(minutes, { maxLength: 8 }), (gone, came) => {
      const entries = [
        ...gone.map((heard, i) => agent(`g${i}`, 300, heard)),
        ...came.map((ago, i) => agent(`c${i}`, ago)),
      ];
      const missed = missedAgents(entries, NOW_MS).length;
      expect(missed).toBeLessThanOrEqual(gone.length);
      expect(missed).toBeGreaterThanOrEqual(gone.length - came.length);
      const [lastGone, firstCame] = [Math.min(...gone), Math.max(...came)];
      if (lastGone >= firstCame) expect(missed).toBe(Math.max(0, gone.length - came.length));
    }),
  );
});
