import { OPEN_MINUTES } from '../kpi/complete-minutes.ts';
import { holderOf } from './account.ts';
import type { LedgerPage } from './ledger.ts';

/**
 * Events that came when their minute was no longer open: alerts of that minute were judged without them, and figures have
 * them since. Of a minute of receipt the minutes before the one just ended are closed.
 */
export function lateEvents(pages: readonly Pick<LedgerPage, 'account' | 'seen'>[]): number {
  let late = 0;
  for (const { account, seen } of pages) {
    const firstOpen = holderOf(account).receipt - (OPEN_MINUTES - 1);
    for (const { accepted } of seen.values()) {
      for (const [minute, count] of accepted) if (minute < firstOpen) late += count;
    }
  }
  return late;
}
