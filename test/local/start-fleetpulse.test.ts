import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { defaultMetricStore, type MetricStoreKind } from '../../lib/local/metric-store-kind.ts';
import { startFleetpulse } from '../../lib/local/start-fleetpulse.ts';
import { synthesize } from '../../lib/local/synthesize.ts';
import { temporaryFolder } from './fixture-app.ts';

describe('the real app', () => {
  test('starts, serves and finds its resources', async () => {
    const { cloud } = await startFleetpulse({
      assemblyDirectory: inject('assemblyDirectories')[defaultMetricStore],
      dataDirectory: temporaryFolder(),
      port: 0,
      clock: { kind: 'manual', atMs: Date.parse('2026-11-24T10:00:00Z') },
      env: 'dev',
      print: () => undefined,
    });
    try {
      // Whatever the function says, it is not the gateway's own answer.
      const answer = await fetch(`${cloud.url}/v1/health`);
      expect(await answer.text()).not.toMatch(/^{"message":/);
      expect(cloud.resources.tableNamed('State').arn).toContain(':table/Fleetpulse-dev-State-State');
      expect(cloud.resources.topicNamed('Alerts').name).toContain('Fleetpulse-dev-Alerts-Alerts');
      expect(() => cloud.resources.functionNamed('Nope')).toThrow(/^no function is called Nope; there are: .*Ingest/);
    } finally {
      await cloud.close();
    }
  });
});

test('production starts too, with all that it has and dev has not', async () => {
  const env = 'prod';
  const folder = temporaryFolder();
  const assemblyDirectory = join(folder, 'cdk.out');
  const context = { env, metricStore: 'dynamodb' };
  await synthesize({ outputDirectory: assemblyDirectory, logFile: join(folder, 'synthesize.log'), context });
  const { cloud } = await startFleetpulse({
    ...{ assemblyDirectory, dataDirectory: join(folder, 'data'), port: 0, env, print: () => undefined },
    clock: { kind: 'manual', atMs: Date.parse('2026-11-24T10:00:00Z') },
  });
  try {
    const answer = await fetch(`${cloud.url}/v1/health`);
    expect(await answer.json()).toMatchObject({ status: 'starting' });
  } finally {
    await cloud.close();
  }
});

test('a data folder stays with the metric store it was begun with', async () => {
  const dataDirectory = temporaryFolder();
  const start = (metricStore: MetricStoreKind) =>
    startFleetpulse({
      dataDirectory,
      port: 0,
      clock: { kind: 'real' },
      env: 'dev',
      print: () => undefined,
      metricStore,
    });
  const { cloud } = await start('dynamodb');
  await cloud.close();
  await expect(start('timestream')).rejects.toThrow(
    `${dataDirectory} keeps its KPI history in dynamodb, not timestream: use --metric-store dynamodb, or another data folder with --data`,
  );
  const again = await start('dynamodb');
  await again.cloud.close();
});

test('an app that does not synthesize is one line with its reason', async () => {
  const folder = temporaryFolder();
  const failing = synthesize({
    outputDirectory: join(folder, 'cdk.out'),
    logFile: join(folder, 'synthesize.log'),
    context: { env: 'nowhere' },
  });
  await expect(failing).rejects.toThrow(
    /^the app does not synthesize: Error: unknown environment "nowhere".*synthesize\.log\)$/,
  );
});
