import type { Kpi } from '../core/kpi/kpi.ts';
import { type KpiScope, scopeName } from '../core/kpi/kpi-scope.ts';
import { type MetricRollup, metricSum } from '../core/kpi/metric-rollup.ts';
import { dependsOnPool, type KpiId, kpiIds, kpiIdsFor, kpis, kpiValue } from '../core/kpi/registry.ts';
import type { ScopeFigures } from '../core/kpi/scope-figures.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import { unknownAgent } from './agents-endpoint.ts';
import type { Asked, Endpoint } from './endpoint.ts';
import { oneOf } from './field.ts';
import { listSchema, nullable, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { momentField, windowField, wrongParameter } from './query-parameters.ts';
import { scopeField } from './scope-field.ts';

const HOUR_MINUTES = 60;
const MAX_MINUTES = 400 * DAY_MINUTES;
const MAX_STEP_MINUTES = 31 * DAY_MINUTES;
/** As many as Prometheus gives. */
const MAX_POINTS = 11_000;
/** What fits on a screen. */
const WANTED_POINTS = 300;
/** Steps that divide the hour or the day, so that points of neighbouring periods fit together. */
export const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, DAY_MINUTES];

/** The one figure of a custom metric. */
const METRIC_VALUE = 'metric_value';
const seriesKpis: readonly (KpiId | typeof METRIC_VALUE)[] = [...kpiIds, METRIC_VALUE];

/** What a series may be of. */
export type SeriesScope = KpiScope | MetricScope;

export interface MetricScope {
  kind: 'metric';
  id: string;
}

const seriesScope = scopeField(
  ['pool', 'agent', 'taskType', 'workflowType', 'metric'],
  'fleet, pool:ID, agent:ID, taskType:ID, workflowType:ID or metric:NAME',
);

export const seriesEndpoint = {
  method: 'GET',
  path: '/v1/series',
  scope: 'read',
  ofPools: true,
  summary: `One KPI of one scope over time, or a custom metric (kpi=${METRIC_VALUE}), of completed minutes: the last hour unless said, at most ${MAX_MINUTES / DAY_MINUTES} days; to does not belong to it`,
  parameters: {
    kpi: oneOf(seriesKpis),
    scope: seriesScope,
    from: momentField,
    to: momentField,
    step: windowField(MAX_STEP_MINUTES),
  },
  requiredParameters: ['kpi'],
  answer: objectSchema({
    kpi: oneOf(seriesKpis).schema,
    scope: seriesScope.schema,
    unit: textSchema,
    stepMs: { type: 'integer', minimum: MINUTE_MS, multipleOf: MINUTE_MS },
    points: listSchema(
      objectSchema(
        {
          at: { type: 'integer', description: 'start of the step, epoch ms: a multiple of stepMs' },
          value: nullable(numberSchema),
          n: numberSchema,
        },
        { p50: numberSchema, p95: numberSchema, p99: numberSchema, min: numberSchema, max: numberSchema },
      ),
    ),
  }),
} as const satisfies Endpoint;

/** Multiples of stepMinutes. */
interface Span {
  from: Minute;
  to: Minute;
  stepMinutes: number;
}

/** One KPI of a scope, or a custom metric. */
export type SeriesRequest = KpiSeries | MetricSeries;
/** `withPool`: whether an agent's figures must have its pool's beside them. */
export type KpiSeries = Span & { kpi: KpiId; scope: KpiScope; withPool: boolean };
export type MetricSeries = Span & { kpi: typeof METRIC_VALUE; scope: MetricScope };

