import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32Text, readFloat32Text } from '../../../../lib/core/detect/series/float32-text.ts';

test('numbers come back exactly, those that are none as well, from a part of an array, too', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1 }), (numbers) => {
      expect(readFloat32Text(float32Text(numbers), numbers.length)).toEqual(numbers);
      expect(readFloat32Text(float32Text(numbers.subarray(1)), numbers.length - 1)).toEqual(numbers.slice(1));
    }),
  );
});

test('text of another length is refused', () => {
  expect(() => readFloat32Text(float32Text(new Float32Array(3)), 4)).toThrow(
    new RangeError('text must hold 4 numbers; got 3'),
  );
});
