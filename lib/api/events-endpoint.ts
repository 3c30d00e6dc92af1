import type { NativeEventType } from '../core/model/event.ts';
import type { Endpoint } from './endpoint.ts';
import { eventFields } from './event-schema.ts';
import { idField, uuidField } from './field.ts';
import { countSchema, type JsonSchema, listSchema, objectSchema, textSchema } from './json-schema.ts';
import { MAX_EVENTS } from './read-batch.ts';
import { recordSchema } from './record-fields.ts';

/** Conditions between the fields of an event, which the fields themselves cannot say. */
const conditions: { readonly [Type in NativeEventType]?: JsonSchema } = {
  task: {
    anyOf: [
      { required: ['agent'] },
      {
        description: 'a rejected task that reached no agent',
        properties: { status: { const: 'rejected' } },
        required: ['pool'],
      },
    ],
  },
};

function eventSchema(type: NativeEventType): JsonSchema {
  const { properties, required, ...schema } = recordSchema(eventFields[type]);
  return {
    title: type,
    ...schema,
    properties: { type: { const: type }, ...(properties as JsonSchema) },
    required: ['type', ...((required as string[] | undefined) ?? [])],
    ...conditions[type],
  };
}

const anyEvent: JsonSchema = {
  oneOf: (Object.keys(eventFields) as NativeEventType[]).map(eventSchema),
};

export const eventsEndpoint = {
  method: 'POST',
  path: '/v1/events',
  scope: 'ingest',
  summary: 'Reports events, as JSON or one a line, plain or gzip; answered when they are durable',
  parameters: {},
  headers: { 'Idempotency-Key': uuidField },
  content: {
    'application/json': objectSchema(
      { events: listSchema(anyEvent, { minItems: 1, maxItems: MAX_EVENTS }) },
      { batchId: uuidField.schema },
    ),
    'application/x-ndjson': { type: 'string', description: 'one event a line; the batch id in Idempotency-Key' },
  },
  status: 202,
  answer: objectSchema({
    accepted: countSchema,
    rejected: listSchema(objectSchema({ index: countSchema, code: textSchema, message: textSchema })),
    duplicate: { type: 'boolean' },
    batchId: idField.schema,
    directivesVersion: countSchema,
  }),
} as const satisfies Endpoint;
