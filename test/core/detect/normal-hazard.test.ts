import { describe, expect, it } from 'vitest';
import { normalDensity, normalHazard } from '../../../lib/core/detect/normal-hazard.ts';

describe('normalHazard', () => {
  it('is what lies above a point on average', () => {
    for (const z of [-3, -1, 0, 0.7, 2, 4]) {
      let [sum, mass] = [0, 0];
      for (let x = z + 0.0005; x < z + 12; x += 0.001) {
        sum += x * normalDensity(x);
        mass += normalDensity(x);
      }
      expect(normalHazard(z)).toBeCloseTo(sum / mass, 5);
    }
  });

  it('stays a little above z where the tail is too small to be told', () => {
    expect(normalHazard(30)).toBeCloseTo(normalHazard(30.001) - 0.001, 4);
    expect(normalHazard(100)).toBeCloseTo(100.01, 5);
  });
});
