import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { billedIn } from '../lib/cli/billed-in.ts';
import { synthesize } from '../lib/local/synthesize.ts';

// The program behind `npm run billed-resources`: writes what is billed of the templates of each environment.

const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-billed-'));
try {
  const billed: Record<string, unknown> = {};
  for (const env of ['dev', 'staging', 'prod']) {
    const outputDirectory = join(directory, env);
    const context = { env, metricStore: 'dynamodb' };
    await synthesize({ outputDirectory, logFile: join(directory, 'synthesize.log'), context });
    billed[env] = billedIn(outputDirectory, env);
  }
  const file = fileURLToPath(new URL('../lib/core/cost/billed-by-default.json', import.meta.url));
  writeFileSync(file, `${JSON.stringify(billed, null, 2)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
