import { modelInWords } from '../core/forecast/model-in-words.ts';
import { cycleName } from '../core/forecast/seasonality-name.ts';
import { scopeName } from '../core/kpi/kpi-scope.ts';
import { DAY_MINUTES, type EpochMs, startOfMinute } from '../core/model/time.ts';
import { accuracyShown } from '../core/plan/forecast-accuracy.ts';
import { forecastMetricIds } from '../core/plan/forecast-metric.ts';
import type { ForecastRead, ForecastRequest } from '../core/plan/forecast-request.ts';
import type { WorkloadOutlook } from '../core/plan/workload-outlook.ts';
import type { Asked, Endpoint } from './endpoint.ts';
import { oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  shareSchema,
  textSchema,
} from './json-schema.ts';
import { poolOutlookAnswer, poolOutlookSchema } from './pool-outlook-answer.ts';
import { windowField, wrongParameter } from './query-parameters.ts';
import { scopeField } from './scope-field.ts';

const HOUR_MINUTES = 60;
const HOUR_MS = 3_600_000;
const DEFAULT_HORIZON_MINUTES = DAY_MINUTES;
const MAX_HORIZON_MINUTES = 7 * DAY_MINUTES;

/** The one figure of a custom metric. */
const METRIC_VALUE = 'metric_value';
const metrics = oneOf([...forecastMetricIds, METRIC_VALUE]);
const forecastScope = scopeField(
  ['pool', 'agent', 'taskType', 'metric'],
  'fleet, pool:ID, agent:ID, taskType:ID or metric:NAME',
);
const epochMsSchema = { type: 'integer', description: 'start of the step, epoch ms: a multiple of stepMs' };

export const forecastEndpoint = {
  method: 'GET',
  path: '/v1/forecast',
  scope: 'read',
  ofPools: true,
  summary:
    'What is expected of a scope hour by hour from the present hour on, with intervals: the tasks that come, unless another metric is named; for a pool also whether it can carry them',
  parameters: { scope: forecastScope, metric: metrics, horizon: windowField(MAX_HORIZON_MINUTES) },
  passing: ['madeAt'],
  answer: objectSchema(
    {
      scope: forecastScope.schema,
      metric: metrics.schema,
      unit: textSchema,
      stepMs: { type: 'integer', minimum: 1 },
      model: { ...nullable(textSchema), description: 'what it was put together from, by how far off each was' },
      madeAt: nullable(momentSchema),
      seasonalities: listSchema(objectSchema({ periodMs: countSchema, strength: shareSchema, name: textSchema }), {
        description: 'strongest first; strength is the share of what varies that the cycle explains',
      }),
      points: listSchema(
        objectSchema(
          { at: epochMsSchema, mean: numberSchema, q10: numberSchema, q50: numberSchema, q90: numberSchema },
          { q025: numberSchema, q975: numberSchema },
        ),
      ),
      history: {
        ...objectSchema({ known: countSchema, imported: nullable(countSchema), borrowed: countSchema }),
        description:
          'hours that it was made from, those among them that were brought in, and those borrowed from what the scope is part of',
      },
      accuracy: {
        ...nullable(
          objectSchema({
            hours: numberSchema,
            errorRatio: nullable(numberSchema),
            biasRatio: nullable(numberSchema),
            inside80: shareSchema,
          }),
        ),
        description: 'how forecasts of the scope turned out, late hours counting more; null where none was kept',
      },
      leads: listSchema(objectSchema({ scope: textSchema, lagMs: countSchema, lift: shareSchema }), {
        description:
          'task types whose work foretells that of this one by so long; lift is by how much forecasts are better with it',
      }),
      backtest: nullable(objectSchema({ meanAbsoluteError: numberSchema, origins: countSchema })),
      capacity: {
        ...nullable(poolOutlookSchema),
        description:
          'of a pool, as the newest plan has it; null of other scopes and metrics, and before the first plan',
      },
    },
    { reason: { ...textSchema, description: 'why there are no points' } },
  ),
} as const satisfies Endpoint;

