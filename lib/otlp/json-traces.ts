import { attributesField } from './json-attributes.ts';
import {
  enumField,
  idField,
  type JsonMessage,
  JsonReader,
  messageField,
  microsecondsField,
  stringField,
} from './json-reader.ts';
import { resourceField, scopeField } from './json-resource.ts';
import type { OtlpScope, OtlpSpan, ResourceSpans } from './otlp-data.ts';

const spanKinds = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];
const statusCodes = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/**
 * Reads an ExportTraceServiceRequest.
 * @throws OtlpError
 */
export function tracesFromJson(body: Buffer, isWanted: (key: string) => boolean): ResourceSpans[] {
  const reader = new JsonReader(isWanted);
  return reader.items(reader.request(body), 'resourceSpans', readResourceSpans);
}

function readResourceSpans(reader: JsonReader, item: JsonMessage): ResourceSpans {
  return { resource: resourceField(reader, item), scopes: reader.items(item, 'scopeSpans', readScopeSpans) };
}

function readScopeSpans(reader: JsonReader, item: JsonMessage): OtlpScope & { spans: OtlpSpan[] } {
  return { ...scopeField(item), spans: reader.items(item, 'spans', readSpan) };
}

function readSpan(reader: JsonReader, item: JsonMessage): OtlpSpan {
  const status = messageField(item, 'status') ?? {};
  return {
    traceId: idField(item, 'traceId', 32),
    spanId: idField(item, 'spanId', 16),
    parentSpanId: idField(item, 'parentSpanId', 16),
    name: stringField(item, 'name'),
    kind: enumField(item, 'kind', spanKinds),
    startUs: microsecondsField(item, 'startTimeUnixNano'),
    endUs: microsecondsField(item, 'endTimeUnixNano'),
    attributes: attributesField(reader, item, 'attributes'),
    events: reader.items(item, 'events', readEvent),
    links: reader.items(item, 'links', readLink),
    statusCode: enumField(status, 'code', statusCodes),
    statusMessage: stringField(status, 'message'),
  };
}

function readEvent(reader: JsonReader, item: JsonMessage): OtlpSpan['events'][number] {
  return {
    name: stringField(item, 'name'),
    timeUs: microsecondsField(item, 'timeUnixNano'),
    attributes: attributesField(reader, item, 'attributes'),
  };
}

function readLink(reader: JsonReader, item: JsonMessage): OtlpSpan['links'][number] {
  return {
    traceId: idField(item, 'traceId', 32),
    spanId: idField(item, 'spanId', 16),
    attributes: attributesField(reader, item, 'attributes'),
  };
}
