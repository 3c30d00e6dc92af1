import { type EpochMs, MINUTE_MS } from '../../model/time.ts';

/** A pool, as far as lending concerns it. */
export interface LendingPool {
  pool: string;
  /** Pools that its agents may work in. */
  lendsTo: readonly string[];
  /** Agents that work in it, those that are lent to it included, and lent away not. */
  working: number;
  /** Agents that its work takes; null where that is not known. */
  needed: number | null;
  /** It can do no more, and work waits. */
  isExhausted: boolean;
  /** All its agents tell how busy they are, and nothing is wrong with it. */
  isWell: boolean;
  /** Its own agents that may be lent, the most idle first. */
  idleFirst: readonly string[];
}

export interface Loan {
  from: string;
  to: string;
  agents: string[];
  /** When the borrower needed them last. */
  neededMs: EpochMs;
}

export function wordsOfLoan({ from, to, agents }: Pick<Loan, 'from' | 'to' | 'agents'>): string {
  return `lend ${agents.length} ${agents.length === 1 ? 'agent' : 'agents'} of ${from} to ${to}`;
}

/** A borrower that has not needed them for so long gives them back. */
const RETURN_MS = 10 * MINUTE_MS;
/** Part of a pool's agents that may be lent; one of several may always be. */
const MOST_LENT = 0.3;
/** And in one minute; one always may. */
const MOST_AT_ONCE = 0.1;

/**
 * Which agents work in another pool than theirs. A pool that can do no more borrows what it is short of from those that may
 * lend to it and have more agents than their own work takes. The lender's need goes first: what it lacks comes back at once.
 * @param loans in force
 */
export function lendAgents(pools: ReadonlyMap<string, LendingPool>, loans: readonly Loan[], nowMs: EpochMs): Loan[] {
  const kept = keptLoans(loans, pools, nowMs);
  const lent = (from: string) =>
    kept.filter((loan) => loan.from === from).reduce((sum, { agents }) => sum + agents.length, 0);
  const isLentTo = new Set(kept.map(({ to }) => to));
  for (const borrower of pools.values()) {
    if (!borrower.isExhausted || borrower.needed === null) continue;
    let short = borrower.needed - borrower.working;
    // Who borrows does not lend, and the other way round.
    if (lent(borrower.pool) > 0) continue;
    for (const lender of [...pools.values()].sort((a, b) => spareOf(b) - spareOf(a))) {
      if (short <= 0) break;
      const mayLend = lender.lendsTo.includes(borrower.pool) && lender.pool !== borrower.pool;
      if (!mayLend || !lender.isWell || lender.isExhausted || isLentTo.has(lender.pool)) continue;
      const already = lent(lender.pool);
      const own = lender.idleFirst.length + already;
      const most = Math.max(own > 2 ? 1 : 0, Math.floor(MOST_LENT * own)) - already;
      const atOnce = Math.max(1, Math.floor(MOST_AT_ONCE * own));
      const count = Math.min(short, spareOf(lender), most, atOnce);
      if (count <= 0) continue;
      const agents = lender.idleFirst.slice(0, count);
      const open = kept.find(({ from, to }) => from === lender.pool && to === borrower.pool);
      if (open) open.agents = [...open.agents, ...agents];
      else kept.push({ from: lender.pool, to: borrower.pool, agents, neededMs: nowMs });
      short -= agents.length;
    }
  }
  return kept;
}

/** One after the other: what one loan gives back the lender does not lack any more, and the borrower has no more. */
function keptLoans(loans: readonly Loan[], pools: ReadonlyMap<string, LendingPool>, nowMs: EpochMs): Loan[] {
  const working = new Map([...pools.values()].map((it) => [it.pool, it.working]));
  const kept: Loan[] = [];
  for (const loan of loans) {
    const lender = pools.get(loan.from);
    const borrower = pools.get(loan.to);
    if (!lender?.lendsTo.includes(loan.to) || !borrower) continue;
    const [atHome, there] = [working.get(loan.from) ?? 0, working.get(loan.to) ?? 0];
    const lacking = lender.needed === null ? 0 : Math.max(0, lender.needed - atHome);
    const isNeeded = borrower.needed === null || borrower.needed > there - loan.agents.length;
    const neededMs = isNeeded ? nowMs : loan.neededMs;
    const agents = nowMs - neededMs >= RETURN_MS ? [] : loan.agents.slice(lacking);
    const returned = loan.agents.length - agents.length;
    working.set(loan.from, atHome + returned).set(loan.to, there - returned);
    if (agents.length > 0) kept.push({ ...loan, agents, neededMs });
  }
  return kept;
}

function spareOf({ working, needed }: LendingPool): number {
  return needed === null ? 0 : Math.max(0, working - needed);
}
