import type { LedgerAnswer } from './answers.ts';
import { countText } from './show-value.ts';

/** Whether every event is accounted for, and the equation that says so; parts that are 0 are left out. */
export function ledgerBalance(ledger: LedgerAnswer): { isBalanced: boolean; equation: string; difference: string } {
  const parts = [
    { name: 'stored', count: ledger.stored, always: true },
    { name: 'pending', count: ledger.pending, always: true },
    { name: 'ignored', count: total(ledger.ignored) },
    { name: 'rejected', count: total(ledger.rejected) },
    { name: 'duplicate', count: ledger.duplicate },
  ].filter(({ count, always }) => always || count !== 0);
  const { difference } = ledger;
  const terms = parts.map(({ name, count }) => `${countText(count)} ${name}`);
  const isBalanced = difference === 0;
  const missing = difference > 0 ? 'unaccounted for' : 'counted too often';
  return {
    isBalanced,
    equation: `${countText(ledger.received)} received ${isBalanced ? '=' : '≠'} ${terms.join(' + ')}`,
    difference: isBalanced ? 'difference 0' : `${countText(Math.abs(difference))} ${missing}`,
  };
}

function total(counts: Readonly<Record<string, number>> | undefined): number {
  return Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
}
