import type { Endpoint } from './endpoint.ts';
import { objectSchema, textSchema } from './json-schema.ts';

const content = {
  'application/x-protobuf': { type: 'string', format: 'binary', description: 'the request in protobuf, plain or gzip' },
  'application/json': { type: 'object', description: 'the request in the JSON of OTLP' },
};

const answer = objectSchema(
  {},
  {
    partialSuccess: objectSchema(
      { errorMessage: textSchema },
      { rejectedSpans: textSchema, rejectedDataPoints: textSchema, rejectedLogRecords: textSchema },
    ),
  },
);

export const tracesEndpoint = {
  method: 'POST',
  path: '/v1/traces',
  scope: 'ingest',
  summary: 'Takes an ExportTraceServiceRequest of OTLP/HTTP; answered in its encoding',
  parameters: {},
  content,
  answer,
} as const satisfies Endpoint;

export const metricsEndpoint = {
  method: 'POST',
  path: '/v1/metrics',
  scope: 'ingest',
  summary: 'Takes an ExportMetricsServiceRequest of OTLP/HTTP; answered in its encoding',
  parameters: {},
  content,
  answer,
} as const satisfies Endpoint;

export const logsEndpoint = {
  method: 'POST',
  path: '/v1/logs',
  scope: 'ingest',
  summary: 'Takes an ExportLogsServiceRequest of OTLP/HTTP and only counts its records',
  parameters: {},
  content,
  answer,
} as const satisfies Endpoint;
