import type { Attributes, AttributeValue } from './otlp-data.ts';

/** The first of the attributes that holds text; '' counts as not said. */
export function textOf(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = nonEmptyText(attributes[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

export function nonEmptyText(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' && value.length > 0 ? value : undefined;
}

/** The first of the attributes that holds a number from 0 to `max`. */
export function numberOf(attributes: Attributes, names: readonly string[], max: number): number | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === 'number' && value >= 0 && value <= max) return value;
  }
  return undefined;
}
