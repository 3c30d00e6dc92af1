import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTraces } from '../../lib/otlp/decode-traces.ts';
import type { OtlpSpan } from '../../lib/otlp/otlp-data.ts';
import { OtlpError } from '../../lib/otlp/otlp-error.ts';
import { bytesField, doubleField, fixed64Field, varintField } from '../fixtures/protobuf-fields.ts';

/** The one span of a request with these fields. */
function spanOf(...fields: Buffer[]): OtlpSpan {
  return decodeTraces(bytesField(1, bytesField(2, bytesField(2, ...fields))), 'protobuf')[0]!.scopes[0]!.spans[0]!;
}

function spanOfJson(span: unknown): OtlpSpan {
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
  return decodeTraces(Buffer.from(JSON.stringify(request)), 'json')[0]!.scopes[0]!.spans[0]!;
}

const attribute = (key: string, ...value: Buffer[]) => bytesField(9, bytesField(1, key), bytesField(2, ...value));
const protobufValueOf = (...value: Buffer[]) => spanOf(attribute('a', ...value)).attributes['a'];
const jsonValueOf = (value: unknown) => spanOfJson({ attributes: [{ key: 'a', value }] }).attributes['a'];

describe('integers of 64 bits', () => {
  test.each([0n, 1n, -1n, 127n, 128n, -(2n ** 31n), 2n ** 32n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])(
    '%d is the nearest number in both encodings',
    (integer) => {
      expect(protobufValueOf(varintField(3, integer))).toBe(Number(integer));
      expect(jsonValueOf({ intValue: String(integer) })).toBe(Number(integer));
      expect(jsonValueOf({ intValue: Number(integer) })).toBe(Number(integer));
    },
  );

  test('any is the nearest number in both encodings', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
        expect(protobufValueOf(varintField(3, integer))).toBe(Number(integer));
        expect(jsonValueOf({ intValue: String(integer) })).toBe(Number(integer));
      }),
    );
  });
});

test('JSON has no negative zero among integers', () => {
  expect(jsonValueOf({ intValue: '-0' })).toBe(0);
  expect(jsonValueOf({ intValue: -0 })).toBe(0);
});

test('enums without a name are kept, negative ones too', () => {
  expect(spanOf(varintField(6, 9n)).kind).toBe(9);
  expect(spanOf(varintField(6, -1n)).kind).toBe(-1);
  expect(spanOfJson({ kind: 9 }).kind).toBe(9);
  expect(spanOfJson({ kind: -1 }).kind).toBe(-1);
});

describe('ids', () => {
  const inTraces = (...ids: string[]) =>
    decodeTraces(
      bytesField(1, bytesField(2, ...ids.map((id) => bytesField(2, bytesField(1, Buffer.from(id, 'hex')))))),
      'protobuf',
    )[0]!.scopes[0]!.spans.map(({ traceId }) => traceId);
  const a = '0102030405060708090a0b0c0d0e0f10';
  const b = '0102030405060708090a0b0c0d0e0f11';

  test('of traces that take turns are told apart', () => {
    expect(inTraces(a, b, b, a, b)).toEqual([a, b, b, a, b]);
  });

  test('of a span may be how that of its trace begins', () => {
    const start = a.slice(0, 16);
    const span = spanOf(bytesField(1, Buffer.from(a, 'hex')), bytesField(2, Buffer.from(start, 'hex')));
    expect(span).toMatchObject({ traceId: a, spanId: start });
  });

  test.each(['', '01', a.slice(2), `${a}11`, '0'.repeat(32)])('%j is none', (id) => {
    expect(inTraces(id, a, id)).toEqual(['', a, '']);
  });

  test('of spans are eight bytes that are not all zero', () => {
    const spanIdOf = (hex: string) => spanOf(bytesField(2, Buffer.from(hex, 'hex'))).spanId;
    expect(spanIdOf('00f067aa0ba902b7')).toBe('00f067aa0ba902b7');
    expect(spanIdOf('0000000000000000')).toBe('');
    expect(spanIdOf(a)).toBe('');
  });
});

