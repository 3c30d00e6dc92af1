import fc from 'fast-check';
import { describe, test } from 'vitest';
import { hostileInputs } from '../fixtures/hostile-input.ts';

describe('whatever comes in, only what is answered comes out', () => {
  test.each(Object.entries(hostileInputs))('%s', async (_, input) => {
    await fc.assert(input, { numRuns: 1_000 });
  });
});
