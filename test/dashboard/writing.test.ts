import { describe, expect, test } from 'vitest';
import { hold, unasked } from '../../lib/dashboard/held.ts';
import { neededScope, problemText } from '../../lib/dashboard/needed-scope.ts';
import { sendCommand } from '../../lib/dashboard/shell-command.ts';
import { readUtc, writeUtc } from '../../lib/dashboard/utc-moment.ts';

describe('a key that may not do something', () => {
  const detail = 'key "page" has the scopes read; this needs control';
  test('is told which scope it takes, and how to make a key that has it', () => {
    expect(neededScope(detail)).toBe('control');
    expect(problemText(detail)).toBe(
      `${detail}. Somebody with the scope admin makes a key that may: npm run -s cli -- keys create --name NAME --scopes read,control`,
    );
    expect(problemText('no budget of that name')).toBe('no budget of that name');
  });
  test('keeps what it was shown before', () => {
    const before = hold(unasked, { status: 'ok', answer: 1 }, '/v1/audit');
    expect(hold(before, { status: 'refused', detail }, '/v1/audit')).toEqual({
      answer: 1,
      trouble: { status: 'refused', detail },
      source: '/v1/audit',
    });
  });
});

test('a command is one of a shell, whatever is in its body', () => {
  expect(sendCommand('http://h', 'PUT', '/v1/x', { note: "it's" })).toBe(
    `curl -X PUT -H "x-api-key: $FLEETPULSE_KEY" -H 'content-type: application/json' -d '{"note":"it'\\''s"}' 'http://h/v1/x'`,
  );
  expect(sendCommand('http://h', 'DELETE', '/v1/x')).toBe(
    `curl -X DELETE -H "x-api-key: $FLEETPULSE_KEY" 'http://h/v1/x'`,
  );
});

test('moments are read and written in UTC', () => {
  expect(readUtc('2026-11-24T10:00')).toBe(Date.parse('2026-11-24T10:00:00Z'));
  expect(writeUtc(Date.parse('2026-11-24T10:00:59Z'))).toBe('2026-11-24T10:00');
  expect([readUtc(''), readUtc('tomorrow'), readUtc('2026-13-01T00:00')]).toEqual([undefined, undefined, undefined]);
});
