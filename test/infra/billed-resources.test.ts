import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { billedIn } from '../../lib/cli/billed-in.ts';
import { billedByDefault } from '../../lib/core/cost/billed-by-default.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'fleetpulse-billed-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(['dev', 'staging', 'prod'] as const)(
  'what is billed of %s is what `npm run billed-resources` wrote down: run it again where it is not',
  (env) => {
    const { context: defaults }: { context: object } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
    const context = { ...defaults, 'aws:cdk:bundling-stacks': [], env, metricStore: 'dynamodb' };
    const outdir = join(directory, env);
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'infra', 'app.ts')], {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...{ ...process.env, CDK_DEFAULT_ACCOUNT: undefined, CDK_VALIDATION: 'false' },
        ...{ CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
      },
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const billed = billedIn(outdir, env);
    expect(billed).toEqual(billedByDefault[env]);
    // A type that is new has to be given a price, or to be named among those that have none, in lib/core/cost/billed-resources.ts.
    expect(billed?.unknownTypes).toEqual([]);
  },
);
