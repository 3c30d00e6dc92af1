import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { type LendingPool, type Loan, lendAgents } from '../../../../lib/core/remediate/scale/lend-agents.ts';

const NOW = 29_000_000 * MINUTE_MS;

function pool(name: string, more: Partial<LendingPool>): LendingPool {
  const working = more.working ?? 10;
  const idleFirst = Array.from({ length: working }, (_, i) => `${name}-${i + 1}`);
  return { pool: name, lendsTo: [], working, needed: 8, isExhausted: false, isWell: true, idleFirst, ...more };
}

function lend(pools: LendingPool[], loans: Loan[] = [], nowMs = NOW) {
  return lendAgents(new Map(pools.map((it) => [it.pool, it])), loans, nowMs);
}

const short = pool('support', { needed: 13, isExhausted: true });

test('a pool that can do no more borrows a tenth of another at once, the most idle first', () => {
  expect(lend([short, pool('sales', { working: 12, needed: 8, lendsTo: ['support'] })])).toEqual([
    { from: 'sales', to: 'support', agents: ['sales-1'], neededMs: NOW },
  ]);
});

test.each([
  { name: 'may not lend to it', lender: { lendsTo: ['other'] } },
  { name: 'has none to spare', lender: { needed: 12 } },
  { name: 'is exhausted itself', lender: { isExhausted: true } },
  { name: 'has an incident, or does not tell how busy it is', lender: { isWell: false } },
  { name: 'does not know what it needs', lender: { needed: null } },
])('nobody is lent by a pool that $name', ({ lender }) => {
  expect(lend([short, pool('sales', { working: 12, lendsTo: ['support'], ...lender })])).toEqual([]);
});

test('nobody is lent to a pool that still has room', () => {
  const lender = pool('sales', { working: 12, lendsTo: ['support'] });
  expect(lend([pool('support', { needed: 13, isExhausted: false }), lender])).toEqual([]);
});

test('a pool lends three in ten of its agents at most, one in ten a minute, and the next one lends the rest', () => {
  let loans: Loan[] = [];
  for (let minute = 1; minute <= 5; minute++) {
    const lent = (from: string) => loans.find((it) => it.from === from)?.agents.length ?? 0;
    const its = [
      pool('support', { working: 10 + lent('sales') + lent('care'), needed: 16, isExhausted: true }),
      pool('sales', { working: 10 - lent('sales'), needed: 2, lendsTo: ['support'] }),
      pool('care', { working: 12 - lent('care'), needed: 8, lendsTo: ['support'] }),
    ];
    loans = lend(its, loans);
  }
  expect(loans.map(({ from, agents }) => [from, agents.length])).toEqual([
    ['sales', 3],
    ['care', 3],
  ]);
});

const loan: Loan = {
  from: 'sales',
  to: 'support',
  agents: ['sales-1', 'sales-2', 'sales-3'],
  neededMs: NOW - 9 * MINUTE_MS,
};
/** Three of its twelve are away. */
const lender = (needed: number) => pool('sales', { working: 9, needed, lendsTo: ['support'] });
/** With the three. */
const borrower = (needed: number) => pool('support', { working: 13, needed });

test('a loan is kept for ten minutes after the borrower needed it last', () => {
  expect(lend([borrower(10), lender(8)], [loan])).toEqual([loan]);
  expect(lend([borrower(10), lender(8)], [loan], NOW + MINUTE_MS)).toEqual([]);
  expect(lend([borrower(12), lender(8)], [loan])).toEqual([{ ...loan, neededMs: NOW }]);
});

test('what the lender lacks comes back at once, also while the borrower needs it', () => {
  expect(lend([borrower(13), lender(11)], [loan])).toEqual([{ ...loan, agents: ['sales-3'], neededMs: NOW }]);
  expect(lend([borrower(13), lender(12)], [loan])).toEqual([]);
});

test('of two loans that a borrower could each do without, one goes back: the other is needed then', () => {
  const care: Loan = { ...loan, from: 'care', agents: ['care-1', 'care-2', 'care-3'] };
  const its = [borrower(10), lender(8), pool('care', { lendsTo: ['support'] })];
  expect(lend(its, [loan, care], NOW + MINUTE_MS)).toEqual([{ ...care, neededMs: NOW + MINUTE_MS }]);
});

test('what a lender lacks comes back once, of the first of its loans', () => {
  const sales = pool('sales', { working: 9, needed: 11, lendsTo: ['support', 'care'] });
  const toCare: Loan = { ...loan, to: 'care', agents: ['sales-4', 'sales-5', 'sales-6'] };
  expect(lend([borrower(13), sales, pool('care', { needed: 10 })], [loan, toCare])).toEqual([
    { ...loan, agents: ['sales-3'], neededMs: NOW },
    { ...toCare, neededMs: NOW },
  ]);
});

test('a pool that has borrowed does not lend, and a pool that lends does not borrow', () => {
  const chain = [
    pool('support', { working: 13, needed: 10, lendsTo: ['care'] }),
    lender(8),
    pool('care', { needed: 13, isExhausted: true }),
  ];
  expect(lend(chain, [{ ...loan, neededMs: NOW }]).map(({ to }) => to)).toEqual(['support']);
});
