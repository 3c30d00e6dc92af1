import type { Attributes, OtlpScope } from './otlp-data.ts';
import { readAttribute } from './protobuf-attributes.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** What the requests of all signals have in common: a list of resources, each with a list of scopes. */
export function readRequest<Of>(reader: ProtobufReader, readResourceItems: (reader: ProtobufReader) => Of): Of[] {
  const resources: Of[] = [];
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) resources.push(readResourceItems(reader));
    else reader.skip(tag);
  }
  return resources;
}

/** Reads a ResourceSpans or ResourceMetrics: both have the resource in field 1 and the scopes in field 2. */
export function readResourceItems<Scope>(
  reader: ProtobufReader,
  readScopeItems: (reader: ProtobufReader) => Scope,
): { resource: Attributes; scopes: Scope[] } {
  reader.countItem();
  const outerEnd = reader.enter();
  const resource: Attributes = Object.create(null);
  const scopes: Scope[] = [];
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) readResource(reader, resource);
    else if (tag === 0x12) scopes.push(readScopeItems(reader));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { resource, scopes };
}

function readResource(reader: ProtobufReader, into: Attributes): void {
  const outerEnd = reader.enter();
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) readAttribute(reader, into);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}

/** Reads an InstrumentationScope. */
export function readScope(reader: ProtobufReader, into: OtlpScope): void {
  const outerEnd = reader.enter();
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) into.name = reader.string();
    else if (tag === 0x12) into.version = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}
