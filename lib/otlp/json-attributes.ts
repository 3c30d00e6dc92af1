import {
  asMessage,
  boolField,
  doubleField,
  integerField,
  type JsonMessage,
  type JsonReader,
  listField,
  messageField,
  stringField,
  within,
} from './json-reader.ts';
import { MAX_DEPTH } from './limits.ts';
import type { Attributes, AttributeValue } from './otlp-data.ts';
import { OtlpError } from './otlp-error.ts';

/** Reads a list of KeyValues; the last one of a key wins. */
export function attributesField(reader: JsonReader, message: JsonMessage, field: string, depth = 0): Attributes {
  const list = listField(message, field);
  const attributes: Attributes = Object.create(null);
  for (let i = 0; i < list.length; i += 1) {
    let part = '';
    try {
      const item = asMessage(list[i]);
      const key = typeof item['key'] === 'string' ? item['key'] : stringField(item, 'key');
      if (depth === 0 && !reader.isWanted(key)) continue;
      part = '.value';
      const any = messageField(item, 'value');
      const value = any ? anyValue(reader, any, depth) : null;
      if (value !== undefined && key !== '__proto__') attributes[key] = value;
    } catch (error) {
      throw within(`${field}[${i}]${part}`, error);
    }
  }
  return attributes;
}

/**
 * Loads by constant names and strings before all else: most of the time that JSON takes after parsing is spent here.
 * @returns null for an empty value, undefined for bytes
 */
function anyValue(reader: JsonReader, any: JsonMessage, depth: number): AttributeValue | undefined {
  const text = any['stringValue'];
  if (typeof text === 'string') return text;
  if (given(text)) return stringField(any, 'stringValue');
  if (given(any['intValue'])) return integerField(any, 'intValue', 'int64');
  if (given(any['doubleValue'])) return doubleField(any, 'doubleValue');
  if (given(any['boolValue'])) return boolField(any, 'boolValue');
  const array = messageField(any, 'arrayValue');
  if (array) return nested(reader, depth + 1, 'arrayValue', () => arrayOf(reader, array, depth + 1));
  const map = messageField(any, 'kvlistValue');
  if (map) return nested(reader, depth + 1, 'kvlistValue', () => attributesField(reader, map, 'values', depth + 1));
  return given(any['bytesValue']) ? undefined : null;
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function arrayOf(reader: JsonReader, array: JsonMessage, depth: number): AttributeValue[] {
  const values: AttributeValue[] = [];
  listField(array, 'values').forEach((item, i) => {
    try {
      const value = anyValue(reader, asMessage(item), depth);
      if (value !== undefined) values.push(value);
    } catch (error) {
      throw within(`values[${i}]`, error);
    }
  });
  return values;
}

function nested<Of>(reader: JsonReader, depth: number, field: string, read: () => Of): Of {
  if (depth > MAX_DEPTH) throw new OtlpError(`arrays and maps nested deeper than ${MAX_DEPTH}`, field);
  reader.countItems(1, field);
  try {
    return read();
  } catch (error) {
    throw within(field, error);
  }
}
