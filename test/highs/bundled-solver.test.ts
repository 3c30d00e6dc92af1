import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleOptions } from '../../infra/function-bundling.ts';

const entry = fileURLToPath(new URL('../fixtures/solve-in-bundle.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundled-solver-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('bundled as functions are, the solver finds its file where no package is in reach', async () => {
  await build({ ...bundleOptions(entry), outfile: join(folder, 'index.mjs'), logLevel: 'warning' });
  expect((await readdir(folder)).filter((name) => name.endsWith('.wasm'))).toHaveLength(1);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'index.mjs')], { cwd: folder, env: {} });
  expect(JSON.parse(stdout)).toEqual({ status: 'optimal', agents: { p: 4 } });
});
