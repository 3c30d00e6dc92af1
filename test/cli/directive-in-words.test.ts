import { describe, expect, test } from 'vitest';
import { type DirectiveInFull, directiveInWords, whyNot } from '../../lib/cli/directive-in-words.ts';

describe('why a directive is over, or who said no to it,', () => {
  test.each([
    { it: {}, says: '' },
    { it: { applied: true, ackedBy: 'orch' }, says: '' },
    { it: { applied: false, ackedBy: 'orch', ackNote: 'no rights' }, says: 'orch could not: no rights' },
    { it: { applied: false, ackedBy: 'orch' }, says: 'orch could not' },
    { it: { endedBecause: 'its lease ran out', applied: false, ackedBy: 'orch' }, says: 'its lease ran out' },
    { it: { endedBecause: 'rejected by ann', rejectedNote: 'too late' }, says: 'rejected by ann: too late' },
    { it: { endedBecause: 'rolled back by ann', rolledBackNote: 'no' }, says: 'rolled back by ann: no' },
  ])('of $it is: $says', ({ it, says }) => {
    expect(whyNot(it)).toBe(says);
  });
});

const refused: DirectiveInFull = {
  ...{ id: 'h9-scale-1', kind: 'scale', summary: 'scale research out from 6 to 12 agents', mode: 'auto' },
  ...{ status: 'expired', issuedAt: '2026-03-02T10:00:00.000Z', expiresAt: '2026-03-02T10:02:00.000Z' },
  ...{ applied: false, ackedBy: 'orch', ackedAt: '2026-03-02T10:00:20.000Z', ackNote: 'quota reached' },
  endedBecause: 'orch could not: quota reached (scale research out from 6 to 12 agents)',
  params: { pool: 'research', desired: 12, before: 6 },
  expected: { kpi: 'queue_depth', scope: 'pool:research', direction: 'down', size: 61, unit: 'tasks' },
  blastRadius: { pool: 'research', agents: [] },
  ...{ evidence: ['61 tasks wait'], alerts: ['a1'], undo: 'scale research back to 6 agents' },
  effect: { state: 'measured', verdict: 'unmeasurable', reason: 'it was not applied' },
};

test('one directive is told in full: what it says, why, who said what, how it ended and what it did', () => {
  expect(directiveInWords(refused)).toEqual([
    'directive h9-scale-1 is expired: scale research out from 6 to 12 agents',
    '  scale of pool research, auto',
    '  issued 2026-03-02T10:00:00.000Z, over 2026-03-02T10:02:00.000Z',
    '  ended: orch could not: quota reached (scale research out from 6 to 12 agents)',
    '  not applied by orch at 2026-03-02T10:00:20.000Z: quota reached',
    '  params {"pool":"research","desired":12,"before":6}',
    '  expected: queue_depth of pool:research down by 61.000 tasks',
    '  effect: unmeasurable: it was not applied',
    '  because 61 tasks wait',
    '  answers alert a1',
    '  undo: scale research back to 6 agents',
  ]);
});

test('one that is led back says what it was, and who ruled on it', () => {
  const words = directiveInWords({
    ...{ ...refused, kind: 'route', status: 'active', summary: 'lead work back to a', began: 'route around a' },
    blastRadius: { pool: 'research', agents: ['a'] },
    ...{ approvedBy: 'ann', approvedAt: '2026-03-02T10:00:10.000Z' },
    acknowledgements: [
      { by: 'one', at: '2026-03-02T10:00:20.000Z', applied: false, note: 'not mine' },
      { by: 'other', at: '2026-03-02T10:00:30.000Z', applied: true },
    ],
  });
  expect(words).toEqual(
    expect.arrayContaining([
      'directive h9-scale-1 is active: route around a (by now: lead work back to a)',
      '  route of pool research, agents a, auto',
      '  approved by ann at 2026-03-02T10:00:10.000Z',
      '  not applied by one at 2026-03-02T10:00:20.000Z: not mine',
      '  applied by other at 2026-03-02T10:00:30.000Z',
    ]),
  );
});
