import type { ForecastMember } from '../forecast-member.ts';
import { analogue } from './analogue.ts';
import { carriedProfile } from './carried-profile.ts';
import { exponentialSmoothing } from './exponential-smoothing.ts';
import { laggedRegression } from './lagged-regression.ts';
import { lastMean } from './last-mean.ts';
import { naive } from './naive.ts';
import { profileRegression } from './profile-regression.ts';
import { seasonalMedian } from './seasonal-median.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { smoothProfile } from './smooth-profile.ts';

/** What a forecast is put together from; `npm run bench -- forecast --members` says what each adds. */
export const forecastMembers: readonly ForecastMember[] = [
  naive,
  lastMean(0.01),
  lastMean(0.04),
  seasonalNaive(0, false),
  seasonalNaive(0, true),
  seasonalNaive(1, false),
  seasonalMedian(4, false),
  seasonalMedian(7, true),
  carriedProfile(0.05),
  carriedProfile(0.2),
  exponentialSmoothing({ level: 0.02, shortSeason: 0.1, longSeason: 0.2, carriedOver: 0.8 }),
  exponentialSmoothing({ level: 0.01, shortSeason: 0.2, longSeason: 0.3, carriedOver: 0.9 }),
  exponentialSmoothing({ level: 0.2, shortSeason: 0.1, longSeason: 0.1, carriedOver: 0.3 }),
  exponentialSmoothing({ level: 0.005, shortSeason: 0.05, longSeason: 0.1, carriedOver: 0.95 }),
  exponentialSmoothing({ level: 0.3, shortSeason: 0.05, longSeason: 0.05, carriedOver: 0 }),
  exponentialSmoothing({ level: 0.01, shortSeason: 0.05, longSeason: 0.4, carriedOver: 0.97 }),
  laggedRegression('season', (periods) => lagsNear(1, 3, periods.slice(0, 1)), 1e-4),
  laggedRegression('seasons', (periods) => lagsNear(1, 3, periods), 1e-4),
  laggedRegression('many', manyLags, 1e-3),
  analogue(4),
  profileRegression(0, 0.1, [1, 2, 3]),
  profileRegression(0, 0.3, [1, 2, 3]),
  profileRegression(1, 0.3, [1, 2, 3, 24]),
  profileRegression(1, 0.6, [1, 2, 3]),
  smoothProfile({ halfWidth: 0.005, seasons: 7, levelShare: 0.02 }),
  smoothProfile({ halfWidth: 0.01, seasons: 1, levelShare: 0.02 }),
];

function lagsNear(first: number, last: number, periods: readonly number[]): number[] {
  const lags = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  for (const [index, period] of periods.entries()) {
    lags.push(period - 1, period, period + 1, ...(index === 0 ? [2 * period] : []));
  }
  return lags;
}

function manyLags([short, long]: readonly number[]): number[] {
  const lags = Array.from({ length: 12 }, (_, i) => i + 1);
  if (short !== undefined) lags.push(short - 2, short - 1, short, short + 1, short + 2);
  if (short !== undefined) lags.push(2 * short - 1, 2 * short, 2 * short + 1, 3 * short);
  if (short !== undefined && long !== undefined) lags.push(long - short, long - 1, long, long + 1, long + short);
  return lags;
}