describe('times', () => {
  test('any in nanoseconds is cut to the microsecond, exactly', () => {
    // 2^53 µs are in the year 2255.
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n * 1_000n }), (nanos) => {
        const micros = Number(nanos / 1_000n);
        expect(spanOf(fixed64Field(7, nanos)).startUs).toBe(micros);
        expect(spanOfJson({ startTimeUnixNano: String(nanos) }).startUs).toBe(micros);
      }),
    );
  });

  test('the last of 64 bits is the nearest number of microseconds', () => {
    const last = 2n ** 64n - 1n;
    expect(spanOf(fixed64Field(8, last)).endUs).toBe(Number(last / 1_000n));
    expect(spanOfJson({ endTimeUnixNano: String(last) }).endUs).toBe(Number(last / 1_000n));
  });

  test('as JSON numbers are as near as a number of nanoseconds can be', () => {
    const { startUs } = spanOfJson({ startTimeUnixNano: Number(1_762_000_000_123_456_789n) });
    expect(Math.abs(startUs - 1_762_000_000_123_456)).toBeLessThanOrEqual(1);
  });
});

describe('values of every type', () => {
  test.each([
    { name: 'text', fields: [bytesField(1, 'grün 🚀')], json: { stringValue: 'grün 🚀' }, value: 'grün 🚀' },
    { name: 'empty text', fields: [bytesField(1)], json: { stringValue: '' }, value: '' },
    { name: 'true', fields: [varintField(2, 1n)], json: { boolValue: true }, value: true },
    { name: 'true as 2^32', fields: [varintField(2, 2n ** 32n)], json: { boolValue: true }, value: true },
    { name: 'false', fields: [varintField(2, 0n)], json: { boolValue: false }, value: false },
    { name: 'a fraction', fields: [doubleField(4, -0.1)], json: { doubleValue: -0.1 }, value: -0.1 },
    { name: 'not a number', fields: [doubleField(4, Number.NaN)], json: { doubleValue: 'NaN' }, value: Number.NaN },
    { name: 'infinity', fields: [doubleField(4, -Infinity)], json: { doubleValue: '-Infinity' }, value: -Infinity },
    {
      name: 'a number in a string',
      fields: [doubleField(4, 1.5e300)],
      json: { doubleValue: '1.5e+300' },
      value: 1.5e300,
    },
    { name: 'nothing', fields: [], json: {}, value: null },
    {
      name: 'an array',
      fields: [bytesField(5, bytesField(1, bytesField(1, 'x')), bytesField(1, varintField(3, -2n)), bytesField(1))],
      json: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '-2' }, {}] } },
      value: ['x', -2, null],
    },
    { name: 'an empty array', fields: [bytesField(5)], json: { arrayValue: {} }, value: [] },
    {
      name: 'a map',
      fields: [bytesField(6, bytesField(1, bytesField(1, 'k'), bytesField(2, varintField(3, 7n))))],
      json: { kvlistValue: { values: [{ key: 'k', value: { intValue: 7 } }] } },
      value: Object.assign(Object.create(null), { k: 7 }),
    },
  ])('$name', ({ fields, json, value }) => {
    expect(protobufValueOf(...fields)).toStrictEqual(value);
    expect(jsonValueOf(json)).toStrictEqual(value);
  });

  test('bytes are left out, of arrays too', () => {
    const bytes = bytesField(7, 'abc');
    const array = bytesField(5, bytesField(1, bytes), bytesField(1, bytesField(1, 'x')));
    expect(Object.keys(spanOf(attribute('b', bytes), attribute('n', varintField(3, 1n))).attributes)).toEqual(['n']);
    expect(protobufValueOf(array)).toEqual(['x']);
    expect(Object.keys(spanOfJson({ attributes: [{ key: 'b', value: { bytesValue: 'YWJj' } }] }).attributes)).toEqual(
      [],
    );
    expect(jsonValueOf({ arrayValue: { values: [{ bytesValue: 'YWJj' }, { stringValue: 'x' }] } })).toEqual(['x']);
  });

  test('text that is not UTF-8 has replacement characters', () => {
    expect(protobufValueOf(bytesField(1, Buffer.from([0x61, 0xff, 0x62])))).toBe('a\uFFFDb');
  });

  test('texts are told apart, however alike their bytes', () => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
    // Each is the start of the one before it, and has as many bytes as that has characters.
    const texts = letters.flatMap((y) =>
      letters.flatMap((z) => letters.flatMap((w) => [`aé${y}${z}${w}`, `aé${y}${z}`])),
    );
    const array = bytesField(5, ...texts.map((text) => bytesField(1, bytesField(1, text))));
    expect(protobufValueOf(array)).toEqual(texts);
  });

  test('any texts are told apart', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\u0000', '🚀'), maxLength: 30 }));
    fc.assert(
      fc.property(texts, (some) => {
        expect(protobufValueOf(bytesField(5, ...some.map((text) => bytesField(1, bytesField(1, text)))))).toEqual(some);
      }),
    );
  });
});

