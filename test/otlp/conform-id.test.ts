import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idField } from '../../lib/api/field.ts';
import { conformId } from '../../lib/otlp/conform-id.ts';
import { identifyAgent, serviceOf } from '../../lib/otlp/identify-agent.ts';
import { attributesOf } from '../fixtures/otlp-spans.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 300 });

test.each([
  { text: 'shop/planner', id: 'shop/planner' },
  { text: 'Research  Analyst', id: 'Research-Analyst' },
  { text: 'a\n\tb', id: 'a-b' },
])('$text becomes $id, which is what a reader expects', ({ text, id }) => {
  expect(conformId(text)).toBe(id);
});

test('whatever the text, the outcome is an id, and the same each time', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const id = conformId(text);
      expect(idField.read(id, 'id')).toBe(id);
      expect(conformId(text)).toBe(id);
      expect(conformId(id)).toBe(id);
    }),
  );
});

test.each([
  ['größe', 'grüße'],
  ['研究', '写作'],
  ['a(b)', 'a[b]'],
  ['', ' '],
  [`${'x'.repeat(128)}1`, `${'x'.repeat(128)}2`],
])('%j and %j stay apart', (one, other) => {
  expect(conformId(one)).not.toBe(conformId(other));
});

test('a replaced character is told by a suffix', () => {
  expect(conformId('Zoë')).toMatch(/^Zo--[0-9a-f]{6}$/);
  expect(conformId('y'.repeat(500))).toMatch(/^y{121}-[0-9a-f]{6}$/);
});

test('an agent is its service and its name, a call without an agent its service', () => {
  expect(identifyAgent('shop', 'Order Planner')).toBe('shop/Order-Planner');
  expect(identifyAgent('shop')).toBe('shop');
  expect(serviceOf(attributesOf({ 'service.name': 'shop' }))).toBe('shop');
  expect(serviceOf(attributesOf({ 'service.name': '' }))).toBe('unknown_service');
  expect(serviceOf(attributesOf({}))).toBe('unknown_service');
});
