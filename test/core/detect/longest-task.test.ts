import { expect, test } from 'vitest';
import { longestTaskUs } from '../../../lib/core/detect/detection-context.ts';
import type { Roster, RosterEntry } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS, type Minute } from '../../../lib/core/model/time.ts';
import { noMarks } from '../../../lib/core/model/work-marks.ts';

const START = 29_000_000;

function withLongest(us: number): RosterEntry {
  const [firstSeenMs, day] = [START * MINUTE_MS, Math.floor(START / 1_440)];
  return {
    ...{ agent: 'w-1', firstSeenMs, lastSeenMs: firstSeenMs, firstBeatMs: null, lastBeat: null },
    ...{ description: null, describedBy: null },
    work: { ...noMarks, longestTask: { day, us, dayBeforeUs: 0 } },
  };
}

function seenAt(minute: Minute, roster: Roster) {
  return { minute, nowMs: (minute + 1) * MINUTE_MS, roster, minutes: new Map() };
}

test('a task longer than any before counts from the next minute on, in a roster that is kept and learns', () => {
  const roster: Roster = new Map([['w-1', withLongest(2_000_000)]]);
  const first = seenAt(START, roster);
  expect(longestTaskUs(first, 'default')).toBe(2_000_000);
  roster.set('w-1', withLongest(90_000_000));
  expect(longestTaskUs(first, 'default')).toBe(2_000_000);
  expect(longestTaskUs(seenAt(START + 1, roster), 'default')).toBe(90_000_000);
});

test('a pool of which no task is known has none', () => {
  expect(longestTaskUs(seenAt(START, new Map()), 'default')).toBeNull();
});
