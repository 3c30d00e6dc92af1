import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { type SynthesizedApp, synthChecked } from '../fixtures/synthesized-apps.ts';

const environments = ['dev', 'staging', 'prod'];
let apps: SynthesizedApp[];
beforeAll(() => {
  apps = synthChecked(environments.map((env) => ({ env, metricStore: 'timestream' })));
}, 240_000);

/** Keys in order, and nothing of the code: hashes and places of assets differ whenever a function does. */
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalized);
  if (typeof value === 'string') return value.replaceAll(/\b[0-9a-f]{64}\b/g, 'HASH');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, key === 'Code' || key === 'Content' ? 'CODE' : normalized(one)]),
  );
}

/** What would change in an account shows in a review; `npx vitest run test/infra/snapshots.test.ts -u` writes it anew. */
test.each(environments.map((env, index) => ({ env, index })))(
  'the resources of $env are those of the last review',
  async ({ env, index }) => {
    const resources = Object.fromEntries(
      [...apps[index]!.resources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, one]) => [id, normalized(one)]),
    );
    const file = fileURLToPath(new URL(`__snapshots__/${env}.snap`, import.meta.url));
    await expect(`${JSON.stringify(resources, null, 1)}\n`).toMatchFileSnapshot(file);
  },
);
