import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'lib', 'client', 'client.ts');

/**
 * Builds the client as packages need it, because Node strips no types below node_modules: index.js and index.cjs, each
 * with its declarations. The folder is also a package by itself, `fleetpulse-client`, which depends on nothing; installing
 * the whole of Fleetpulse would bring what its functions depend on.
 */
function buildClient(directory: string): void {
  for (const { format, file } of [
    { format: 'esm', file: 'index.js' },
    { format: 'cjs', file: 'index.cjs' },
  ] as const) {
    buildSync({
      entryPoints: [source],
      outfile: join(directory, file),
      ...{ format, bundle: true, platform: 'neutral', target: 'es2022', logLevel: 'warning' },
    });
  }
  const emitted = mkdtempSync(join(tmpdir(), 'fleetpulse-client-types-'));
  try {
    const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', emitted];
    const language = ['--target', 'es2024', '--module', 'nodenext', '--strict', '--types', 'node', '--skipLibCheck'];
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(
      process.execPath,
      [compiler, '--ignoreConfig', ...options, ...language, '--exactOptionalPropertyTypes', source],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    for (const file of ['index.d.ts', 'index.d.cts']) {
      copyFileSync(join(emitted, 'client.d.ts'), join(directory, file));
    }
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  const exports = {
    import: { types: './index.d.ts', default: './index.js' },
    require: { types: './index.d.cts', default: './index.cjs' },
  };
  const manifest = { name: 'fleetpulse-client', version, license, type: 'module', sideEffects: false, exports };
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist', 'client') } } });
buildClient(values.out);
