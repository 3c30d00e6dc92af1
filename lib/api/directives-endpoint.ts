import { verdicts } from '../core/effect/effect.ts';
import { actionClassNames, modes } from '../core/remediate/action-class.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { directiveStatuses } from '../core/remediate/directive-status.ts';
import { directiveForMachines } from '../core/remediate/directive-wording.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { booleanField, idField, oneOf, secondsField, textField } from './field.ts';
import { countSchema, listSchema, momentSchema, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { momentField } from './query-parameters.ts';

/** Longest wait of a long poll; API Gateway gives up after 30 s. */
const MAX_WAIT_SECONDS = 20;

const directiveSchema = objectSchema(
  {
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
      capacityShare: { type: 'number', minimum: 0, maximum: 1 },
    }),
    undo: textSchema,
    effect: objectSchema(
      { state: { type: 'string', enum: ['pending', 'measuring', 'measured'] } },
      {
        estimate: numberSchema,
        low: numberSchema,
        high: numberSchema,
        unit: textSchema,
        n: countSchema,
        verdict: oneOf(verdicts).schema,
        reason: textSchema,
        window: componentSchema('Window'),
        evidence: listSchema(textSchema),
      },
    ),
  },
  {
    endedBecause: textSchema,
    ackedAt: momentSchema,
    applied: { type: 'boolean' },
    ackedBy: textSchema,
    ackNote: textSchema,
    approvedBy: textSchema,
    approvedAt: momentSchema,
    rejectedBy: textSchema,
    rejectedAt: momentSchema,
    rolledBackBy: textSchema,
    rolledBackAt: momentSchema,
  },
);

export const directivesEndpoint = {
  method: 'GET',
  path: '/v1/directives',
  scope: 'read',
  ofPools: true,
  summary:
    'Directives, newest first: those of the last 24 hours and all that are still open, or those issued in a period. With wait, an unchanged answer (If-None-Match) is held back for up to so many seconds',
  parameters: {
    status: oneOf(directiveStatuses),
    target: idField,
    from: momentField,
    to: momentField,
    wait: secondsField(MAX_WAIT_SECONDS),
  },
  headers: { 'if-none-match': textField(200) },
  answer: objectSchema({ version: countSchema, directives: listSchema(directiveSchema) }),
  otherAnswers: { 304: { description: 'What If-None-Match names is still what there is' } },
} as const satisfies Endpoint;

const saying = { note: textField(500), by: textField(128) };

export const acknowledgeDirectiveEndpoint = {
  method: 'POST',
  path: '/v1/directives/{id}/ack',
  scope: 'control',
  ofPools: true,
  summary: 'An orchestrator says whether it applied a directive; saying it again changes nothing',
  parameters: {},
  body: { required: { applied: booleanField }, optional: saying },
  answer: directiveSchema,
} as const satisfies Endpoint;

export const approveDirectiveEndpoint = {
  method: 'POST',
  path: '/v1/directives/{id}/approve',
  scope: 'control',
  ofPools: true,
  summary: 'Puts a proposed directive in force, at once',
  parameters: {},
  body: { required: {}, optional: saying },
  answer: directiveSchema,
} as const satisfies Endpoint;

export const rejectDirectiveEndpoint = {
  ...approveDirectiveEndpoint,
  path: '/v1/directives/{id}/reject',
  summary: 'Turns a proposed directive down; the like is not proposed again for 30 minutes',
} as const satisfies Endpoint;

export const rollBackDirectiveEndpoint = {
  ...approveDirectiveEndpoint,
  path: '/v1/directives/{id}/rollback',
  summary: 'Takes an active directive back, at once; the like is not decided again for 30 minutes',
} as const satisfies Endpoint;

export function directivesAnswer(
  { version, records }: { version: number; records: readonly DirectiveRecord[] },
  nowMs: number,
): Record<string, unknown> {
  return { version, directives: records.map((record) => directiveAnswer(record, nowMs)) };
}

export function directiveAnswer(record: DirectiveRecord, nowMs: number): Record<string, unknown> {
  return directiveForMachines(record, nowMs);
}
