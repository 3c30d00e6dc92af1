import { forecastEndpoint } from '../../api/forecast-endpoint.ts';
import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { nextSchema } from '../../api/page.ts';
import type { EpochMs } from '../../core/model/time.ts';
import { linkSchema, MOST_ROWS } from '../answer-schemas.ts';
import { argument, pageArguments } from '../common-arguments.ts';
import { inUnit } from '../in-unit.ts';
import { rowsOfAll } from '../rows-of-all.ts';
import { declareTool } from '../tool.ts';

interface ForecastAnswer {
  scope: string;
  metric: string;
  unit: string;
  model: string | null;
  points: { at: EpochMs; mean: number; q10: number; q50: number; q90: number }[];
  reason?: string;
  capacity: {
    status: string;
    reason?: string;
    agents?: number;
    peak?: { words: string[] } | null;
    saturation?: { at: string | null; chance: number; reason: string | null } | null;
  } | null;
}

const { scope, metric, horizon } = forecastEndpoint.parameters;

export const getForecast = declareTool({
  name: 'get_forecast',
  title: 'Forecast',
  about:
    'What is expected hour by hour, with an interval that holds in eight of ten cases: the tasks that come, unless another metric is named; of a pool also whether its agents can carry that.',
  asks: ['readForecast'],
  effect: 'reads',
  needs: {},
  takes: {
    scope: argument(scope, 'fleet (unless said), pool:ID, agent:ID, taskType:ID or metric:NAME'),
    metric: argument(metric, 'what is forecast; tasks unless said'),
    horizon: argument(horizon, 'how far ahead, such as 24h or 7d; a day unless said'),
    ...pageArguments,
  },
  answer: objectSchema(
    {
      ...{ scope: textSchema, metric: textSchema, unit: textSchema, model: nullable(textSchema) },
      points: listSchema(
        objectSchema({ at: momentSchema, mean: numberSchema, low: numberSchema, high: numberSchema }),
        { maxItems: MOST_ROWS },
      ),
      capacity: listSchema(textSchema, { description: 'of a pool: whether it can carry what comes, in words' }),
      next: nextSchema,
    },
    { reason: textSchema, ...linkSchema },
  ),
  async run({ ask, links }, { scope, metric, horizon, ...page }) {
    const forecast = await ask<ForecastAnswer>('readForecast', { parameters: { scope, metric, horizon } });
    const { items, next } = rowsOfAll(forecast.points, ({ at }) => String(at).padStart(15, '0'), page);
    const points = items.map(({ at, mean, q10, q90 }) => ({ at: iso(at), mean, low: q10, high: q90 }));
    const { unit, model, reason } = forecast;
    const capacity = capacityInWords(forecast.capacity);
    const pool = forecast.scope.startsWith('pool:') ? { pool: forecast.scope.slice('pool:'.length) } : {};
    return {
      facts: {
        ...{ scope: forecast.scope, metric: forecast.metric, unit, model, points, capacity, next, reason },
        link: links({ tab: 'plan', ...pool }),
      },
      lines: [
        `${forecast.metric} of ${forecast.scope} by the hour${model === null ? '' : `, by ${model}`}:`,
        ...(reason === undefined ? [] : [`no forecast: ${reason}`]),
        ...points.map(
          ({ at, mean, low, high }) => `${at} ${inUnit(mean, unit)} (${inUnit(low, unit)} to ${inUnit(high, unit)})`,
        ),
        ...capacity,
      ],
    };
  },
});

function capacityInWords(capacity: ForecastAnswer['capacity']): string[] {
  if (capacity === null) return [];
  if (capacity.status !== 'known') return [`whether it can be carried is not known: ${capacity.reason}`];
  const { saturation } = capacity;
  const full =
    saturation?.at == null ? [] : [`full at ${saturation.at}, with a chance of ${inUnit(saturation.chance, 'ratio')}`];
  return [`${capacity.agents} agents now`, ...(capacity.peak?.words ?? []), ...full];
}

function iso(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}
