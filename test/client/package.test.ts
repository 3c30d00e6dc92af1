import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { createClient } from '../../lib/client/client.ts';
import { StubFleetpulse } from './stub-fleetpulse.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'fleetpulse-consumer-'));
const installed = join(project, 'node_modules', 'fleetpulse');
const built = join(installed, 'dist', 'client');

beforeAll(() => {
  mkdirSync(built, { recursive: true });
  execFileSync(process.execPath, [join(root, 'scripts', 'build-client.ts'), '--out', built]);
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  symlinkSync(built, join(project, 'node_modules', 'fleetpulse-client'));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The Node that runs the tests, and that of the system where it is another one and 20 or newer. */
function nodes(): { name: string; path: string }[] {
  const found = [{ name: `Node ${process.versions.node}`, path: process.execPath }];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const path = folders.map((folder) => join(folder, 'node')).find((candidate) => existsSync(candidate));
  if (path === undefined) return found;
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  if (version !== process.versions.node && Number.parseInt(version, 10) >= 20)
    found.push({ name: `Node ${version}`, path });
  return found;
}

const use = `const client = createClient({ url: '' });
client.wrap((_, n) => n + 1)(1).then((two) => console.log(two, JSON.stringify(client.stats().enqueued)));`;

describe.each(nodes())('under $name', ({ path }) => {
  test.each(['fleetpulse/client', 'fleetpulse-client'])('%s is imported and required', (name) => {
    writeFileSync(join(project, 'use.mjs'), `import { createClient } from '${name}';\n${use}`);
    writeFileSync(join(project, 'use.cjs'), `const { createClient } = require('${name}');\n${use}`);
    for (const file of ['use.mjs', 'use.cjs']) {
      expect(execFileSync(path, [file], { cwd: project, encoding: 'utf8' })).toBe('2 0\n');
    }
  });
});

test('the package is there for every condition that it exports', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const targets = Object.values<Record<string, string>>(manifest.exports['./client']).flatMap((each) =>
    Object.values(each),
  );
  expect(targets).toHaveLength(4);
  for (const target of targets) expect(existsSync(join(installed, target)), target).toBe(true);
});

test('nothing is imported or required at run time', () => {
  for (const file of ['index.js', 'index.cjs']) {
    const source = readFileSync(join(built, file), 'utf8');
    expect(source).not.toMatch(/\bimport\s*[({'"]|\bfrom\s*['"]|\brequire\s*\(/);
  }
});

test('where there is no process, console or compression it reports all the same', async () => {
  const stub = await StubFleetpulse.start();
  const { fetch, crypto, setTimeout, clearTimeout, performance, AbortController, TextEncoder } = globalThis;
  const edge = { fetch, crypto, setTimeout, clearTimeout, performance, AbortController, TextEncoder };
  const module: { exports: { createClient?: typeof createClient } } = { exports: {} };
  runInNewContext(readFileSync(join(built, 'index.cjs'), 'utf8'), { ...edge, module });
  const client = module.exports.createClient?.({ url: stub.url, key: 'fp_key' });
  for (let n = 0; n < 100; n++) client?.task({ agent: 'a-1', task: `t-${n}`, status: 'completed' });
  expect(await client?.close()).toBe(true);
  expect(stub.tasks).toHaveLength(100);
  expect(stub.received[0]?.headers['content-type']).toBe('application/json');
  await stub.stop();
});

const typed = `const client = createClient({ url: 'http://127.0.0.1', key: async () => 'k', fetch });
client.task({ agent: 'a', task: 't', status: 'completed' });
const double = client.wrap(async (task, n: number) => { task.quality(1); return n * 2; }, { inputHash: { salt: 's' } });
export const result: Promise<number> = double(2);
// @ts-expect-error a status that does not exist
client.task({ agent: 'a', task: 't', status: 'done' });
// @ts-expect-error a number is asked for
double('2');
`;

test.each([
  { name: 'with the types of Node only', options: ['--lib', 'es2022', '--types', 'node'] },
  { name: 'with those of browsers and workers only', options: ['--lib', 'es2022,dom', '--types', ''] },
])('its declarations hold $name, as ESM and as CommonJS', ({ options }) => {
  writeFileSync(join(project, 'typed.mts'), `import { createClient } from 'fleetpulse/client';\n${typed}`);
  writeFileSync(join(project, 'typed.cts'), `import { createClient } from 'fleetpulse/client';\n${typed}`);
  writeFileSync(join(project, 'package.json'), '{}');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const types = ['--typeRoots', join(root, 'node_modules', '@types')];
  const settings = ['--noEmit', '--strict', '--module', 'node20', '--target', 'es2022', ...types];
  const args = [compiler, '--ignoreConfig', ...settings, ...options, 'typed.mts', 'typed.cts'];
  expect(() => execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' })).not.toThrow();
});
