import { describe, expect, it } from 'vitest';
import type { ForecastAnswer, PoolOutlook } from '../../../lib/dashboard/plan/forecast-answer.ts';
import {
  accuracySentence,
  breachOf,
  chanceText,
  historySentence,
  orderSentences,
} from '../../../lib/dashboard/plan/forecast-words.ts';

const NOW_MS = Date.parse('2026-11-24T10:00:00Z');

const pool: PoolOutlook = {
  status: 'known',
  pool: 'writers',
  agents: 10,
  capacityPerMin: 310,
  headroom: { perMin: 32.6, share: 0.1, at: '2026-11-24T18:00:00Z', forecastPerMin: 277 },
  saturation: { at: null, earliestAt: null, latestAt: null, chance: 0.004, reason: 'fits' },
};
const full = (saturation: Partial<NonNullable<PoolOutlook['saturation']>>): PoolOutlook => ({
  ...pool,
  saturation: { ...pool.saturation!, ...saturation },
});
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('what a forecast means for a pool', () => {
  it('is when it is full, at the earliest and how likely', () => {
    const { tone, words, atMs } = breachOf(
      full({ at: '2026-11-24T18:40:00Z', earliestAt: '2026-11-24T12:00:00Z', chance: 0.83 }),
      'pool:writers',
      NOW_MS,
    );
    expect({ tone, atMs }).toEqual({ tone: 'expected', atMs: Date.parse('2026-11-24T18:40:00Z') });
    expect(plain(words)).toBe(
      'Full 18:40 UTC (in 8 h 40 min), at the earliest 12:00 UTC (in 2 h): then more comes than the 310 /min that fit (chance 83 %).',
    );
  });

  it('says since when, where it is full already', () => {
    const { words } = breachOf(full({ at: '2026-11-24T09:00:00Z', chance: 1 }), 'pool:writers', NOW_MS);
    expect(plain(words)).toBe('Full since 09:00 UTC: then more comes than the 310 /min that fit (chance 100 %).');
  });

  it('is possible where only the upper tenth reaches the capacity', () => {
    const { tone, words, atMs } = breachOf(full({ earliestAt: '2026-11-25T12:00:00Z', chance: 0.2 }), 'x', NOW_MS);
    expect({ tone, atMs }).toEqual({ tone: 'possible', atMs: Date.parse('2026-11-25T12:00:00Z') });
    expect(plain(words)).toContain('at the earliest 25 Nov 12:00 UTC');
  });

  it('has room, with how much at the busiest hour', () => {
    const { tone, words, atMs } = breachOf(pool, 'pool:writers', NOW_MS);
    expect({ tone, atMs }).toEqual({ tone: 'ample', atMs: null });
    expect(plain(words)).toBe(
      'Has room: 310 /min fit, 32.6 /min to spare at the busiest hour, 18:00 UTC (in 8 h) (chance that more comes: under 1 %).',
    );
  });

  it('is not known of a fleet, before the first plan, and where the plan does not know; each says why', () => {
    expect(breachOf(null, 'fleet', NOW_MS)).toMatchObject({
      tone: 'unknown',
      words: expect.stringContaining('Choose a pool'),
    });
    expect(breachOf(null, 'pool:writers', NOW_MS).words).toContain('20 minutes after each hour');
    const unknown: PoolOutlook = { status: 'unknown', pool: 'writers', reason: 'no work of it was measured' };
    expect(breachOf(unknown, 'pool:writers', NOW_MS).words).toBe(
      'What pool writers carries is not known: no work of it was measured.',
    );
    expect(breachOf({ ...pool, capacityPerMin: null }, 'pool:writers', NOW_MS).tone).toBe('unknown');
  });
});

it.each([
  [0, '0 %'],
  [0.001, 'under 1 %'],
  [0.5, '50 %'],
  [0.999, 'over 99 %'],
  [1, '100 %'],
])('a chance of %d is told as %s', (chance, text) => {
  expect(plain(chanceText(chance))).toBe(text);
});

describe('what a forecast rests on', () => {
  const forecast = { unit: '1/min', accuracy: null, backtest: null } as ForecastAnswer;

  it('is hours, those that were imported and those that are borrowed', () => {
    expect(plain(historySentence({ known: 672, imported: 600, borrowed: 24 }))).toBe(
      '672 hours known, 600 hours imported, 24 hours borrowed from what it is part of',
    );
    expect(plain(historySentence({ known: 1, imported: 0, borrowed: 0 }))).toBe('1 hour known, none imported');
    expect(plain(historySentence({ known: 5, imported: null, borrowed: 0 }))).toBe('5 hours known');
  });

  it('is how far off it was on its own past, and how those that were told turned out', () => {
    expect(accuracySentence(forecast)).toBe(
      'too little is known for a backtest; none that was told has come to pass yet',
    );
    const told = {
      ...forecast,
      accuracy: { hours: 12, errorRatio: 0.08, biasRatio: -0.03, inside80: 0.75 },
      backtest: { meanAbsoluteError: 11.36, origins: 26 },
    };
    expect(plain(accuracySentence(told))).toBe(
      'off by 8.0 %, too low by 3.0 % on average; 75.0 % within the band of 80 % (n 12 hours, late ones count more); ' +
        'backtest: off by 11.4 /min on average, from 26 origins of its past',
    );
  });
});

it('says by when to have asked for how many agents, and what is late', () => {
  const orders = [
    { agents: 12, neededAt: '2026-11-24T15:00:00Z', orderBy: '2026-11-24T14:52:00Z', late: false },
    { agents: 14, neededAt: '2026-11-24T10:00:00Z', orderBy: '2026-11-24T09:52:00Z', late: true },
  ];
  expect(orderSentences({ ...pool, orders }, NOW_MS).map(plain)).toEqual([
    '12 agents (10 now) are needed from 15:00 UTC: ask for them by 14:52 UTC',
    '14 agents (10 now) are needed from 10:00 UTC: ask for them now, it is late already',
  ]);
});
