import { attributesField } from './json-attributes.ts';
import { type JsonMessage, type JsonReader, messageField, stringField, within } from './json-reader.ts';
import type { Attributes, OtlpScope } from './otlp-data.ts';

export function resourceField(reader: JsonReader, message: JsonMessage): Attributes {
  try {
    return attributesField(reader, messageField(message, 'resource') ?? {}, 'attributes');
  } catch (error) {
    throw within('resource', error);
  }
}

export function scopeField(message: JsonMessage): OtlpScope {
  const scope = messageField(message, 'scope') ?? {};
  return { name: stringField(scope, 'name'), version: stringField(scope, 'version') };
}
