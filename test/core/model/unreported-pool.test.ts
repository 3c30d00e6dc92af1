import { expect, test } from 'vitest';
import { unreportedPool } from '../../../lib/core/model/unreported-pool.ts';

const reported = new Set(['support', 'solo']);
const named = (pool: string) =>
  unreportedPool({ path: 'backupPool', pool, so: 'so nothing can fail over to it' }, reported);

test('a pool that agents have reported from needs no word', () => {
  expect(named('support')).toBeNull();
});

test('of another the word says what comes of it, which is meant, and that it may be yet to come', () => {
  expect(named('suport')).toBe(
    'backupPool: no agent has reported from pool suport, so nothing can fail over to it. Did you mean support? Set it again with the name that is meant, or leave it if the pool is yet to come.',
  );
});

test('where none is near, none is guessed', () => {
  expect(named('translators')).not.toContain('Did you mean');
});
