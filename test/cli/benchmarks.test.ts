import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchmarks } from '../../lib/cli/benchmarks.ts';
import { CommandError } from '../../lib/cli/command-error.ts';
import { temporaryFolder } from '../local/fixture-app.ts';

const folder = temporaryFolder();
function fileWith(content: unknown): string {
  const file = join(folder, 'benchmarks.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** A service that refuses what it is told to; what it was sent, and what was printed. */
function service(refusals: Readonly<Record<string, [status: number, detail: string]>> = {}) {
  const sent: { path: string; body: unknown }[] = [];
  const printed: string[] = [];
  const put = async (path: string, body: string) => {
    sent.push({ path, body: JSON.parse(body) });
    const [status, detail] = refusals[path] ?? [200, ''];
    return new Response(JSON.stringify({ detail }), { status });
  };
  return { sent, printed, api: { put, print: (line: string) => printed.push(line) } };
}

test('a file declares the domain first, then sets entries and competitors by their names', async () => {
  const { api, sent, printed } = service();
  const file = fileWith({
    competitors: { Acme: { figures: [] } },
    entries: [{ name: 'peers/2026', kpi: 'error_ratio' }],
    domain: 'e-commerce',
  });
  expect(await benchmarks(['import', file], api)).toBe(true);
  expect(sent).toEqual([
    { path: '/v1/benchmarks/settings', body: { domain: 'e-commerce' } },
    { path: '/v1/benchmarks/entries/peers/2026', body: { kpi: 'error_ratio' } },
    { path: '/v1/benchmarks/competitors/Acme', body: { figures: [] } },
  ]);
  expect(printed.at(-1)).toBe('3 of 3 taken');
});

test('what is refused is told with the reason, and the rest is taken', async () => {
  const { api, sent, printed } = service({ '/v1/benchmarks/entries/a': [422, 'unit ms does not convert into ratio'] });
  expect(await benchmarks(['import', fileWith({ entries: { a: {}, b: {} } })], api)).toBe(false);
  expect(sent).toHaveLength(2);
  expect(printed).toEqual([
    'what   name  taken  why not',
    'entry  a     no     unit ms does not convert into ratio',
    'entry  b     yes',
    '1 of 2 taken',
  ]);
});

test('as JSON it is told what was taken, and why the rest was not', async () => {
  const { api, printed } = service({ '/v1/benchmarks/entries/a': [422, 'unit ms does not convert into ratio'] });
  expect(await benchmarks(['import', fileWith({ entries: { a: {}, b: {} } }), '--json'], api)).toBe(false);
  expect(JSON.parse(printed.join('\n'))).toEqual({
    ...{ taken: 1, of: 2 },
    parts: [
      { what: 'entry', name: 'a', taken: false, why: 'unit ms does not convert into ratio' },
      { what: 'entry', name: 'b', taken: true, why: null },
    ],
  });
});

test('a name that would lead to another path is not sent', async () => {
  const { api, sent, printed } = service();
  expect(await benchmarks(['import', fileWith({ entries: { '../settings': {}, 'a?x=1': {} } })], api)).toBe(false);
  expect(sent.map(({ path }) => path)).toEqual(['/v1/benchmarks/entries/a%3Fx%3D1']);
  expect(printed).toContain('entry  ../settings  no     a name has no part . or ..');
});

test('a key that may not ends the import', async () => {
  const { api, sent } = service({ '/v1/benchmarks/settings': [403, 'this needs control'] });
  const file = fileWith({ domain: null, entries: { a: {} } });
  await expect(benchmarks(['import', file], api)).rejects.toThrow(new CommandError('403: this needs control'));
  expect(sent).toHaveLength(1);
});

test.each([
  ['no file', ['import'], /takes one file/],
  ['another verb', ['export', 'x'], /takes one file/],
  ['a file that is not there', ['import', join(folder, 'none.json')], /cannot be read/],
])('%s is refused', async (_, args, message) => {
  await expect(benchmarks(args, service().api)).rejects.toThrow(message);
});

test.each([
  ['that is not JSON', '{', /is not JSON/],
  ['that is a list', [], /must be an object with domain, entries or competitors/],
  ['with a misspelt field', { entrys: {} }, /entrys in .* is not known/],
  ['with an entry without name', { entries: [{ kpi: 'error_ratio' }] }, /entries\[0\] in .* has no name/],
  ['with a number for entries', { entries: 7 }, /must be an object by name, or a list/],
])('a file %s is refused before anything is sent', async (_, content, message) => {
  const { api, sent } = service();
  await expect(benchmarks(['import', fileWith(content)], api)).rejects.toThrow(message);
  expect(sent).toEqual([]);
});
