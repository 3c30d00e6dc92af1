import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/api/problem.ts';
import { cursorField, cursorFor, readParameters } from '../../lib/api/query-parameters.ts';

const read = (cursor: string) => readParameters({ cursor }, { cursor: cursorField }).cursor;

describe('a cursor', () => {
  test('leads back to the id that it was made of', () => {
    const ids = fc.string({ unit: fc.constantFrom(...'azAZ09._:/@-#'), minLength: 1, maxLength: 128 });
    fc.assert(
      fc.property(ids, (id) => {
        expect(read(cursorFor(id))).toBe(id);
      }),
    );
  });

  test.each(['A', 'AAAAA', '', '=', 'a b', 'A'.repeat(201)])('that no answer had is refused: "%s"', (cursor) => {
    expect(() => read(cursor)).toThrow(Problem);
  });
});