/** @throws Problem 400 for a metric that the scope does not have */
export function readForecastRequest({
  scope = { kind: 'fleet' },
  metric,
  horizon = DEFAULT_HORIZON_MINUTES,
}: Asked<typeof forecastEndpoint>['parameters']): ForecastRequest {
  const horizonHours = Math.ceil(horizon / HOUR_MINUTES);
  if (scope.kind === 'metric') {
    if (metric !== undefined && metric !== METRIC_VALUE) {
      const message = `a custom metric has one figure, ${METRIC_VALUE}: leave metric out, or ask for ${metric} of another scope`;
      throw wrongParameter('metric', 'inconsistent_fields', message);
    }
    return { of: 'metric', name: scope.id, horizonHours };
  }
  if (metric === METRIC_VALUE) {
    const message = `${METRIC_VALUE} is that of a custom metric: name it with scope=metric:NAME, or use one of ${forecastMetricIds.join(', ')}`;
    throw wrongParameter('metric', 'inconsistent_fields', message);
  }
  // scopeField gives kinds as they are asked for: those that are left have KPIs.
  return {
    of: 'tasks',
    scope: scope as Extract<ForecastRequest, { of: 'tasks' }>['scope'],
    metric: metric ?? 'tasks',
    horizonHours,
  };
}

export function forecastAnswer(request: ForecastRequest, read: ForecastRead): Record<string, unknown> {
  const { outlook, unit, pool } = read;
  const isMetric = request.of === 'metric';
  const about = {
    scope: scopeOf(request),
    metric: isMetric ? METRIC_VALUE : request.metric,
    unit,
    stepMs: HOUR_MS,
  };
  const isWork = !isMetric && request.metric === 'tasks';
  const capacity = isWork && pool ? { ...poolOutlookAnswer(pool.outlook), madeAt: iso(pool.madeAtMs) } : null;
  if (!outlook || outlook.mean.length === 0) {
    return {
      ...{ ...about, model: null, madeAt: null, seasonalities: [], points: [] },
      ...{ history: { known: 0, imported: 0, borrowed: 0 }, accuracy: null, leads: [], backtest: null, capacity },
      reason: reasonOf(request, read),
    };
  }
  const { madeAtMs, members, seasonalities, history, accuracy, backtest } = outlook;
  return {
    ...about,
    model: modelInWords(members),
    madeAt: iso(madeAtMs),
    seasonalities: seasonalities.map((season) => ({ ...season, name: cycleName(season.periodMs / HOUR_MS, HOUR_MS) })),
    points: pointsOf(outlook),
    // Of a custom metric nobody can tell what came as events and what was brought in.
    history: isMetric ? { ...history, imported: null } : history,
    accuracy: isWork ? accuracyShown(accuracy) : null,
    leads: isWork ? (outlook.leads ?? []) : [],
    backtest,
    capacity,
  };
}

const shownLevels = { q025: 0.025, q10: 0.1, q50: 0.5, q90: 0.9, q975: 0.975 } as const;

function pointsOf({ startMs, stepMs, mean, quantiles }: WorkloadOutlook): Record<string, number>[] {
  const byLevel = new Map(quantiles.map(({ level, values }) => [level, values]));
  return mean.map((value, step) => ({
    at: startMs + step * stepMs,
    mean: value,
    ...Object.fromEntries(
      Object.entries(shownLevels).map(([name, level]) => [name, byLevel.get(level)?.[step] ?? value]),
    ),
  }));
}

function reasonOf(request: ForecastRequest, { knownTo }: ForecastRead): string {
  const scope = scopeOf(request);
  if (knownTo === null) {
    return 'no minute of this system is complete yet: send events to POST /v1/events; hours before can be brought in with POST /v1/history';
  }
  const how =
    request.of === 'metric'
      ? `send metric events named ${request.name}, or bring in its hours with POST /v1/history`
      : `send its tasks to POST /v1/events, or bring in the tasks a minute of its hours as the metric workload.${scope} with POST /v1/history`;
  return `no whole hour of ${scope} is known in the five weeks before ${iso(startOfMinute(knownTo))}: ${how}; an hour counts once it is over`;
}

function scopeOf(request: ForecastRequest): string {
  return request.of === 'metric' ? `metric:${request.name}` : scopeName(request.scope);
}

function iso(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}
