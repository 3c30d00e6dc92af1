import { clockText, lengthText } from '../show-time.ts';
import { countText, valueText } from '../show-value.ts';
import type { ForecastAnswer, PoolOutlook } from './forecast-answer.ts';

/** How a forecast stands to what a pool carries. */
export interface Breach {
  tone: 'ample' | 'possible' | 'expected' | 'unknown';
  /** In one sentence. */
  words: string;
  /** When the median reaches the capacity; else when the upper tenth does; null for neither. */
  atMs: number | null;
}

/** A chance in whole percent; never 0 or 100 for what is not quite that. */
export function chanceText(chance: number): string {
  const percent = Math.round(100 * chance);
  if (percent === 0) return chance === 0 ? '0\u00a0%' : 'under 1\u00a0%';
  return percent === 100 && chance < 1 ? 'over 99\u00a0%' : `${percent}\u00a0%`;
}

/** Whether, when and how likely more comes than a pool carries. @param capacity null of anything but a pool with a plan */
export function breachOf(capacity: PoolOutlook | null, scope: string, nowMs: number): Breach {
  const unknown = (words: string): Breach => ({ tone: 'unknown', words, atMs: null });
  if (capacity === null) return unknown(noCapacityReason(scope));
  if (capacity.status === 'unknown') {
    return unknown(`What pool ${capacity.pool} carries is not known: ${capacity.reason ?? 'no reason is given'}.`);
  }
  const { capacityPerMin, saturation, headroom } = capacity;
  if (typeof capacityPerMin !== 'number' || !saturation) {
    return unknown(`What pool ${capacity.pool} carries is not known: however many agents, it cannot serve as asked.`);
  }
  const { at, earliestAt, latestAt, chance = 0 } = saturation;
  const when = (moment: string) => momentText(Date.parse(moment), nowMs);
  const fits = `${valueText(capacityPerMin, '1/min')} that fit`;
  if (at !== null) {
    const earliest = earliestAt === null ? '' : `, at the earliest ${when(earliestAt)}`;
    const latest = latestAt === null ? '' : `, at the latest ${when(latestAt)}`;
    const words = `Full ${when(at)}${earliest}${latest}: then more comes than the ${fits} (chance ${chanceText(chance)}).`;
    return { tone: 'expected', words, atMs: Date.parse(at) };
  }
  if (earliestAt !== null) {
    const words = `Not expected to be full, at the earliest ${when(earliestAt)}: more may come than the ${fits} (chance ${chanceText(chance)}).`;
    return { tone: 'possible', words, atMs: Date.parse(earliestAt) };
  }
  const room = headroom ? `, ${roomText(headroom.perMin)} at the busiest hour, ${when(headroom.at)}` : '';
  const words = `Has room: ${valueText(capacityPerMin, '1/min')} fit${room} (chance that more comes: ${chanceText(chance)}).`;
  return { tone: 'ample', words, atMs: null };
}

function roomText(perMin: number): string {
  const size = valueText(Math.abs(perMin), '1/min');
  return perMin >= 0 ? `${size} to spare` : `${size} short`;
}

/** Why nothing is said of what a scope carries. */
export function noCapacityReason(scope: string): string {
  if (scope === 'fleet') {
    return 'No capacity line for the fleet: work goes to pools, and each has a capacity of its own. Choose a pool.';
  }
  return 'No capacity line yet: what a pool carries is told with a plan, which is made 20 minutes after each hour once a minute of events is complete.';
}

/** `18:40 UTC (in 3 h)`; what is over is `since 18:00 UTC`. */
export function momentText(atMs: number, nowMs: number): string {
  if (atMs <= nowMs) return `since ${clockText(atMs, nowMs)}\u00a0UTC`;
  return `${clockText(atMs, nowMs)}\u00a0UTC (in ${lengthText(atMs - nowMs)})`;
}

/** What a forecast was made from. */
export function historySentence({ known, imported, borrowed }: ForecastAnswer['history']): string {
  const hours = (count: number) => `${countText(count)}\u00a0${count === 1 ? 'hour' : 'hours'}`;
  const parts = [
    ...(imported === null ? [] : [imported === 0 ? 'none imported' : `${hours(imported)} imported`]),
    ...(borrowed === 0 ? [] : [`${hours(borrowed)} borrowed from what it is part of`]),
  ];
  return `${hours(known)} known${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`;
}

/** How forecasts turned out, or what is known instead. */
export function accuracySentence({ accuracy, backtest, unit }: ForecastAnswer): string {
  const tried =
    backtest === null
      ? 'too little is known for a backtest'
      : `backtest: off by ${valueText(backtest.meanAbsoluteError, unit)} on average, from ${countText(backtest.origins)} origins of its past`;
  if (accuracy === null) return `${tried}; none that was told has come to pass yet`;
  const { hours, errorRatio, biasRatio, inside80 } = accuracy;
  const off = errorRatio === null ? '' : `off by ${valueText(errorRatio, 'ratio')}`;
  const bias = biasRatio === null ? '' : `, ${biasWords(biasRatio)}`;
  const came = `${off}${bias}${off === '' ? '' : '; '}${valueText(inside80, 'ratio')} within the band of 80\u00a0%`;
  return `${came} (n ${hours < 10 ? hours.toFixed(1) : countText(hours)} hours, late ones count more); ${tried}`;
}

function biasWords(ratio: number): string {
  if (Math.abs(ratio) < 0.005) return 'neither too high nor too low';
  return `too ${ratio > 0 ? 'high' : 'low'} by ${valueText(Math.abs(ratio), 'ratio')} on average`;
}

/** What a pool should ask for, soonest first; late orders say so. */
export function orderSentences({ orders = [], agents }: PoolOutlook, nowMs: number): string[] {
  return orders.map(({ agents: wanted, neededAt, orderBy, late }) => {
    const now = agents === undefined ? '' : ` (${countText(agents)} now)`;
    const needed = `${countText(wanted)} agents${now} are needed from ${clockText(Date.parse(neededAt), nowMs)}\u00a0UTC`;
    if (late) return `${needed}: ask for them now, it is late already`;
    return `${needed}: ask for them by ${clockText(Date.parse(orderBy), nowMs)}\u00a0UTC`;
  });
}
