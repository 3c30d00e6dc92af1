import { expect, test } from 'vitest';
import { normalTail } from '../../../lib/core/detect/normal-tail.ts';
import { studentTail } from '../../../lib/core/detect/student-tail.ts';

test('tails of Student’s t, by numerical integration of its density', () => {
  const exact: [number, number, number][] = [
    [1, 3, 0.19550110947788535],
    [3, 5, 0.015049623948731208],
    [5, 7, 0.0007826389765864181],
    [8, 20, 5.828314135744269e-8],
    [5, 100, 1.2250867067521868e-6],
    [15, 7, 7.025848124046989e-7],
  ];
  for (const [t, freedom, tail] of exact) {
    expect(studentTail(t, freedom) / tail).toBeGreaterThan(0.99);
    expect(studentTail(t, freedom) / tail).toBeLessThan(1.25);
    expect(studentTail(t, freedom) + studentTail(-t, freedom)).toBeCloseTo(1, 12);
  }
});

test('with many degrees of freedom it is the normal one', () => {
  expect(studentTail(3, 1e6) / normalTail(3)).toBeCloseTo(1, 4);
});
