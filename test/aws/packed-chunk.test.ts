import { expect, test } from 'vitest';
import { packChunk, unpackChunk, unpackColumns } from '../../lib/aws/dynamodb/packed-chunk.ts';
import { MAX_SIGNATURES, OTHER_ERRORS } from '../../lib/core/kpi/error-rollup.ts';
import { emptyRollupChunk, errorRollupIn } from '../../lib/core/kpi/rollup-chunk.ts';

const MINUTE = 29_000_000;
const of = { agent: 'a', pool: '', taskType: 'triage' };

test('a chunk without errors is packed as chunks were before errors were counted, and has none when it is read', () => {
  const chunk = emptyRollupChunk(MINUTE, 0, 1);
  const packed = packChunk(chunk);
  expect(Object.keys(packed).sort()).toEqual(['metrics', 'parts', 'presence', 'tasks', 'v', 'workflows']);
  expect(unpackChunk(packed, chunk).errors.size).toBe(0);
  expect(unpackColumns(packed, chunk).errors).toEqual([]);
});

test('of the errors of an agent the most frequent are packed, and the rest together', () => {
  const chunk = emptyRollupChunk(MINUTE, 0, 1);
  for (let i = 1; i <= MAX_SIGNATURES + 3; i++) errorRollupIn(chunk, { ...of, signature: `E${i}` }).n = i;
  const { errors } = unpackChunk(packChunk(chunk), chunk);
  expect(errors.size).toBe(MAX_SIGNATURES + 1);
  expect([...errors.values()].find(({ signature }) => signature === OTHER_ERRORS)).toEqual({
    ...of,
    signature: OTHER_ERRORS,
    n: 1 + 2 + 3,
  });
});
