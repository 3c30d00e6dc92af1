import { bestQuotient, type QuotientPoint } from './quotient-fit.ts';

/**
 * The Universal Scalability Law: throughput X at concurrency N is lambda N ÷ (1 + sigma (N − 1) + kappa N (N − 1)).
 * @see Gunther: Guerrilla Capacity Planning, Springer 2007, chapters 4 to 6
 */
export interface Usl {
  /** Throughput of one task alone, above 0. */
  lambda: number;
  /** Contention, 0..1: the share of the work that has to wait its turn. */
  sigma: number;
  /** Coherency, 0 or more: what each pair of tasks costs in keeping each other up to date. */
  kappa: number;
}

/** What was measured at one concurrency. */
export interface UslPoint {
  /** N, 0.5 or more. */
  concurrency: number;
  /** X, in any unit. */
  throughput: number;
  /** One over the variance of the throughput. */
  weight: number;
}

/**
 * Fits lambda, sigma and kappa: least weighted squares of the throughput.
 * @param points three or more, of different concurrency, with a throughput above 0 in one at least
 * @returns the law and its weighted sum of squares; null where the points leave the throughput of one task unbounded
 */
export function fitUsl(points: readonly UslPoint[]): { law: Usl; squares: number } | null {
  // In N ÷ X = a + b N + c N (N − 1), none of them below 0 is the same as lambda above 0, sigma in 0..1, kappa from 0.
  const { coefficients, squares } = bestQuotient(quotients(points, (n) => [1, n, n * (n - 1)]));
  const [a = 0, b = 0, c = 0] = coefficients;
  return a + b > 0 ? { law: { lambda: 1 / (a + b), sigma: b / (a + b), kappa: c / (a + b) }, squares } : null;
}

/**
 * The least weighted squares that any law leaves whose efficiency at concurrency `at` is `efficiency`: compared with
 * fitUsl's, it tells how well the points bear that efficiency out (a profile of the likelihood).
 * @param efficiency 0..1, without 0
 * @param at above 1
 */
export function squaresAtEfficiency(points: readonly UslPoint[], efficiency: number, at: number): number {
  // a + b = efficiency (a + b at + c at (at − 1)) leaves a cone, spanned by two of the laws on its edges.
  const coherency = efficiency * at * (at - 1);
  const edges =
    efficiency * at >= 1
      ? [
          [efficiency * at - 1, 1 - efficiency, 0],
          [coherency, 0, 1 - efficiency],
        ]
      : [
          [coherency, 0, 1 - efficiency],
          [0, coherency, 1 - efficiency * at],
        ];
  return bestQuotient(quotients(points, (n) => edges.map(([a = 0, b = 0, c = 0]) => a + b * n + c * n * (n - 1))))
    .squares;
}

/** Throughput at a concurrency, in the unit that the law was fitted in. */
export function uslThroughput(law: Usl, n: number): number {
  return law.lambda * n * uslEfficiency(law, n);
}

/** Share of linear growth that is left at a concurrency: X(N) ÷ (lambda N), 1 where nothing is lost. */
export function uslEfficiency({ sigma, kappa }: Usl, n: number): number {
  return 1 / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

/** The concurrency of the most throughput, 1 or more; null where throughput never falls. */
export function peakConcurrency({ sigma, kappa }: Usl): number | null {
  return kappa > 0 ? Math.max(1, Math.sqrt((1 - sigma) / kappa)) : null;
}

function quotients(points: readonly UslPoint[], terms: (n: number) => number[]): QuotientPoint[] {
  return points.map(({ concurrency, throughput, weight }) => ({
    numerator: concurrency,
    terms: terms(concurrency),
    value: throughput,
    weight,
  }));
}
