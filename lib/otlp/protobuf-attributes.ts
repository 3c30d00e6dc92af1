import { MAX_DEPTH } from './limits.ts';
import type { Attributes, AttributeValue } from './otlp-data.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** Reads a KeyValue into the attributes that it belongs to; the last one of a key wins. */
export function readAttribute(reader: ProtobufReader, into: Attributes, depth = 0): void {
  const outerEnd = reader.enter();
  let key = '';
  let isWanted = true;
  let value: AttributeValue | undefined = null;
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) {
      key = reader.string();
      isWanted = depth > 0 || reader.isWanted(key);
    } else if (tag === 0x12 && isWanted) value = readAnyValue(reader, depth);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  if (isWanted && value !== undefined && key !== '__proto__') into[key] = value;
}

/** @returns null for an empty value, undefined for bytes */
function readAnyValue(reader: ProtobufReader, depth: number): AttributeValue | undefined {
  const outerEnd = reader.enter();
  let value: AttributeValue | undefined = null;
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a:
        value = reader.string();
        break;
      case 0x10:
        value = reader.bool();
        break;
      case 0x18:
        value = reader.int64();
        break;
      case 0x21:
        value = reader.double();
        break;
      case 0x2a:
        value = readArray(reader, depth + 1);
        break;
      case 0x32:
        value = readMap(reader, depth + 1);
        break;
      case 0x3a:
        reader.skip(tag);
        value = undefined;
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return value;
}

function readArray(reader: ProtobufReader, depth: number): AttributeValue[] {
  const outerEnd = enterNested(reader, depth);
  const values: AttributeValue[] = [];
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) {
      const value = readAnyValue(reader, depth);
      if (value !== undefined) values.push(value);
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return values;
}

function readMap(reader: ProtobufReader, depth: number): Attributes {
  const outerEnd = enterNested(reader, depth);
  const map: Attributes = Object.create(null);
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) readAttribute(reader, map, depth);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return map;
}

function enterNested(reader: ProtobufReader, depth: number): number {
  if (depth > MAX_DEPTH) throw reader.malformed(`arrays and maps nested deeper than ${MAX_DEPTH}`);
  reader.countItem();
  return reader.enter();
}