describe('keys', () => {
  test('may come after their value, and the last of equal ones wins', () => {
    const valueFirst = bytesField(9, bytesField(2, varintField(3, 1n)), bytesField(1, 'a'));
    expect(spanOf(valueFirst).attributes['a']).toBe(1);
    expect(spanOf(valueFirst, attribute('a', varintField(3, 2n))).attributes['a']).toBe(2);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString'])('%s does nothing to other objects', (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const polluting = bytesField(6, bytesField(1, bytesField(1, 'polluted'), bytesField(2, varintField(2, 1n))));
    const inMap = bytesField(6, bytesField(1, bytesField(1, name), bytesField(2, polluting)));
    const json = { kvlistValue: { values: [{ key: 'polluted', value: { boolValue: true } }] } };
    const spans = [
      spanOf(attribute(name, polluting), attribute('map', inMap)),
      spanOfJson({
        attributes: [
          { key: name, value: json },
          { key: 'map', value: { kvlistValue: { values: [{ key: name, value: json }] } } },
        ],
      }),
    ];
    for (const { attributes } of spans) {
      expect(Object.getPrototypeOf(attributes)).toBeNull();
      expect(Object.getPrototypeOf(attributes['map'])).toBeNull();
      expect(Object.hasOwn(attributes, name)).toBe(name !== '__proto__');
      expect(Object.hasOwn(attributes['map'] as object, name)).toBe(name !== '__proto__');
      expect(attributes['polluted']).toBeUndefined();
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  test('__proto__ as the name of a JSON field is just unknown', () => {
    const body = '{"__proto__":{"resourceSpans":[{}]},"resourceSpans":[{"__proto__":{"scopeSpans":[{}]}}]}';
    expect(decodeTraces(Buffer.from(body), 'json')).toEqual([{ resource: {}, scopes: [] }]);
  });
});

describe('nesting', () => {
  const arrays = (depth: number): Buffer[] => {
    let value = bytesField(1, 'core');
    for (let i = 0; i < depth; i += 1) value = bytesField(5, bytesField(1, value));
    return [value];
  };
  const maps = (depth: number): Buffer[] => {
    let value = bytesField(1, 'core');
    for (let i = 0; i < depth; i += 1) value = bytesField(6, bytesField(1, bytesField(1, 'k'), bytesField(2, value)));
    return [value];
  };
  const jsonOf = (depth: number, open: string, close: string) =>
    Buffer.from(
      `{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":${open.repeat(depth)}{}${close.repeat(depth)}}]}}]}`,
    );
  const jsonArrays = (depth: number) => jsonOf(depth, '{"arrayValue":{"values":[', ']}}');
  const jsonMaps = (depth: number) => jsonOf(depth, '{"kvlistValue":{"values":[{"key":"k","value":', '}]}}');
  const tooDeep = 'nested deeper than 16';

  test('is taken 16 deep', () => {
    const innermost = (value: unknown): unknown => (Array.isArray(value) ? innermost(value[0]) : value);
    expect(innermost(protobufValueOf(...arrays(16)))).toBe('core');
    expect(JSON.stringify(protobufValueOf(...maps(16)))).toBe(`${'{"k":'.repeat(16)}"core"${'}'.repeat(16)}`);
    expect(decodeTraces(jsonArrays(16), 'json')).toHaveLength(1);
    expect(decodeTraces(jsonMaps(16), 'json')).toHaveLength(1);
  });

  test.each([17, 2_000])('is refused %d deep', (depth) => {
    expect(() => protobufValueOf(...arrays(depth))).toThrow(tooDeep);
    expect(() => protobufValueOf(...maps(depth))).toThrow(tooDeep);
    expect(() => decodeTraces(jsonArrays(depth), 'json')).toThrow(tooDeep);
    expect(() => decodeTraces(jsonMaps(depth), 'json')).toThrow(tooDeep);
  });

  test('of JSON a million deep is no stack overflow, wherever it is', () => {
    const brackets = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect(() => decodeTraces(Buffer.from('['.repeat(1_000_000)), 'json')).toThrow(OtlpError);
    expect(() => decodeTraces(Buffer.from(brackets), 'json')).toThrow(OtlpError);
    expect(decodeTraces(Buffer.from(`{"unknown":${brackets}}`), 'json')).toEqual([]);
  });
});
