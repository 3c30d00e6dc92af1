import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { bundleOptions } from '../../infra/function-bundling.ts';

const MAX_BYTES = 400_000;

test('ingest is at most 400 KB to load, without its source map', async () => {
  const entry = fileURLToPath(new URL('../../functions/ingest.ts', import.meta.url));
  const { outputFiles } = await build({ ...bundleOptions(entry), outdir: 'out', write: false });
  const modules = outputFiles.filter(({ path }) => path.endsWith('.js'));
  expect(modules).toHaveLength(1);
  expect(modules[0]?.contents.length).toBeLessThanOrEqual(MAX_BYTES);
});
