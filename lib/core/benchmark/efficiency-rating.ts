import { efficiencyScore } from '../kpi/efficiency-score.ts';
import type { KpiValue } from '../kpi/kpi-value.ts';
import type { ScopeFigures } from '../kpi/scope-figures.ts';

/** A factor of the score, and what it costs. */
export interface RatedPart {
  part: string;
  /** Of the last days; null where it is unknown: then it counts as 1. */
  value: number | null;
  /** Points of 100 that it costs; below 0 where it makes up for others. */
  lost: number;
  /** Of the days before; null where unknown, or where there were none. */
  reference: number | null;
  /** Points by which it moved the score since; null without a score before. */
  change: number | null;
  words: string;
}

/** How much of what is paid for becomes good work, of 100, and where the rest goes. Plain JSON. */
export interface EfficiencyRating {
  /** null where it cannot be told; then `reason` says why. */
  value: number | null;
  unit: 'points';
  /** Tasks. */
  n: number;
  reference: number | null;
  change: number | null;
  /** What costs most first: their `lost` add up to 100 − value, their `change` to the change. */
  parts: RatedPart[];
  reason?: string;
}

const names: Readonly<Record<string, string>> = {
  utilization: 'work in the slots that are paid for',
  inSlo: 'work completed within its limit',
  speed: 'speed beside the pool',
  quality: 'quality',
  cost: 'cost beside the pool',
};

/**
 * Rating by `efficiency_score`, of the last 28 days usually, beside that of the 90 before.
 * @param reference null where there are no days before
 */
export function efficiencyRating(figures: ScopeFigures, reference: ScopeFigures | null): EfficiencyRating {
  return rateScore(efficiencyScore.of(figures), reference && efficiencyScore.of(reference));
}

/**
 * A score is 100 × the product of its parts. What each costs is its share of the logarithm, weighted with the logarithmic mean of
 * 100 and the score, so that the parts add up exactly, in whatever order they are looked at.
 * @see Ang, Liu: A new energy decomposition method, Energy 26 (2001): logarithmic mean Divisia index
 * @example parts 0.5 and 0.8: 40 points, 60 lost; 60 × ln 0.5 ÷ ln 0.4 = 45.4 by the first, 14.6 by the second
 */
export function rateScore(now: KpiValue, before: KpiValue | null): EfficiencyRating {
  const reference = before?.value ?? null;
  if (now.value === null) {
    const reason = now.reason ?? 'the score is unknown';
    return { value: null, unit: 'points', n: now.n, reference, change: null, parts: [], reason };
  }
  const ids = [...new Set([...Object.keys(now.parts ?? {}), ...Object.keys(before?.parts ?? {})])];
  const is = ids.map((id) => now.parts?.[id] ?? null);
  const was = ids.map((id) => (reference === null ? null : (before?.parts?.[id] ?? null)));
  const lost = contributions(
    is.map(() => 1),
    is.map((part) => part ?? 1),
  ).map((points) => 0 - points);
  const moved =
    reference === null
      ? null
      : contributions(
          was.map((part) => part ?? 1),
          is.map((part) => part ?? 1),
        );
  const parts = ids.map((part, i): RatedPart => {
    const its = {
      part,
      value: is[i] ?? null,
      lost: lost[i] as number,
      reference: was[i] ?? null,
      change: moved?.[i] ?? null,
    };
    return { ...its, words: inWords(its) };
  });
  return {
    ...{ value: now.value, unit: 'points', n: now.n, reference },
    change: reference === null ? null : now.value - reference,
    parts: parts.sort((a, b) => b.lost - a.lost || (a.part < b.part ? -1 : 1)),
    ...(now.n < efficiencyScore.minimumSample ? { reason: `only ${now.n} tasks: not to be relied on` } : {}),
  };
}

/** Of 100 × the product, by which part it changed, in points. */
function contributions(from: readonly number[], to: readonly number[]): number[] {
  const [a, b] = [from, to].map((parts) => 100 * parts.reduce((product, part) => product * part, 1)) as [
    number,
    number,
  ];
  if (a > 0 && b > 0) {
    const weight = logarithmicMean(a, b);
    return from.map((part, i) => weight * Math.log((to[i] as number) / part));
  }
  // Of nothing there is no logarithm: what became nothing, or was, has the whole change.
  const turned = from.map((part, i) => part > 0 !== (to[i] as number) > 0);
  const count = turned.filter(Boolean).length;
  return turned.map((its) => (its && a !== b ? (b - a) / count : 0));
}

function logarithmicMean(a: number, b: number): number {
  const ratio = Math.log(a / b);
  return Math.abs(ratio) < 1e-9 ? (a + b) / 2 : (a - b) / ratio;
}

function inWords({ part, value, lost, reference, change }: Omit<RatedPart, 'words'>): string {
  const name = names[part] ?? part;
  if (value === null) return `${name}: unknown, counted as 1`;
  const costs = lost >= 0 ? `costs ${lost.toFixed(1)} points` : `makes up for ${(-lost).toFixed(1)} points`;
  if (reference === null || change === null) return `${name}: ${value.toFixed(2)}, ${costs}`;
  const since = `${reference.toFixed(2)} before, ${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(1)} points since`;
  return `${name}: ${value.toFixed(2)}, ${costs}; ${since}`;
}
