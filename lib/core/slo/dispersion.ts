import type { EventCounts } from './event-counts.ts';

/**
 * Dispersion: how many times more the counts of bad events vary than those of independent events of one probability would;
 * Pearson's X² ÷ its degrees of freedom. Counts divided by it carry as much evidence as independent ones.
 * @param cells stretches of time, each with what was counted in it; those without events are left out
 * @returns from 1; 1 also for fewer than 10 cells with events, and where none or all were bad
 * @see McCullagh, Nelder: Generalized Linear Models, 1989, 4.5 (over-dispersion)
 * @example dispersion of ten cells of 10 events, 0 bad in half of them and 4 in the others: p = 0.2, X² = 10 × 4 ÷ 1.6 = 25, ÷ 9 = 2.78
 */
export function dispersion(cells: readonly EventCounts[]): number {
  const counted = cells.filter(({ total }) => total > 0);
  const [bad, total] = [sumOf(counted.map((cell) => cell.bad)), sumOf(counted.map((cell) => cell.total))];
  const ratio = bad / total;
  if (counted.length < MIN_CELLS || bad === 0 || bad === total) return 1;
  const pearson = sumOf(
    counted.map((cell) => (cell.bad - cell.total * ratio) ** 2 / (cell.total * ratio * (1 - ratio))),
  );
  return Math.max(1, pearson / (counted.length - 1));
}

const MIN_CELLS = 10;

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
