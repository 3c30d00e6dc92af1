import {
  type Alert,
  type AlertKind,
  type AlertScope,
  alertStates,
  severities,
  severityOf,
} from '../core/alert/alert.ts';
import { type Opinion, opinions } from '../core/alert/alert-marks.ts';
import { alertForMachines } from '../core/alert/notification.ts';
import { changeKinds } from '../core/model/event.ts';
import { actionClassNames, modes } from '../core/remediate/action-class.ts';
import { directiveStatuses } from '../core/remediate/directive-status.ts';
import type { Endpoint } from './endpoint.ts';
import { booleanField, idField, oneOf, textField } from './field.ts';
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
import { momentKey, nextSchema, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import { momentField, type QueryValues } from './query-parameters.ts';

const DAY_MS = 86_400_000;
const scopeNames = [
  ...(['pool', 'agent', 'taskType', 'tool', 'model', 'metric', 'signature', 'version', 'budget'] as const),
  'recommendation' as const,
] satisfies (keyof AlertScope)[];
const causeSchema = objectSchema({
  dimension: textSchema,
  id: textSchema,
  share: shareSchema,
  words: textSchema,
});
const acknowledgementSchema = objectSchema({ by: textSchema, note: nullable(textSchema), at: momentSchema });

const alertSchema = objectSchema(
  {
    id: textSchema,
    rule: textSchema,
    kind: { type: 'string', enum: Object.keys(severityOf) },
    severity: oneOf(severities).schema,
    state: oneOf(alertStates).schema,
    scope: {
      ...objectSchema({}, Object.fromEntries(scopeNames.map((name) => [name, textSchema]))),
      description: 'what it is about; without any field, the whole system',
    },
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
      objectSchema(
        { directive: textSchema, summary: textSchema, mode: oneOf(modes).schema, undo: textSchema },
        {
          kind: oneOf(actionClassNames).schema,
          subject: textSchema,
          status: oneOf(directiveStatuses).schema,
          ...{ wasInForce: booleanField.schema, applied: booleanField.schema, isPutOff: booleanField.schema },
          until: momentSchema,
          endedBecause: textSchema,
        },
      ),
    ),
    reopened: countSchema,
    acknowledged: nullable(acknowledgementSchema),
    silencedBy: nullable(textSchema),
    inhibitedBy: nullable(textSchema),
    fingerprint: textSchema,
    runbook: textSchema,
  },
  {
    resolvedAt: momentSchema,
    exhaustsAt: momentSchema,
    layer: textSchema,
    causes: listSchema(causeSchema),
    known: listSchema(objectSchema({ text: textSchema, from: { type: 'object' } })),
  },
);

export const alertsEndpoint = {
  method: 'GET',
  path: '/v1/alerts',
  scope: 'read',
  ofPools: true,
  summary: 'Alerts that fired at some time in the period, newest first; without a period, in the last 24 hours',
  parameters: {
    state: oneOf(alertStates),
    severity: oneOf(severities),
    pool: idField,
    from: momentField,
    to: momentField,
    ...pageParameters,
  },
  answer: objectSchema({ alerts: listSchema(alertSchema), next: nextSchema }),
} as const satisfies Endpoint;

const saying = { note: textField(500), by: textField(128) };

export const acknowledgeAlertEndpoint = {
  method: 'POST',
  path: '/v1/alerts/{id}/ack',
  scope: 'control',
  ofPools: true,
  summary: 'Somebody takes care of an alert: it is neither repeated nor raised any more. Who says so first stays',
  parameters: {},
  body: { required: {}, optional: saying },
  answer: alertSchema,
} as const satisfies Endpoint;

export const alertFeedbackEndpoint = {
  method: 'POST',
  path: '/v1/alerts/{id}/feedback',
  scope: 'control',
  ofPools: true,
  summary:
    'Whether an alert was of use. Alerts that people call noise must be further from normal before they fire for that pool, within bounds; critical ones stay as they are',
  parameters: {},
  body: { required: { opinion: oneOf(opinions) }, optional: saying },
  answer: objectSchema({
    alert: textSchema,
    feedback: listSchema(
      objectSchema({ opinion: oneOf(opinions).schema, by: textSchema, note: nullable(textSchema), at: momentSchema }),
    ),
  }),
} as const satisfies Endpoint;

export const testAlertEndpoint = {
  method: 'POST',
  path: '/v1/alerts/test',
  scope: 'control',
  summary:
    'Sends a message that looks like an alert, and says that it is a test, through every channel within a minute',
  parameters: {},
  body: {
    required: {},
    optional: {
      ...{ kind: oneOf(Object.keys(severityOf) as AlertKind[]), severity: oneOf(severities) },
      ...{ pool: idField, team: textField(128) },
    },
  },
  status: 202,
  answer: objectSchema({ id: textSchema }),
} as const satisfies Endpoint;

export function unknownAlert(id: string): Problem {
  return new Problem(404, `there is no alert ${id}: GET /v1/alerts lists them`);
}

export function feedbackAnswer(
  alert: string,
  feedback: readonly { opinion: Opinion; by: string; note: string | null; atMs: number }[],
): Record<string, unknown> {
  return { alert, feedback: feedback.map(({ atMs, ...given }) => ({ ...given, at: new Date(atMs).toISOString() })) };
}

export function readAlertsRequest(given: QueryValues<typeof alertsEndpoint.parameters>, nowMs: number) {
  const { from, to, ...filters } = given;
  const toMs = to ?? nowMs + 1;
  return { fromMs: from ?? toMs - DAY_MS, toMs, ...filters };
}

export function alertAnswer(alert: Alert): Record<string, unknown> {
  return alertForMachines(alert);
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
  return { alerts: items.map(({ alert }) => alertAnswer(alert)), next };
}
