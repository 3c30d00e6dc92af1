import { describe, expect, test } from 'vitest';
import type { CommandDeclaration } from '../../lib/cli/command.ts';
import { CommandError } from '../../lib/cli/command-error.ts';
import { readCommand } from '../../lib/cli/read-command.ts';
import { editDistance } from '../../lib/core/model/edit-distance.ts';
import { nearestName } from '../../lib/core/model/nearest-name.ts';

const paint = {
  name: 'paint',
  group: 'Asked of no service',
  summary: 'paint a wall',
  operands: { wall: { what: 'wall', summary: 'which' }, second: { what: 'wall', summary: 'another', optional: true } },
  options: {
    colour: { takes: 'NAME', summary: 'of the paint', required: true },
    coats: { takes: 'N', summary: 'how many', default: '2' },
    varnish: { takes: 'KIND', summary: 'on top' },
    wet: { summary: 'do not wait' },
  },
  examples: [{ args: 'north --colour red', does: 'one wall' }],
} as const satisfies CommandDeclaration;

test('what is left out has its default, is undefined, or is off', () => {
  expect(readCommand(paint, ['north', '--colour', 'red'])).toEqual({
    operands: { wall: 'north', second: undefined },
    options: { colour: 'red', coats: '2', varnish: undefined, wet: false },
  });
});

test('options stand anywhere and with an equals sign, of two the last counts, and what stands behind -- is no option', () => {
  const args = ['--wet', 'north', '--colour=-x', '--coats', '3', '--coats', '4', '--', '--south'];
  expect(readCommand(paint, args)).toEqual({
    operands: { wall: 'north', second: '--south' },
    options: { colour: '-x', coats: '4', varnish: undefined, wet: true },
  });
});

describe('what is wrong is named, with what is right', () => {
  test.each([
    { args: ['north'], says: 'paint needs --colour NAME: of the paint' },
    {
      args: ['--colour', 'red'],
      says: /^paint takes one wall and one wall \(SECOND\): npm run -s cli -- paint WALL \[SECOND\] --colour NAME /,
    },
    { args: ['a', 'b', 'c', '--colour', 'red'], says: /^paint takes .*; got a b c: / },
    {
      args: ['north', '--color', 'red'],
      says: 'paint has no option --color: did you mean --colour? (npm run -s cli -- paint --help)',
    },
    { args: ['north', '-c'], says: /^paint has no option -c: did you mean|^paint has no option -c: it has --colour, / },
    { args: ['north', '--colour'], says: '--colour takes a value: --colour NAME, of the paint' },
    { args: ['north', '--colour', '--wet'], says: '--colour takes a value: --colour NAME, of the paint' },
    { args: ['north', '--colour', 'red', '--wet=yes'], says: '--wet is a switch and takes no value; got yes' },
    { args: ['north', '--__proto__', 'x'], says: /^paint has no option --__proto__: it has / },
  ])('$args', ({ args, says }) => {
    expect(() => readCommand(paint, args)).toThrow(CommandError);
    expect(() => readCommand(paint, args)).toThrow(says);
  });

  test('of a command that reads standard input, that it does', () => {
    const sing = { ...paint, name: 'sing', operands: {}, options: {}, input: 'NOTES' };
    expect(() => readCommand(sing, ['file'])).toThrow(
      'sing reads NOTES from standard input and takes no argument; got file: npm run -s cli -- sing < NOTES',
    );
    expect(() => readCommand(sing, ['--loud'])).toThrow('sing has no option --loud: it has none');
  });
});

describe('the nearest name', () => {
  const names = ['fleet', 'forget', 'forecast', 'budgets', 'alerts', 'allocate'];
  test.each([
    { given: 'flete', nearest: 'fleet' },
    { given: 'alert', nearest: 'alerts' },
    { given: 'budgest', nearest: 'budgets' },
    { given: 'foreacst', nearest: 'forecast' },
    { given: 'alloc', nearest: 'allocate' },
    { given: 'for', nearest: null },
    { given: 'restart', nearest: null },
    { given: '', nearest: null },
  ])('of $given is $nearest', ({ given, nearest }) => {
    expect(nearestName(given, names)).toBe(nearest);
  });

  // By hand; "ca" to "abc" is 3 where no part is edited twice.
  test.each([
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['flete', 'fleet', 1],
    ['ca', 'abc', 3],
    ['same', 'same', 0],
  ])('%s is so many edits from %s: %i', (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits);
    expect(editDistance(to, from)).toBe(edits);
  });
});