/** @throws Problem 400 for a KPI that the scope does not have, and for a period that is empty or too long */
export function readSeriesRequest(
  { kpi, scope = { kind: 'fleet' }, from, to, step }: Asked<typeof seriesEndpoint>['parameters'],
  nowMs: EpochMs,
): SeriesRequest {
  const isDefined = kpi === METRIC_VALUE ? scope.kind === 'metric' : isKpiOf(kpi, scope.kind);
  if (!isDefined) {
    const scopes = kpi === METRIC_VALUE ? 'metric' : (kpis[kpi] as Kpi).scopes.join(', ');
    const choices = scope.kind === 'metric' ? METRIC_VALUE : kpiIdsFor(scope.kind).join(', ');
    const message = `${kpi} is not defined for ${scope.kind}, but for ${scopes}; ${scope.kind} has ${choices}`;
    throw wrongParameter('scope', 'inconsistent_fields', message);
  }
  const toMinute = to === undefined ? minuteOf(nowMs) : Math.ceil(to / MINUTE_MS);
  const fromMinute = from === undefined ? toMinute - HOUR_MINUTES : minuteOf(from);
  const minutes = toMinute - fromMinute;
  if (minutes <= 0) throw wrongParameter('from', 'inconsistent_fields', 'from must lie before to, by a minute or more');
  if (minutes > MAX_MINUTES) {
    const message = `from and to are ${(minutes / DAY_MINUTES).toFixed(1)} days apart; at most ${MAX_MINUTES / DAY_MINUTES}`;
    throw wrongParameter('from', 'inconsistent_fields', message);
  }
  const stepMinutes = step ?? STEPS_MINUTES.find((it) => minutes / it <= WANTED_POINTS) ?? DAY_MINUTES;
  if (minutes / stepMinutes > MAX_POINTS) {
    const message = `from, to and step make ${Math.ceil(minutes / stepMinutes)} points; at most ${MAX_POINTS}: use a longer step or a shorter period`;
    throw wrongParameter('step', 'inconsistent_fields', message);
  }
  // That the two belong together is checked above.
  const span = wholeSteps(fromMinute, toMinute, stepMinutes);
  return { kpi, scope, ...span, ...(kpi !== METRIC_VALUE && { withPool: dependsOnPool(kpi) }) } as SeriesRequest;
}

function wholeSteps(from: Minute, to: Minute, stepMinutes: number): Span {
  const [first, end] = [Math.floor(from / stepMinutes), Math.ceil(to / stepMinutes)];
  return { from: first * stepMinutes, to: end * stepMinutes, stepMinutes };
}

export function isMetricSeries(request: SeriesRequest): request is MetricSeries {
  return request.kpi === METRIC_VALUE;
}

function isKpiOf(kpi: KpiId, kind: SeriesScope['kind']): boolean {
  return kind !== 'metric' && (kpis[kpi] as Kpi).scopes.includes(kind);
}

/** The problem of a request for an agent or a pool that is not known. */
export function unknownScope(scope: SeriesScope): Problem {
  if (scope.kind === 'agent') return unknownAgent(scope.id);
  return new Problem(
    404,
    `${scope.kind === 'fleet' ? 'the fleet' : `${scope.kind} ${scope.id}`} is not known: GET /v1/pools lists all pools`,
  );
}

/** The problem of a key that is restricted to pools and asks for figures of more than these. */
export function notOfPools(
  scope: SeriesScope,
  { name, pools = [] }: { name: string; pools?: readonly string[] },
): Problem {
  const of = scope.kind === 'fleet' ? 'the fleet' : `${scope.kind} ${'id' in scope ? scope.id : ''}`;
  return new Problem(
    403,
    `figures of ${of} are those of all pools, and "${name}" is restricted to ${pools.join(', ')}: ask for scope=pool:ID, or use a key without pools`,
  );
}

/** @param steps figures of each step, in order */
export function seriesAnswer(
  { kpi, scope, stepMinutes }: KpiSeries,
  steps: readonly ScopeFigures[],
): Record<string, unknown> {
  return {
    kpi,
    scope: scopeName(scope),
    unit: kpis[kpi].unit,
    stepMs: startOfMinute(stepMinutes),
    points: steps.map((figures) => {
      const { unit: _unit, reason: _reason, parts: _parts, ...point } = kpiValue(kpi, scope.kind, figures);
      return { at: figures.fromMs, ...point };
    }),
  };
}

/** Values of a gauge are means of what was observed; those of a counter are what it grew by in a minute. */
export function metricSeriesAnswer(
  { kpi, scope, stepMinutes }: MetricSeries,
  steps: readonly { from: Minute; metric: MetricRollup | null }[],
): Record<string, unknown> {
  const known = steps.find(({ metric }) => metric !== null)?.metric;
  const isCounter = known?.kind === 'counter';
  const unit = known?.unit ?? '';
  return {
    kpi,
    scope: scopeName(scope),
    unit: isCounter ? `${unit}/min` : unit,
    stepMs: startOfMinute(stepMinutes),
    points: steps.map(({ from, metric }) => {
      const at = startOfMinute(from);
      if (!metric || metric.count === 0) return { at, value: null, n: metric?.count ?? 0 };
      const value = metricSum(metric) / (isCounter ? stepMinutes : metric.count);
      const bounds = {
        ...(metric.min !== null && { min: metric.min }),
        ...(metric.max !== null && { max: metric.max }),
      };
      return { at, value, n: metric.count, ...bounds };
    }),
  };
}
