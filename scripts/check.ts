import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checks = {
  types: 'tsc --noEmit',
  'types of the page': 'tsc --noEmit -p lib/dashboard',
  'lint and format': 'biome ci --error-on-warnings --colors=off .',
  'import directions': 'node scripts/import-directions.ts',
  'dead code': 'knip --no-progress --no-config-hints',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);

/** Runs one check to its end; `output` is everything it wrote. */
function run(command: string): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, cwd: root, env: { ...process.env, PATH: path } });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ ok: false, output: String(error) }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

let failed = 0;
for (const [name, command] of Object.entries(checks)) {
  const startedMs = performance.now();
  const { ok, output } = await run(command);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'failed'} ${name} (${seconds} s)`);
  if (ok) continue;
  failed += 1;
  console.log(`\n$ ${command}\n${output.trimEnd()}\n`);
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
