import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { falseDiscovery } from '../../../lib/core/review/false-discovery.ts';

describe('false discovery', () => {
  it('tells what Benjamini and Hochberg told: the first four of fifteen at 5 % (their paper, section 3.2)', () => {
    const p = [
      ...[
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
      ],
    ];
    expect(falseDiscovery(p, 0.05).map(Number).join('')).toBe('111100000000000');
  });

  it('tells more where more is allowed, and none of nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (p) => {
        const [strict, loose] = [falseDiscovery(p, 0.05), falseDiscovery(p, 0.2)];
        expect(strict.every((told, i) => !told || loose[i])).toBe(true);
      }),
    );
    expect(falseDiscovery([], 0.1)).toEqual([]);
  });

  it('refuses a level that is no share', () => {
    expect(() => falseDiscovery([0.1], 1)).toThrow(RangeError);
  });
});
