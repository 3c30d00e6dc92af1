import { type Alert, severities, severityOf } from '../core/alert/alert.ts';
import { alertForMachines } from '../core/alert/notification.ts';
import { changeKinds } from '../core/model/event.ts';
import { modes } from '../core/remediate/action-class.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { momentKey, nextSchema, pageOf, pageParameters } from './page.ts';
import { momentField, type QueryValues } from './query-parameters.ts';

const DAY_MS = 86_400_000;
const states = ['firing', 'resolved'] as const;

const alertSchema = objectSchema(
  {
    id: textSchema,
    kind: { type: 'string', enum: Object.keys(severityOf) },
    severity: oneOf(severities).schema,
    state: oneOf(states).schema,
    scope: objectSchema({ pool: idField.schema }, { agent: idField.schema }),
    team: nullable(textSchema),
    title: textSchema,
    why: textSchema,
    onsetAt: momentSchema,
    detectedAt: momentSchema,
    value: numberSchema,
    expected: numberSchema,
    unit: textSchema,
    n: numberSchema,
    impact: { type: 'object', additionalProperties: numberSchema },
    evidence: listSchema(textSchema),
    contributors: listSchema(objectSchema({ agent: idField.schema, share: numberSchema })),
    changes: listSchema(
      objectSchema(
        { id: textSchema, at: momentSchema, kind: oneOf(changeKinds).schema },
        { pool: idField.schema, agent: idField.schema, version: idField.schema, note: textSchema },
      ),
    ),
    directives: listSchema(textSchema),
    actions: listSchema(
      objectSchema({ directive: textSchema, summary: textSchema, mode: oneOf(modes).schema, undo: textSchema }),
    ),
    fingerprint: textSchema,
    runbook: textSchema,
  },
  { resolvedAt: momentSchema },
);

export const alertsEndpoint = {
  method: 'GET',
  path: '/v1/alerts',
  scope: 'read',
  ofPools: true,
  summary: 'Alerts that fired at some time in the period, newest first; without a period, in the last 24 hours',
  parameters: {
    state: oneOf(states),
    severity: oneOf(severities),
    pool: idField,
    from: momentField,
    to: momentField,
    ...pageParameters,
  },
  answer: objectSchema({ alerts: listSchema(alertSchema), next: nextSchema }),
} as const satisfies Endpoint;

export function readAlertsRequest(given: QueryValues<typeof alertsEndpoint.parameters>, nowMs: number) {
  const { from, to, ...filters } = given;
  const toMs = to ?? nowMs + 1;
  return { fromMs: from ?? toMs - DAY_MS, toMs, ...filters };
}

/** One page of alerts, in order of their detection, newest first. */
export function alertsAnswer(
  alerts: readonly Alert[],
  { state, severity, pool, limit, cursor: after }: ReturnType<typeof readAlertsRequest>,
): Record<string, unknown> {
  const wanted = alerts
    .filter(
      (alert) =>
        (state === undefined || alert.state === state) &&
        (severity === undefined || alert.severity === severity) &&
        (pool === undefined || alert.scope.pool === pool),
    )
    .map((alert) => ({ alert, key: momentKey(alert.detectedMs, alert.id) }))
    .sort((a, b) => (a.key < b.key ? 1 : -1));
  const { items, next } = pageOf(wanted, ({ key }) => key, { after, limit, order: 'descending' });
  return { alerts: items.map(({ alert }) => alertForMachines(alert)), next };
}
