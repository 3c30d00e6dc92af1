import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import type { DirectiveOf } from '../../../../lib/core/remediate/directive.ts';
import { levelOf, type OwnStaff, type ScaleStep } from '../../../../lib/core/remediate/scale/scale-history.ts';
import { directiveOf } from '../../../fixtures/directive.ts';

const NOW_MS = 29_000_000 * MINUTE_MS;

const staff = (counts: Partial<OwnStaff>): OwnStaff => ({
  ...{ working: 5, idled: 0, missing: 0, unheard: 0, unplaced: 0, sinceMs: NOW_MS - 60 * MINUTE_MS },
  ...counts,
});

function ordered(desired: number, minutesAgo: number): ScaleStep {
  const issuedMs = NOW_MS - minutesAgo * MINUTE_MS;
  const directive = directiveOf('scale', issuedMs, 'writers', { desired }) as DirectiveOf<'scale'>;
  const since = { issuedMs, sinceMs: issuedMs, refused: null, wasUndone: false };
  return { directive, desired, before: null, ...since };
}

describe('the agents of a pool', () => {
  test('are those that were ordered while they come up, and then those that are there', () => {
    expect(levelOf(staff({}), [ordered(10, 4)], NOW_MS)).toMatchObject({ agents: 10, isSettling: true });
    expect(levelOf(staff({}), [ordered(10, 6)], NOW_MS)).toMatchObject({ agents: 5, isSettling: false });
  });

  test('are also those that have not said yet what they are, as far as they were ordered', () => {
    expect(levelOf(staff({ unplaced: 4 }), [ordered(10, 6)], NOW_MS)).toMatchObject({ agents: 9, out: 0 });
    expect(levelOf(staff({ unplaced: 40 }), [ordered(10, 6)], NOW_MS)).toMatchObject({ agents: 10, out: 0 });
    expect(levelOf(staff({ unplaced: 40 }), [], NOW_MS)).toMatchObject({ agents: 5 });
  });

  test.each([
    { missing: 0, unheard: 2, isInDoubt: false },
    { missing: 0, unheard: 3, isInDoubt: true },
    { missing: 1, unheard: 1, isInDoubt: false },
    { missing: 2, unheard: 1, isInDoubt: true },
  ])('cannot be told where too many are out of sight: $missing missing and $unheard unheard', (more) => {
    const { isInDoubt, ...counts } = more;
    expect(levelOf(staff(counts), [], NOW_MS)).toMatchObject({ isInDoubt });
  });

  test('are not known in the first five minutes of a pool, twelve where somebody has not said what it is', () => {
    const since = (minutes: number) => NOW_MS - minutes * MINUTE_MS;
    expect(levelOf(staff({ sinceMs: since(4) }), [], NOW_MS)).toBeNull();
    expect(levelOf(staff({ sinceMs: since(5) }), [], NOW_MS)).toMatchObject({ agents: 5 });
    expect(levelOf(staff({ sinceMs: since(11), unplaced: 1 }), [], NOW_MS)).toBeNull();
    expect(levelOf(staff({ sinceMs: since(12), unplaced: 1 }), [], NOW_MS)).toMatchObject({ agents: 5 });
  });
});
