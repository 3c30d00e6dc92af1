import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../lib/local/synthesize.ts';

/** Synthesizes an environment once, history in DynamoDB, for as long as it is used. */
export async function withAssembly<Result>(
  env: string,
  use: (assemblyDirectory: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  try {
    const outputDirectory = join(directory, 'cdk.out');
    const context = { env, metricStore: 'dynamodb' };
    await synthesize({ outputDirectory, logFile: join(directory, 'synthesize.log'), context });
    return await use(outputDirectory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
