import { expect, test } from 'vitest';
import { errorsAfter } from '../../../lib/core/plan/forecast-accuracy.ts';
import { forecastErrorPoints, withPoints } from '../../../lib/core/plan/forecast-error-metric.ts';

const HOUR_MINUTES = 60;
const FROM = 1_000 * HOUR_MINUTES;

test('hours that have come are compared with what was said of them, those without tasks left out', () => {
  const made = { startMs: (FROM + HOUR_MINUTES) * 60_000, mean: [12, 5, 30, 9] };
  const history = { from: FROM, perMin: Float64Array.of(7, 10, 0, 40), imported: 0 };
  expect([...errorsAfter(made, history)]).toEqual([
    [FROM + HOUR_MINUTES, 0.2],
    [FROM + 3 * HOUR_MINUTES, 0.25],
  ]);
});

test('an hour that is written again takes the place of the one before, and the others stay', () => {
  const stored = forecastErrorPoints(
    'fleet',
    new Map([
      [0, 0.1],
      [60, 0.2],
    ]),
  );
  const added = forecastErrorPoints(
    'fleet',
    new Map([
      [60, 0.5],
      [120, 0.3],
    ]),
  );
  const points = withPoints(stored, added);
  expect(points.map(({ at, metric }) => [at, metric?.last?.value])).toEqual([
    [0, 0.1],
    [60, 0.5],
    [120, 0.3],
  ]);
  expect(points[0]?.scope).toBe('metric:forecast_error.fleet');
});
