import type { Minute } from '../model/time.ts';
import type { TallyCell } from './budget-tally.ts';
import { dispersion } from './dispersion.ts';

/** ln 10⁴: the counts are ten thousand times as likely of burning as of keeping the objective. */
const ENOUGH_EVIDENCE = Math.log(1e4);

export interface BurnOnset {
  /** The first minute of the burn, or of the stretch that it began in. */
  minute: Minute;
  /** Log likelihood ratio of the counts since then, divided by the dispersion of those before; above 0. */
  evidence: number;
  /** Whether chance is ruled out, also where error rates vary as they did before. */
  isClear: boolean;
  /** From 1. */
  dispersion: number;
}

/**
 * Since when a budget burns: the last moment at which nothing spoke for it, by a Bernoulli CUSUM of the counts. Not whether:
 * where error rates vary by themselves, a CUSUM alone raises up to hundreds of false alarms a month.
 *
 * S = max(0, S + bad × ln(p₁ ÷ p₀) + good × ln((1 − p₁) ÷ (1 − p₀))) with p₀ = 1 − objective; the onset is where S last left 0.
 * Dividing all counts by the dispersion would move no onset, so only the evidence is divided, and by that of the time
 * before, because the burn itself is no dispersion.
 * @param cells in a row, from the oldest
 * @param ratio the share of bad events while it burns; p₁ is that, but not more than {@link mostBurning}
 * @returns null where nothing speaks for burning at the end
 * @see Page: Continuous inspection schemes, Biometrika 41, 1954
 * @example 60 minutes of 10 good events each, then 3 of 10 bad ones, of 99 %: the 61st, 30 × ln 11 = 71.9
 */
export function burnOnset(cells: readonly TallyCell[], objective: number, ratio = 1): BurnOnset | null {
  const keeping = 1 - objective;
  const burning = Math.min(ratio, mostBurning(keeping));
  if (!(burning > keeping)) return null;
  const [ofBad, ofGood] = [Math.log(burning / keeping), Math.log((1 - burning) / objective)];
  let [sum, first] = [0, 0];
  for (const [index, { bad, total }] of cells.entries()) {
    if (sum === 0) first = index;
    sum = Math.max(0, sum + bad * ofBad + (total - bad) * ofGood);
  }
  if (sum === 0) return null;
  const before = dispersion(cells.slice(0, first));
  const evidence = sum / before;
  const { from } = cells[first] as TallyCell;
  return { minute: from, evidence, isClear: evidence >= ENOUGH_EVIDENCE, dispersion: before };
}

/**
 * The error ratio that a burn is told by at most: three times the budget, or a tenth more than it, up to a half; of budgets
 * above a third, a quarter of the way from the budget to 1.
 */
function mostBurning(budget: number): number {
  if (budget > 1 / 3) return budget + (1 - budget) / 4;
  return Math.min(0.5, Math.max(3 * budget, budget + 0.1));
}
