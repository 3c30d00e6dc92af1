import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numbersText, readNumbers } from '../../../../lib/core/detect/series/numbers-text.ts';

test('numbers come back exactly, those that are none as well, from a part of an array and into one, too', () => {
  fc.assert(
    fc.property(fc.oneof(fc.float32Array({ minLength: 1 }), fc.float64Array({ minLength: 1 })), (numbers) => {
      const empty = () => numbers.slice().fill(0);
      expect(readNumbers(numbersText(numbers), empty())).toEqual(numbers);
      expect(readNumbers(numbersText(numbers.subarray(1)), empty().subarray(1))).toEqual(numbers.slice(1));
    }),
  );
});

test('text of another length is refused', () => {
  expect(() => readNumbers(numbersText(new Float32Array(3)), new Float32Array(4))).toThrow(
    new RangeError('text must hold 4 numbers; got 3'),
  );
});
