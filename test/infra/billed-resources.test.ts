import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { billedIn } from '../../lib/cli/billed-in.ts';
import { billedByDefault } from '../../lib/core/cost/billed-by-default.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-billed-'));
const environments = ['dev', 'staging', 'prod'] as const;

/** All in one process, without bundling: an app is synthesized when the process is about to end. */
const SYNTHESIZE_EACH = `
for (const [index, { outdir, context }] of JSON.parse(process.env.APPS).entries()) {
  Object.assign(process.env, { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: context });
  await import(\`${pathToFileURL(join(root, 'infra', 'app.ts')).href}?\${index}\`);
}`;

beforeAll(() => {
  const { context: defaults }: { context: object } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const apps = environments.map((env) => ({
    outdir: join(directory, env),
    context: JSON.stringify({ ...defaults, 'aws:cdk:bundling-stacks': [], env, metricStore: 'dynamodb' }),
  }));
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', SYNTHESIZE_EACH], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CDK_DEFAULT_ACCOUNT: undefined, CDK_VALIDATION: 'false', APPS: JSON.stringify(apps) },
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
}, 300_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(environments)(
  'what is billed of %s is what `npm run billed-resources` wrote down: run it again where it is not',
  (env) => {
    const billed = billedIn(join(directory, env), env);
    expect(billed).toEqual(billedByDefault[env]);
    // A type that is new has to be given a price, or to be named among those that have none, in lib/core/cost/billed-resources.ts.
    expect(billed?.unknownTypes).toEqual([]);
  },
);
