import type { Endpoint } from './endpoint.ts';
import { countSchema, listSchema, objectSchema, textSchema } from './json-schema.ts';

export const eventsEndpoint = {
  method: 'POST',
  path: '/v1/events',
  scope: 'ingest',
  summary: 'Reports events, as JSON or one a line, plain or gzip; answered when they are durable',
  parameters: {},
  content: {
    'application/json': objectSchema({ events: listSchema({ type: 'object' }) }),
    'application/x-ndjson': { type: 'string' },
  },
  status: 202,
  answer: objectSchema({
    accepted: countSchema,
    rejected: listSchema(objectSchema({ index: countSchema, code: textSchema, message: textSchema })),
    duplicate: { type: 'boolean' },
    batchId: textSchema,
    directivesVersion: countSchema,
  }),
} as const satisfies Endpoint;
