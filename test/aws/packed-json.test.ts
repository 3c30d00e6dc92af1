import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packJson, unpackJson } from '../../lib/aws/dynamodb/packed-json.ts';

test('what was packed is read as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      expect(JSON.stringify(unpackJson(packJson(value)))).toBe(json);
    }),
  );
});

test('what was packed with gzip, as it was before, is still read', () => {
  const value = [{ type: 'task', rows: 1, fields: { agent: ['größe'], endedAtMs: [1_790_000_000_000] } }];
  expect(unpackJson(gzipSync(JSON.stringify(value), { level: 6 }))).toEqual(value);
});

test('what is damaged is an error, and not taken for something else', () => {
  const packed = packJson({ rows: 500 });
  expect(() => unpackJson(packed.subarray(0, packed.length - 3))).toThrow(Error);
  expect(() => unpackJson(Buffer.from('{"rows":500}'))).toThrow(Error);
});
