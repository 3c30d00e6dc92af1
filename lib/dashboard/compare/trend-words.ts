import { changeText, valueText } from '../show-value.ts';
import type { Trend } from './benchmark-answers.ts';

type Changing = Pick<Trend, 'changeUnit' | 'unit'>;

/** A change of a KPI with its sign: `+5.0 %` of what it was, `−1.20 points` of a hundred, `+0.12 points` of a rating. */
export function trendChangeText(change: number, { changeUnit, unit }: Changing): string {
  if (changeUnit === 'points' && unit === 'ratio') return changeText(change, unit);
  return `${change > 0 ? '+' : ''}${valueText(change, changeUnit === 'ratio' ? 'ratio' : unit)}`;
}

/** What came of doing the same work differently, with its interval: `+8.1 % (+7.0 % to +9.2 %)`. */
export function trendText({ performance, change, ...of }: Pick<Trend, 'performance' | 'change'> & Changing): string {
  if (performance) {
    const { value, low, high } = performance;
    return `${trendChangeText(value, of)} (${trendChangeText(low, of)} to ${trendChangeText(high, of)})`;
  }
  return change === null ? 'change not known' : trendChangeText(change, of);
}

/** Where the change of a KPI came from. */
export function partsSentence({ change, mixEffect, mix, performance, ...of }: Trend): string {
  if (change === null) return 'The change is not known.';
  if (mixEffect === null || performance === null)
    return `It changed by ${trendChangeText(change, of)}; work is not told apart for it.`;
  const parts = mix
    ? ` (task types ${trendChangeText(mix.taskTypes, of)}, agents ${trendChangeText(mix.agents, of)}, hours ${trendChangeText(mix.hours, of)})`
    : '';
  return `It changed by ${trendChangeText(change, of)}: ${trendChangeText(mixEffect, of)} came of other work${parts}, ${trendChangeText(performance.value, of)} of doing the same work differently.`;
}
