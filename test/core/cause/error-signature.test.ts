import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorSignature, MAX_SIGNATURE } from '../../../lib/core/cause/error-signature.ts';

test.each([
  { message: 'no answer from "db-7" after 30 s', signature: 'E: no answer from <text> after <n>' },
  { message: "can't reach node-17 at 10.0.3.250:8443", signature: "E: can't reach <id> at <n>" },
  { message: "unknown customer 'Ada Lovelace'", signature: 'E: unknown customer <text>' },
  { message: 'GET https://api.example.com/v2/orders?id=7: 503', signature: 'E: GET <url> <n>' },
  { message: 'no such file /var/lib/agents/notes.txt', signature: 'E: no such file <path>' },
  { message: 'mail to ada@example.com bounced', signature: 'E: mail to <address> bounced' },
  { message: 'at 0x7ffe12 of 9f86d081884c7d65', signature: 'E: at <hex> of <hex>' },
  { message: 'run 6f9619ff-8b86-4d01-b42d-00cf4fc964ff', signature: 'E: run <id>' },
  { message: 'rows 3, 17, 250 are not valid', signature: 'E: rows <n> are not valid' },
  { message: 'the text "that was cut', signature: 'E: the text <text>' },
  { message: 'E: wrong', signature: 'E: wrong' },
  { message: undefined, signature: 'E' },
])('of "$message" the signature is "$signature"', ({ message, signature }) => {
  expect(errorSignature(message === undefined ? { type: 'E' } : { type: 'E', message })).toBe(signature);
});

test('occurrences that differ in numbers, ids and quoted parts have one signature', () => {
  const given = fc.record({
    n: fc.integer(),
    id: fc.uuid(),
    hex: fc.integer({ min: 0x10_00_00_00 }).map((value) => `0x${value.toString(16)}`),
    quoted: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/["\n]/g, '')),
    ms: fc.integer({ min: 0 }),
  });
  const signatureOf = ({
    n,
    id,
    hex,
    quoted,
    ms,
  }: {
    n: number;
    id: string;
    hex: string;
    quoted: string;
    ms: number;
  }) => errorSignature({ type: 'ToolError', message: `call ${n} of ${id} at ${hex} with "${quoted}" took ${ms} ms` });
  fc.assert(fc.property(given, given, (a, b) => signatureOf(a) === signatureOf(b)));
});

test('a signature is short, and long ones that differ stay apart', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (message) => {
      expect(errorSignature({ type: 'E', message }).length).toBeLessThanOrEqual(MAX_SIGNATURE);
    }),
  );
  const long = 'a word '.repeat(40);
  expect(errorSignature({ type: 'E', message: `${long}x` })).not.toBe(
    errorSignature({ type: 'E', message: `${long}y` }),
  );
});

test('takes little time whatever is sent', () => {
  const started = performance.now();
  for (const unit of ['/', "'", '"', 'a-', '1.', '@', 'a://', '<n>', '0x', 'abcdef01']) {
    errorSignature({ type: unit.repeat(64), message: unit.repeat(256 / unit.length) });
  }
  expect(performance.now() - started).toBeLessThan(200);
});
