import type { LedgerSummary } from '../../lib/core/ledger/ledger.ts';

export interface LedgerVerdict {
  /** Accepted events that are nowhere, and events that are stored beyond all that was sent and may be stored. */
  lost: number;
  doubled: number;
  /** Accepted events that became something else than stored. */
  otherwise: number;
  difference: number;
  isBalanced: boolean;
}

/**
 * What was accepted beside what is stored. Of a request without an answer nobody knows whether it was stored: its events may be there.
 * @param sent events that answers say were accepted, and those of requests without an answer
 */
export function judgeLedger(
  { acceptedEvents, uncertainEvents }: { acceptedEvents: number; uncertainEvents: number },
  { stored, pending, ignored, rejected, duplicate, difference }: LedgerSummary,
): LedgerVerdict {
  const sum = (of: Record<string, number>) => Object.values(of).reduce((all, one) => all + one, 0);
  const lost = Math.max(0, acceptedEvents - stored);
  const doubled = Math.max(0, stored - acceptedEvents - uncertainEvents);
  const otherwise = pending + sum(ignored) + sum(rejected) + duplicate;
  return {
    ...{ lost, doubled, otherwise, difference },
    isBalanced: lost === 0 && doubled === 0 && otherwise === 0 && difference === 0,
  };
}
