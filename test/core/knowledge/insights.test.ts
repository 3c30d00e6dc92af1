import { describe, expect, test } from 'vitest';
import { entryInWords } from '../../../lib/core/knowledge/entry-in-words.ts';
import { insightsOf } from '../../../lib/core/knowledge/insights.ts';
import { noteTextFault } from '../../../lib/core/knowledge/note.ts';
import { SCALE, TUNE } from './entries.ts';

describe('insights', () => {
  test('say what helped against a fault, the likeliest first, with counts, intervals and harm', () => {
    expect(insightsOf([TUNE, SCALE])).toEqual([
      {
        ...{ fault: 'pool-slower', context: 'system' },
        text: 'scale helped in 8 of 10 cases of pool-slower (mean 0.74, 0.55-0.88); tune in 1 of 6 (mean 0.21, 0.06-0.42) and did harm in 2',
      },
    ]);
  });

  test('tell of a pool where it is another matter there, and not of one with few trials or much the same', () => {
    const inPool = (pool: string, trials: number, mean: number) => ({
      ...{ ...SCALE, context: `pool:${pool}`, trials, helped: 0, noEffect: trials },
      posterior: { mean, low: mean - 0.1, high: mean + 0.1 },
    });
    const [, ...pools] = insightsOf([SCALE, inPool('code', 5, 0.3), inPool('few', 2, 0.3), inPool('same', 5, 0.7)]);
    expect(pools).toEqual([
      {
        ...{ fault: 'pool-slower', context: 'pool:code' },
        text: 'scale helped in 0 of 5 cases of pool-slower in pool code (mean 0.30, 0.20-0.40); in all pools scale in 8 of 10 (mean 0.74, 0.55-0.88)',
      },
    ]);
  });

  test('begin with the fault that was answered most often, and leave out what was never tried', () => {
    const often = { ...SCALE, fault: 'load-surge', trials: 40, helped: 30 };
    const never = { ...SCALE, fault: 'retry-storm', trials: 0, helped: 0, noEffect: 0 };
    expect(insightsOf([SCALE, often, never]).map(({ fault }) => fault)).toEqual(['load-surge', 'pool-slower']);
    expect(insightsOf([])).toEqual([]);
  });

  test('say "case" of one', () => {
    expect(entryInWords({ ...SCALE, trials: 1, helped: 1, noEffect: 0 })).toMatch(
      /^scale helped in 1 of 1 case of pool-slower/,
    );
  });
});

test('the text of a note is neither empty nor longer than 2,000 characters', () => {
  expect(noteTextFault('x'.repeat(2_000))).toBeNull();
  expect(noteTextFault('x'.repeat(2_001))).toBe('the text has 2001 characters, more than 2000');
  expect(noteTextFault(' \n')).toBe('the text is empty');
});
