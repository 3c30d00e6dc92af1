import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownWords } from '../../lib/aws/dynamodb/known-words.ts';
import { packJson, packText, unpackJson } from '../../lib/aws/dynamodb/packed-json.ts';
import { sha256 } from '../../lib/aws/sha256.ts';

/** What the first version of columns wrote. */
const golden = {
  rows: Array.from({ length: 40 }, (_, i) => ({
    agent: `a${i % 3}`,
    id: `id-${i * 7_919}`,
    at: 1_790_000_000_000 + i * 977,
    cost: i / 8,
    note: i % 2 ? null : 1 - i,
    bins: [i, i * 300].slice(0, i % 3),
    ...(i % 5 ? {} : { late: true }),
    third: i / 3,
  })),
  empty: [],
  some: [1, 'two', { three: 3 }, false, null],
  text: 'größe',
  none: null,
};
const GOLDEN = [
  'KLUv/WB5A80QAFagcEBAi9MGXzd/x/+CSQTbeCK4KxckTZ1RYNAWZjvleMihh/r5RZjVdWV3d+/hu8VY8RslPwHkE/9miPI3S0gSoZU7VgBRAG',
  'sAj6ue8jtXRvE8pdVaPs5Sv348H09L6aW0Wlvf4mq11Rffp9hiOjPN9jtXVrl+jTtXRrnsXFn06V0ZdPjcx7SgvwVdWtCl+LYPFmJNXlEelBCJ',
  'Boo+VV5vs6B/zXlOLSWlUlJds7TZ3sf41qnxpH+zrNTqXG2V2GL69upJ8U/6mX7V2cppscbXSqkx/Znzz4q1nvfKTPPfKu2sdlY6b6VV4jttxv',
  'neLAMej8fjcdK7QJnINjl8lYJLyYbDNutB9JJ4IoFwNhyaTAGNDIwLARYVFJhLhAWiUlFThO/DX+iTNYjuHpTi5FRFqUAAsERIXDATFHATGey9',
  '94YP27RP9OcmSAveFtIcRH+O0lArXMhwQkECCQ77aJ/omAUTDCagEMq3CNgW/UkShoFEtslfRSPZJH+Sk4ATBRvRQtFdJWGDMIJNvkej7fbI7Z',
  'EbbZHIbZETbbe3Q3DAw8MAh7Pp6ODQaDYyGQIaGRgXAywCVExgLpZKNUH3wUMHDhtcgjAgkAMXhjE4WLuhaKWAD2oVhr2g/NGBKuVXbqDyHjrv',
  'TtgefscbWdZDD33oQWQ99JSXZG3ooYc+SNaGHnrog1zWPMvpRlBvWvTTjaDOpm8Fdz7/CQ==',
].join('');

/** What the first version that codes columns wrote. */
const GOLDEN_CODED = [
  'AqQBKLUv/SCr3QQAYookKICp6Z0JSmegiIEUB1OBj1L/2779IxDOgjYDEHQG1tIotJvccm+50w6Knegw5QbpQXoGnDYCN9NnMj9LN/2LB536VIrVDm',
  '4ixFRtQhc03PS48jBLN11fACRKFHcAAVMXsSm/tiGrN1jPJxZCCOE6d3SYKuTbvqEowNRFNBgcIKaFvO4frXeFWfrdVO+LdYwjaS8BAE4WVBSqAf89',
  'J/bpMpm9LnvGON1koZpjpOZm5YAHfO9M5+CuFeYVDSKXtPZKl9qUpLW9rcBP3Gg2LMS9+s4Js/bfm2dJDGWiOTphHxEIp7b+pVdB/SKIsYVg5Xogqf',
  '7XsBXvJT8RUKKNsfWYTxWgAPcwDGoB64VfQtUNRbeW0lQvfP6RhNfHK68xuUmrtefZjYVt56e8nuKvA/BmQ/BVjvTqraP6U7N8Tvjb286+pElgwwH6',
  'v5f6/6ACAFAKANARASAVAWAZAaAdAeAgAhAiAjAkAlAmAnAoApVVVVVVVVVVVVVVVVVVVVVVVVqqqqqqqrqqqqqqqrVVVVVVVVqqqqqqqrVVVVVVVV',
  'VVVVVVVVqqqqqqqrVVVVVVVVqqqqqqqrVVVVVVVVqqqqqqqrVVVVVVVVqqqqqqqrqqqqqqqrVVVVVVVVqqqqqqqrVVVVVVVVqqqqqqqrVVVVVVVVqq',
  'qqqqqrVVVVVVVVqqqqqqqrVVVVVVVVA=',
].join('');
/** Of the words that it knew. */
const FIRST_WORDS = 124;
const FIRST_WORDS_HASH = '03b11ab2911fabd1e69cb5e94be0c508f1d1d0bcd8d201053cf373f7c5ce9f79';

const text = (value: unknown) => JSON.stringify(value);

/** The same content; objects may have their fields in another order. */
function expectSame(value: unknown): void {
  expect(unpackJson(packJson(value))).toEqual(JSON.parse(text(value)));
}

test('what was packed is read as it was', () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary' }), expectSame));
});

