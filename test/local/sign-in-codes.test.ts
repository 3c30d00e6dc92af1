import { expect, test } from 'vitest';
import { SignInCodes } from '../../lib/local/sign-in-codes.ts';

test('a code gives its key once', () => {
  const codes = new SignInCodes(() => 0);
  const code = codes.issue('the-key');
  expect(code).not.toContain('the-key');
  expect(codes.issue('the-key')).not.toBe(code);
  expect(codes.redeem(code)).toBe('the-key');
  expect(codes.redeem(code)).toBeUndefined();
});

test('a code is good for ten minutes', () => {
  let nowMs = 0;
  const codes = new SignInCodes(() => nowMs);
  const [inTime, late] = [codes.issue('a'), codes.issue('b')];
  nowMs = 600_000 - 1;
  expect(codes.redeem(inTime)).toBe('a');
  nowMs = 600_000;
  expect(codes.redeem(late)).toBeUndefined();
});

test('a code that was never given is worth nothing', () => {
  expect(new SignInCodes().redeem('guess')).toBeUndefined();
});
