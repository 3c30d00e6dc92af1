import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../lib/local/json.ts';
import { matchesPattern, patternProblem } from '../../lib/local/matches-pattern.ts';

// Expected answers follow the examples of the EventBridge and SNS developer guides.
describe('an event matches a pattern', () => {
  const cases: { name: string; pattern: JsonObject; event: Json; expected: boolean }[] = [
    { name: 'by an exact value', pattern: { a: ['x', 'y'] }, event: { a: 'y' }, expected: true },
    { name: 'not by another value', pattern: { a: ['x'] }, event: { a: 'z' }, expected: false },
    { name: 'not when the field is missing', pattern: { a: ['x'] }, event: {}, expected: false },
    {
      name: 'only when every field matches',
      pattern: { a: ['x'], b: ['y'] },
      event: { a: 'x', b: 'n' },
      expected: false,
    },
    { name: 'telling numbers from texts', pattern: { a: [5] }, event: { a: '5' }, expected: false },
    { name: 'by null', pattern: { a: [null] }, event: { a: null }, expected: true },
    {
      name: 'in nested objects',
      pattern: { detail: { state: ['on'] } },
      event: { detail: { state: 'on' } },
      expected: true,
    },
    { name: 'when one element of a list matches', pattern: { a: ['x'] }, event: { a: ['w', 'x'] }, expected: true },
    {
      name: 'in a list of objects',
      pattern: { a: { b: ['x'] } },
      event: { a: [{ b: 'w' }, { b: 'x' }] },
      expected: true,
    },
    { name: 'by prefix', pattern: { a: [{ prefix: 'Alert' }] }, event: { a: 'Alert opened' }, expected: true },
    { name: 'not by another prefix', pattern: { a: [{ prefix: 'Alert' }] }, event: { a: 'An alert' }, expected: false },
    { name: 'by suffix', pattern: { a: [{ suffix: '.png' }] }, event: { a: 'x.png' }, expected: true },
    {
      name: 'by prefix in any case',
      pattern: { a: [{ prefix: { 'equals-ignore-case': 'AL' } }] },
      event: { a: 'alert' },
      expected: true,
    },
    { name: 'in any case', pattern: { a: [{ 'equals-ignore-case': 'ALERT' }] }, event: { a: 'Alert' }, expected: true },
    { name: 'by anything but a value', pattern: { a: [{ 'anything-but': 'x' }] }, event: { a: 'y' }, expected: true },
    {
      name: 'not by the excluded value',
      pattern: { a: [{ 'anything-but': ['x', 'y'] }] },
      event: { a: 'y' },
      expected: false,
    },
    {
      name: 'not by anything-but when the field is missing',
      pattern: { a: [{ 'anything-but': ['x'] }] },
      event: {},
      expected: false,
    },
    {
      name: 'not by an excluded prefix',
      pattern: { a: [{ 'anything-but': { prefix: 'te' } }] },
      event: { a: 'test' },
      expected: false,
    },
    { name: 'by anything but a number', pattern: { a: [{ 'anything-but': [1, 2] }] }, event: { a: 3 }, expected: true },
    { name: 'in a numeric range', pattern: { a: [{ numeric: ['>', 0, '<=', 5] }] }, event: { a: 5 }, expected: true },
    {
      name: 'not outside a numeric range',
      pattern: { a: [{ numeric: ['>', 0, '<=', 5] }] },
      event: { a: 0 },
      expected: false,
    },
    { name: 'by numeric equality', pattern: { a: [{ numeric: ['=', 301.8] }] }, event: { a: 301.8 }, expected: true },
    { name: 'not numerically by a text', pattern: { a: [{ numeric: ['=', 5] }] }, event: { a: '5' }, expected: false },
    { name: 'when a field exists', pattern: { a: [{ exists: true }] }, event: { a: 'x' }, expected: true },
    {
      name: 'not when a field that must exist is missing',
      pattern: { a: [{ exists: true }] },
      event: {},
      expected: false,
    },
    { name: 'when a field is missing', pattern: { a: [{ exists: false }] }, event: { b: 1 }, expected: true },
    { name: 'when a nested field is missing', pattern: { a: { b: [{ exists: false }] } }, event: {}, expected: true },
    { name: 'by wildcard', pattern: { a: [{ wildcard: 'dir/*/*.png' }] }, event: { a: 'dir/x/y.png' }, expected: true },
    {
      name: 'by an escaped star only literally',
      pattern: { a: [{ wildcard: 'a\\*' }] },
      event: { a: 'ab' },
      expected: false,
    },
    { name: 'by address range', pattern: { a: [{ cidr: '10.0.0.0/24' }] }, event: { a: '10.0.0.255' }, expected: true },
    {
      name: 'by one of two alternatives',
      pattern: { $or: [{ a: ['x'] }, { b: ['y'] }] },
      event: { b: 'y' },
      expected: true,
    },
  ];
  test.each(cases)('$name', ({ pattern, event, expected }) => {
    expect(patternProblem(pattern, 'nested')).toBeUndefined();
    expect(matchesPattern(pattern, event)).toBe(expected);
  });
});

describe('a pattern is refused', () => {
  const cases: { name: string; pattern: Json; expected: string }[] = [
    { name: 'when it is no object', pattern: ['x'], expected: 'must be an object' },
    { name: 'when a value is not in a list', pattern: { a: 'x' }, expected: 'must have a list of values for a' },
    { name: 'when a list is empty', pattern: { a: [] }, expected: 'has an empty list of values for a' },
    {
      name: 'with an unknown operator',
      pattern: { a: [{ like: 'x' }] },
      expected: 'has an unknown matcher for a: {"like":"x"}',
    },
    {
      name: 'with half a numeric range',
      pattern: { a: [{ numeric: ['>'] }] },
      expected: 'has an unknown matcher for a: {"numeric":[">"]}',
    },
    {
      name: 'with nesting in a filter of attributes',
      pattern: { a: { b: ['x'] } },
      expected: 'must have a list of values for a',
    },
    {
      name: 'with more attributes than SNS allows',
      pattern: { a: ['x'], b: ['x'], c: ['x'], d: ['x'], e: ['x'], f: ['x'] },
      expected: 'may name at most 5 attributes',
    },
  ];
  test.each(cases)('$name', ({ pattern, expected }) => {
    expect(patternProblem(pattern, 'flat')).toBe(expected);
  });
});
