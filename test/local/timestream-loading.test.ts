import { expect, test } from 'vitest';
import { startLocalCloud } from '../../lib/local/local-cloud.ts';
import { type Resources, temporaryFolder, writeAssembly } from './fixture-app.ts';

async function startAndStop(resources: Resources): Promise<void> {
  const cloud = await startLocalCloud({
    assemblyDirectory: writeAssembly({ Data: { resources } }),
    dataDirectory: temporaryFolder(),
    port: 0,
    clock: { kind: 'real' },
    print: () => undefined,
  });
  await cloud.close();
}

function loadedLibraries(): string {
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  return sharedObjects.join('\n');
}

test('DuckDB is loaded for an app that has a table in Timestream, and for no other', async () => {
  await startAndStop({ Metrics: { Type: 'AWS::Timestream::Database' } });
  expect(loadedLibraries()).not.toContain('duckdb');
  const table = { Type: 'AWS::Timestream::Table', Properties: { DatabaseName: { Ref: 'Metrics' } } };
  await startAndStop({ Metrics: { Type: 'AWS::Timestream::Database' }, Minutes: table });
  expect(loadedLibraries()).toContain('duckdb');
});
