import { verdicts } from '../core/effect/effect.ts';
import { actionClassNames, modes } from '../core/remediate/action-class.ts';
import type { Obstacle } from '../core/remediate/approval-obstacles.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { directiveStatuses } from '../core/remediate/directive-status.ts';
import { directiveForMachines } from '../core/remediate/directive-wording.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { booleanField, idField, oneOf, secondsField, textField } from './field.ts';
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
import { momentField, type QueryValues } from './query-parameters.ts';

/** Longest wait of a long poll; API Gateway gives up after 30 s. */
const MAX_WAIT_SECONDS = 20;

/** With a 90 % interval; null where it cannot be told. */
const savedSchema = nullable(objectSchema({ estimate: numberSchema, low: numberSchema, high: numberSchema }));

const effectState = { type: 'string', enum: ['pending', 'measuring', 'measured'] } as const;
const effectFields = {
  estimate: numberSchema,
  low: numberSchema,
  high: numberSchema,
  unit: textSchema,
  harmProbability: shareSchema,
  ...{ tasksSaved: savedSchema, usdSaved: savedSchema },
  n: countSchema,
  verdict: oneOf(verdicts).schema,
  reason: textSchema,
  window: componentSchema('Window'),
  evidence: listSchema(textSchema),
};
const effectSchema = objectSchema({ state: effectState }, effectFields);

const directiveFields = {
  id: textSchema,
  kind: oneOf(actionClassNames).schema,
  response: textSchema,
  summary: textSchema,
  params: { type: 'object' },
  mode: oneOf(modes).schema,
  status: oneOf(directiveStatuses).schema,
  issuedAt: momentSchema,
  renewedAt: momentSchema,
  expiresAt: momentSchema,
  onsetAt: momentSchema,
  alerts: listSchema(textSchema),
  evidence: listSchema(textSchema),
  expected: objectSchema({
    kpi: textSchema,
    scope: textSchema,
    direction: { type: 'string', enum: ['down', 'up'] },
    size: numberSchema,
    unit: textSchema,
    by: momentSchema,
  }),
  blastRadius: objectSchema({
    pool: idField.schema,
    agents: listSchema(idField.schema),
    capacityShare: shareSchema,
  }),
  undo: textSchema,
  effect: effectSchema,
};
const laterFields = {
  chosen: objectSchema({
    ...{ fault: textSchema, isFirst: { type: 'boolean' }, propensity: shareSchema },
    explored: { type: 'boolean' },
  }),
  holdOut: objectSchema({ until: momentSchema, share: shareSchema, control: effectSchema }),
  later: listSchema(objectSchema({ afterDays: countSchema, state: effectState }, effectFields)),
  began: {
    ...textSchema,
    description: 'the summary with which it came into force, where it says something else by now',
  },
  endedBecause: textSchema,
  ackedAt: momentSchema,
  applied: { type: 'boolean' },
  ackedBy: textSchema,
  ackNote: textSchema,
  acknowledgements: listSchema(
    objectSchema({ by: textSchema, at: momentSchema, applied: { type: 'boolean' } }, { note: textSchema }),
  ),
  approvedBy: textSchema,
  approvedAt: momentSchema,
  approvedNote: textSchema,
  rejectedBy: textSchema,
  rejectedAt: momentSchema,
  rejectedNote: textSchema,
  rolledBackBy: textSchema,
  rolledBackAt: momentSchema,
  rolledBackNote: textSchema,
};
const directiveSchema = objectSchema(directiveFields, laterFields);

export const directivesEndpoint = {
  method: 'GET',
  path: '/v1/directives',
  scope: 'read',
  ofPools: true,
  summary:
    'Directives, newest first: those that are open, or were issued, ended or measured in the last 24 hours, or those issued in a period; all of them at once unless limit is given. What the kill switch or maintenance stops is rolled_back at once. Keys for some pools see what sets any of them. With wait, an unchanged answer (If-None-Match) is held back for up to so many seconds',
  parameters: {
    status: oneOf(directiveStatuses),
    target: idField,
    from: momentField,
    to: momentField,
    wait: secondsField(MAX_WAIT_SECONDS),
    ...pageParameters,
  },
  answer: objectSchema({ version: countSchema, directives: listSchema(directiveSchema), next: nextSchema }),
} as const satisfies Endpoint;

