import { describe, expect, test } from 'vitest';
import { type BucketCount, balanceLedger, emptyLedgerPage } from '../../../lib/core/ledger/ledger.ts';

const R = 1_000;
const ACCOUNT = `${R} key_1`;
const count = (accepted: [number, number][], rejected = 0): BucketCount => ({
  received: accepted.reduce((sum, [, n]) => sum + n, rejected),
  ignored: {},
  rejected: rejected > 0 ? { invalid_field: rejected } : {},
  accepted: new Map(accepted),
});

describe('the ledger', () => {
  test('balances when all that was accepted is stored', () => {
    const page = {
      ...emptyLedgerPage(ACCOUNT),
      seen: new Map([
        [
          R,
          count(
            [
              [R - 1, 3],
              [R, 4],
            ],
            2,
          ),
        ],
      ]),
      stored: new Map([
        [R - 1, 3],
        [R, 4],
      ]),
    };
    expect(balanceLedger([page], new Map(), R)).toEqual({
      received: 9,
      stored: 7,
      pending: 0,
      ignored: {},
      rejected: { invalid_field: 2 },
      duplicate: 0,
      difference: 0,
    });
  });

  test('has as pending what belongs to a minute that is not done', () => {
    const page = {
      ...emptyLedgerPage(ACCOUNT),
      seen: new Map([
        [
          R,
          count([
            [R - 1, 3],
            [R, 4],
          ]),
        ],
      ]),
      stored: new Map([[R - 1, 3]]),
    };
    expect(balanceLedger([page], new Map(), R - 1)).toMatchObject({
      received: 7,
      stored: 3,
      pending: 4,
      difference: 0,
    });
  });

  test('has as pending what the minute job has not read yet', () => {
    const page = { ...emptyLedgerPage(ACCOUNT), seen: new Map([[R, count([[R, 4]])]]), stored: new Map([[R, 4]]) };
    const live = new Map([[R, new Map([[ACCOUNT, count([[R, 9]])]])]]);
    expect(balanceLedger([page], live, R)).toMatchObject({ received: 9, stored: 4, pending: 5, difference: 0 });
  });

  test('counts duplicates and refused requests, which left nothing in the journal', () => {
    const page = { ...emptyLedgerPage(ACCOUNT), unjournaled: { duplicate: 10, ignored: {}, rejected: { too_old: 2 } } };
    const balance = balanceLedger([page], new Map(), R);
    expect(balance).toMatchObject({
      received: 12,
      duplicate: 10,
      ignored: {},
      rejected: { too_old: 2 },
      difference: 0,
    });
  });

  test.each([
    { name: 'lost', stored: 3, difference: 1 },
    { name: 'counted twice', stored: 5, difference: -1 },
  ])('shows an event that was $name on the way to the rollups', ({ stored, difference }) => {
    const page = { ...emptyLedgerPage(ACCOUNT), seen: new Map([[R, count([[R, 4]])]]), stored: new Map([[R, stored]]) };
    expect(balanceLedger([page], new Map(), R)).toMatchObject({ difference });
  });
});
