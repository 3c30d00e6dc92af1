import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { importFile } from '../../lib/cli/import/import-file.ts';
import { temporaryFolder } from '../local/fixture-app.ts';

const csv = join(temporaryFolder(), 'requests.csv');
writeFileSync(csv, 'time,requests\n2026-03-01T00:00Z,1\n2026-03-01T01:00Z,2\n');
const body =
  '{"metric":"requests","kind":"gauge","points":[{"at":1772323200000,"value":1},{"at":1772326800000,"value":2}]}';
const stored = { stored: 2, minutes: 2, hours: 2, days: 1, rejected: [] };

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A service that answers as it is told, the last answer over and over; what it was sent, and how long it was waited for. */
function service(...answers: [status: number, answer: unknown, headers?: Record<string, string>][]) {
  const [sent, pauses]: [string[], number[]] = [[], []];
  const post = async (_path: string, text: string) => {
    const [status, answer, headers = {}] = answers[Math.min(sent.length, answers.length - 1)]!;
    sent.push(text);
    return new Response(JSON.stringify(answer), { status, headers });
  };
  const pause = async (seconds: number) => {
    pauses.push(seconds);
  };
  return { sent, pauses, api: { post, pause } };
}

const printed = () => vi.mocked(console.log).mock.calls.map(([line]) => String(line));

test('a service that is busy is sent the same again, when it says or after a while', async () => {
  const { api, sent, pauses } = service([503, {}, { 'retry-after': '3' }], [429, {}], [504, {}], [200, stored]);
  await importFile([csv], api);
  expect(sent).toEqual([body, body, body, body]);
  expect(pauses).toEqual([3, 2, 4]);
  expect(printed()).toContainEqual(expect.stringMatching(/^requests +gauge +2 +2 +2 +1$/));
});

test('as JSON it is told what was stored, or what would be', async () => {
  const { api, sent } = service([200, stored]);
  await importFile([csv, '--json', '--dry-run'], api);
  const of = { metric: 'requests', kind: 'gauge', unit: null };
  const [first, last] = ['2026-03-01T00:00:00.000Z', '2026-03-01T01:00:00.000Z'];
  expect(JSON.parse(printed().join('\n'))).toEqual({
    ...{ series: [{ ...of, points: 2, requests: 1, first, last }], skipped: {} },
  });
  expect(sent).toEqual([]);
  vi.mocked(console.log).mockClear();
  await importFile([csv, '--json'], api);
  expect(JSON.parse(printed().join('\n'))).toEqual({
    ...{ series: [{ ...of, stored: 2, minutes: 2, hours: 2, days: 1 }], skipped: {}, refused: {} },
  });
});

test('one that stays busy is given up after two minutes', async () => {
  const { api, sent, pauses } = service([503, { detail: 'the store is busy' }]);
  await expect(importFile([csv], api)).rejects.toThrow('503: the store is busy');
  expect(sent).toHaveLength(9);
  expect(pauses.reduce((sum, seconds) => sum + seconds, 0)).toBe(120);
});

test('what is refused as a whole ends the import, at once', async () => {
  const { api, sent } = service([403, { detail: 'this needs admin' }]);
  await expect(importFile([csv], api)).rejects.toThrow(new CommandError('403: this needs admin'));
  expect(sent).toHaveLength(1);
});

test('every point that is refused is counted, with the line of the first', async () => {
  const error = { path: 'points[0]', code: 'too_old', message: 'older days are not kept' };
  const { api } = service([422, { detail: 'none', errors: [error] }]);
  await expect(importFile([csv], api)).rejects.toThrow('nothing was stored');
  expect(printed()).toContainEqual('refused: 2 too_old, such as line 2 of requests: older days are not kept');
});

test.each([
  { args: [], says: /import takes one file/ },
  { args: ['a', 'b'], says: /import takes one file/ },
  { args: ['no-such-file'], says: /no-such-file cannot be read/ },
  { args: [csv, '--format', 'xml'], says: /--format must be csv or prometheus; got xml/ },
  { args: [csv, '--kind', 'sum'], says: /--kind must be gauge or counter; got sum/ },
  { args: [csv, '--format', 'prometheus'], says: /is not JSON/ },
  { args: [csv, '--what'], says: /what/ },
])('$args is refused before anything is sent', async ({ args, says }) => {
  const { api, sent } = service([200, stored]);
  await expect(importFile(args, api)).rejects.toThrow(says);
  expect(sent).toEqual([]);
});