export const directiveEndpoint = {
  method: 'GET',
  path: '/v1/directives/{id}',
  scope: 'read',
  ofPools: true,
  summary:
    'One directive, also one that ended long ago: alerts, the audit log and knowledge name them by id. Keys for some pools see what sets any of them; 404 where there is none, or none for them. Of a proposed one, obstacles are what its approval would be refused for now',
  parameters: {},
  answer: objectSchema(directiveFields, {
    ...laterFields,
    obstacles: listSchema(objectSchema({ why: textSchema, remedy: textSchema }, { until: momentSchema })),
  }),
} as const satisfies Endpoint;

const saying = { note: textField(500), by: textField(128) };

export const acknowledgeDirectiveEndpoint = {
  method: 'POST',
  path: '/v1/directives/{id}/ack',
  scope: 'control',
  ofPools: true,
  summary:
    'An orchestrator says whether it applied a directive; of several, one that did is enough, and saying it again changes nothing',
  parameters: {},
  body: { required: { applied: booleanField }, optional: saying },
  answer: directiveSchema,
} as const satisfies Endpoint;

export const approveDirectiveEndpoint = {
  method: 'POST',
  path: '/v1/directives/{id}/approve',
  scope: 'control',
  ofPools: true,
  summary:
    'Puts a proposed directive in force, at once; 409 while the kill switch is on, a pool that it touches is under maintenance, its class is set to observe, or it was renewed after renewedAt, which is that of the answer that was read; 403 for keys that have only some of its pools',
  parameters: {},
  body: { required: {}, optional: { ...saying, renewedAt: momentField } },
  answer: directiveSchema,
} as const satisfies Endpoint;

export const rejectDirectiveEndpoint = {
  ...approveDirectiveEndpoint,
  path: '/v1/directives/{id}/reject',
  body: { required: {}, optional: saying },
  summary:
    'Turns a proposed directive down; the like is not proposed again for 30 minutes; 403 for keys that have only some of its pools',
} as const satisfies Endpoint;

export const rollBackDirectiveEndpoint = {
  ...approveDirectiveEndpoint,
  path: '/v1/directives/{id}/rollback',
  body: { required: {}, optional: saying },
  summary:
    'Takes an active directive back, at once; the like is not decided again for 30 minutes; 403 for keys that have only some of its pools',
} as const satisfies Endpoint;

/**
 * All directives, or a page of them where a limit is given. There is none unless asked for: orchestrators take what is
 * not listed for over.
 */
export function directivesAnswer(
  { version, records }: { version: number; records: readonly DirectiveRecord[] },
  { limit, cursor: after }: Pick<QueryValues<typeof directivesEndpoint.parameters>, 'limit' | 'cursor'>,
  nowMs: number,
): Record<string, unknown> {
  const ordered = records
    .map((record) => ({ record, key: momentKey(record.directive.issuedMs, record.directive.id) }))
    .sort((a, b) => (a.key < b.key ? 1 : -1));
  const request = { after, limit: limit ?? records.length, order: 'descending' } as const;
  const { items, next } = pageOf(ordered, ({ key }) => key, request);
  return { version, directives: items.map(({ record }) => directiveAnswer(record, nowMs)), next };
}

export function obstaclesAnswer(obstacles: readonly Obstacle[]): { obstacles: Record<string, unknown>[] } {
  const answered = obstacles.map(({ why, remedy, untilMs }) => ({
    ...{ why, remedy },
    ...(untilMs === null ? {} : { until: new Date(untilMs).toISOString() }),
  }));
  return { obstacles: answered };
}

export function directiveAnswer(record: DirectiveRecord, nowMs: number): Record<string, unknown> {
  return directiveForMachines(record, nowMs);
}
