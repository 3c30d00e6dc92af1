import { describe, expect, test } from 'vitest';
import type { LedgerAnswer } from '../../lib/dashboard/answers.ts';
import { ledgerBalance } from '../../lib/dashboard/ledger-words.ts';

const ledger: LedgerAnswer = {
  from: '2026-11-24T10:00:00Z',
  to: '2026-11-24T11:00:00Z',
  received: 0,
  stored: 0,
  pending: 0,
  ignored: {},
  rejected: {},
  duplicate: 0,
  difference: 0,
};

describe('the ledger', () => {
  test('shows the equation, without parts that are 0', () => {
    expect(ledgerBalance({ ...ledger, received: 1_204, stored: 1_180, pending: 24 })).toEqual({
      isBalanced: true,
      equation: '1,204 received = 1,180 stored + 24 pending',
      difference: 'difference 0',
    });
  });

  test('adds up reasons and codes', () => {
    const { equation } = ledgerBalance({
      ...ledger,
      received: 10,
      stored: 1,
      ignored: { late: 2 },
      rejected: { missing_field: 3, invalid_field: 1 },
      duplicate: 3,
    });
    expect(equation).toBe('10 received = 1 stored + 0 pending + 2 ignored + 4 rejected + 3 duplicate');
  });

  test.each([
    [5, '5 unaccounted for'],
    [-5, '5 counted too often'],
  ])('that does not balance by %d says how much', (difference, says) => {
    expect(ledgerBalance({ ...ledger, received: 10, stored: 10 - difference, difference })).toEqual({
      isBalanced: false,
      equation: `10 received ≠ ${10 - difference} stored + 0 pending`,
      difference: says,
    });
  });
});
