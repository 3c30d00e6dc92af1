import { type MetricRollup, metricRollupKey, metricSum } from '../core/kpi/metric-rollup.ts';
import { metricDirections, metricKinds } from '../core/model/event.ts';
import { fingerprint } from '../core/model/fingerprint.ts';
import { DAY_MINUTES } from '../core/model/time.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  textSchema,
} from './json-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import { type QueryValues, windowField } from './query-parameters.ts';
import { type Window, windowAnswer, windowParameters } from './window.ts';

export const listMetricsEndpoint = {
  method: 'GET',
  path: '/v1/metrics',
  scope: 'read',
  summary: 'Metrics that are not built in, as observed over the window: of events and of OTLP, in order of their names',
  // Each minute of the window is read.
  parameters: {
    ...windowParameters,
    window: windowField(DAY_MINUTES),
    name: idField,
    agent: idField,
    ...pageParameters,
  },
  answer: objectSchema({
    window: componentSchema('Window'),
    metrics: listSchema(
      objectSchema({
        name: idField.schema,
        agent: nullable(idField.schema),
        pool: nullable(idField.schema),
        unit: nullable(textSchema),
        kind: oneOf(metricKinds).schema,
        direction: oneOf(metricDirections).schema,
        n: { ...countSchema, description: 'observations' },
        sum: { ...numberSchema, description: 'of a counter by how much it grew' },
        mean: nullable(numberSchema),
        min: nullable(numberSchema),
        max: nullable(numberSchema),
        last: nullable(numberSchema),
        lastAt: nullable(momentSchema),
      }),
    ),
    next: nextSchema,
  }),
} as const satisfies Endpoint;

type MetricsRequest = Window & Omit<QueryValues<typeof listMetricsEndpoint.parameters>, 'window' | 'at'>;

/** One page of metrics, in order of their names. */
export function metricsAnswer(metrics: readonly MetricRollup[], request: MetricsRequest): Record<string, unknown> {
  const wanted = metrics
    .filter(({ name, agent }) => (request.name ?? name) === name && (request.agent ?? agent) === agent)
    .map((rollup) => ({ rollup, key: `${rollup.name} ${fingerprint(metricRollupKey(rollup))}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const { limit, cursor: after } = request;
  const { items, next } = pageOf(wanted, ({ key }) => key, { after, limit });
  return { window: windowAnswer(request), metrics: items.map(({ rollup }) => metricAnswer(rollup)), next };
}

function metricAnswer(rollup: MetricRollup): Record<string, unknown> {
  const { name, agent, pool, unit, kind, direction, count, min, max, last } = rollup;
  const sum = metricSum(rollup);
  return {
    name,
    agent: agent === '' ? null : agent,
    pool: pool === '' ? null : pool,
    unit: unit === '' ? null : unit,
    ...{ kind, direction, n: count, sum, min, max },
    mean: count > 0 ? sum / count : null,
    last: last?.value ?? null,
    lastAt: last ? new Date(last.atMs).toISOString() : null,
  };
}
