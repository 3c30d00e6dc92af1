import type { OtlpScope, OtlpSpan, ResourceSpans } from './otlp-data.ts';
import { readAttribute } from './protobuf-attributes.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { readRequest, readResourceItems, readScope } from './protobuf-resource.ts';

/**
 * Reads an ExportTraceServiceRequest.
 * @throws OtlpError
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function tracesFromProtobuf(body: Buffer, isWanted: (key: string) => boolean): ResourceSpans[] {
  return readRequest(new ProtobufReader(body, isWanted), readResourceSpans);
}

function readResourceSpans(reader: ProtobufReader): ResourceSpans {
  return readResourceItems(reader, readScopeSpans);
}

function readScopeSpans(reader: ProtobufReader): OtlpScope & { spans: OtlpSpan[] } {
  reader.countItem();
  const outerEnd = reader.enter();
  const scope = { name: '', version: '', spans: [] as OtlpSpan[] };
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) readScope(reader, scope);
    else if (tag === 0x12) scope.spans.push(readSpan(reader));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return scope;
}

function readSpan(reader: ProtobufReader): OtlpSpan {
  reader.countItem();
  const outerEnd = reader.enter();
  const span: OtlpSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    startUs: 0,
    endUs: 0,
    attributes: Object.create(null),
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
  };
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a:
        span.traceId = reader.id(16);
        break;
      case 0x12:
        span.spanId = reader.id(8);
        break;
      case 0x22:
        span.parentSpanId = reader.id(8);
        break;
      case 0x2a:
        span.name = reader.string();
        break;
      case 0x30:
        span.kind = reader.int32();
        break;
      case 0x39:
        span.startUs = reader.microseconds();
        break;
      case 0x41:
        span.endUs = reader.microseconds();
        break;
      case 0x4a:
        readAttribute(reader, span.attributes);
        break;
      case 0x5a:
        span.events.push(readEvent(reader));
        break;
      case 0x6a:
        span.links.push(readLink(reader));
        break;
      case 0x7a:
        readStatus(reader, span);
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return span;
}

function readEvent(reader: ProtobufReader): OtlpSpan['events'][number] {
  reader.countItem();
  const outerEnd = reader.enter();
  const event: OtlpSpan['events'][number] = { name: '', timeUs: 0, attributes: Object.create(null) };
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x09) event.timeUs = reader.microseconds();
    else if (tag === 0x12) event.name = reader.string();
    else if (tag === 0x1a) readAttribute(reader, event.attributes);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return event;
}

function readLink(reader: ProtobufReader): OtlpSpan['links'][number] {
  reader.countItem();
  const outerEnd = reader.enter();
  const link: OtlpSpan['links'][number] = { traceId: '', spanId: '', attributes: Object.create(null) };
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) link.traceId = reader.id(16);
    else if (tag === 0x12) link.spanId = reader.id(8);
    else if (tag === 0x22) readAttribute(reader, link.attributes);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return link;
}

function readStatus(reader: ProtobufReader, span: OtlpSpan): void {
  const outerEnd = reader.enter();
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x12) span.statusMessage = reader.string();
    else if (tag === 0x18) span.statusCode = reader.int32();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}