describe('a table is read as it was', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.integer({ min: 0, max: 9_000 }).map((cents) => cents / 100),
    fc.constantFrom(0, -0, 1e21, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, Number.NaN),
  );
  const numbers = fc.oneof(
    fc.array(number, { minLength: 3 }),
    fc.array(fc.integer({ min: 1_790_000_000_000, max: 1_790_000_100_000 }), { minLength: 3 }).map((all) => all.sort()),
  );

  test('of numbers of any size, with decimals, rising, negative and none', () => {
    fc.assert(fc.property(numbers, expectSame));
  });

  test('of objects, fields of which are absent, null, lists, texts or objects', () => {
    const rows = fc.array(
      fc.record(
        {
          agent: fc.constantFrom('a', 'b', 'größe', '\u{1f600}', '\ud800'),
          at: fc.integer({ min: 0, max: 2 ** 45 }),
          cost: fc.option(number, { nil: null }),
          isLate: fc.boolean(),
          bins: fc.array(fc.nat(1_000), { maxLength: 70 }),
          tokens: fc.record({ input: fc.nat(), output: fc.nat() }, { requiredKeys: [] }),
          any: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 40 },
    );
    fc.assert(fc.property(rows, expectSame));
  });

  test('of columns that are longer than a row has places', () => {
    expectSame([
      Array.from({ length: 100 }, (_, i) => i),
      Array.from({ length: 90 }, (_, i) => -i),
      Array.from({ length: 80 }, () => 'same'),
    ]);
  });

  test('of objects whose names are data', () => {
    expectSame(Array.from({ length: 20 }, (_, row) => ({ [`agent-${row}`]: row, [`agent-${row}-again`]: null })));
  });

  test('and fields that are called like something of objects are fields', () => {
    const rows = JSON.parse('[{"__proto__":1,"constructor":2},{"__proto__":3},{"toString":4}]') as object[];
    const read = unpackJson<object[]>(packJson({ rows, more: 'x'.repeat(2_000) }));
    expect(text(read)).toBe(text({ rows, more: 'x'.repeat(2_000) }));
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

test('what JSON leaves out is left out, and what it cannot say is null', () => {
  const value = Array.from({ length: 300 }, (_, i) => ({ i, x: undefined, f: () => 1, n: [Number.NaN, undefined, i] }));
  expect(unpackJson(packJson(value))).toEqual(JSON.parse(text(value)));
});

test('events of a minute of 25 agents take less than as text', () => {
  const at = 1_790_000_000_000;
  const column = (of: (i: number) => unknown) => Array.from({ length: 125 }, (_, i) => of(i));
  const fields = {
    agent: column((i) => `worker-${(i * 7) % 25}`),
    durationMs: column((i) => 900 + ((i * 7_919) % 12_000)),
    costUsd: column((i) => ((i * 7_919) % 4_000) / 1e6),
    endedAt: column((i) => at + i * 480 + ((i * 31) % 97)),
    tokens: column((i) => ({ input: (i * 613) % 3_000, output: (i * 127) % 600 })),
  };
  const value = [{ type: 'task', rows: 125, fields }];
  expect(packJson(value).length).toBeLessThan(zstdCompressSync(text(value)).length * 0.8);
});

test('what was packed as text, with gzip or Zstandard as it was before, is still read', () => {
  const value = [{ type: 'task', rows: 1, fields: { agent: ['größe'], endedAtMs: [1_790_000_000_000] } }];
  expect(unpackJson(gzipSync(text(value), { level: 6 }))).toEqual(value);
  expect(unpackJson(zstdCompressSync(text(value)))).toEqual(value);
});

test('what is packed as text is read as it was', () => {
  const expectRead = (value: unknown) => {
    expect(unpackJson(packText(value))).toEqual(JSON.parse(text(value)));
  };
  fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary' }), expectRead));
});

test('what is damaged is an error, and not taken for something else', () => {
  const packed = packJson({ rows: 500 });
  expect(() => unpackJson(packed.subarray(0, packed.length - 3))).toThrow(Error);
  expect(() => unpackJson(Buffer.from('{"rows":500}'))).toThrow(Error);
});

test('columns of a kind that is not known are an error', () => {
  expect(() => unpackJson(zstdCompressSync(new Uint8Array([1, 31])))).toThrow('is of a later version');
  expect(() => unpackJson(zstdCompressSync(new Uint8Array([1, 9, 3, 60])))).toThrow('is of a later version');
});

test('columns are read as they were written first', () => {
  const packed = Buffer.from(GOLDEN, 'base64');
  expect(unpackJson(packed)).toEqual(golden);
});

test('coded columns are read as they were written first', () => {
  expect(unpackJson(Buffer.from(GOLDEN_CODED, 'base64'))).toEqual(golden);
});

test('known words keep their places: what is stored is read by them', () => {
  expect(new Set(knownWords).size).toBe(knownWords.length);
  expect(sha256(knownWords.slice(0, FIRST_WORDS).join(' '))).toBe(FIRST_WORDS_HASH);
});

test('a column that another one tells, or two do, takes next to nothing', () => {
  const response = Array.from({ length: 200 }, (_, i) => 1_000 + ((i * 7_919) % 60_013));
  const waiting = response.map((ms, i) => (ms * (i % 7)) / 9 - ((ms * (i % 7)) % 9) / 9);
  const two = { response, waiting };
  const more = { ...two, service: response.map((ms, i) => ms - (waiting[i] as number)), again: response };
  expect(packJson(more).length).toBeLessThan(packJson(two).length + 30);
  expect(unpackJson(packJson(more))).toEqual(more);
});
