import { expect, inject, test, vi } from 'vitest';
import { runCell } from '../../bench/fault-matrix/run-cell.ts';

vi.setConfig({ testTimeout: 300_000 });

// All that functions lean on, times all that may go wrong with it: npm run bench -- fault-matrix.

const run = (cell: Parameters<typeof runCell>[0]['cell']) =>
  runCell({ cell, assemblyDirectory: inject('assemblyDirectories').dynamodb });

const whole = { lost: 0, doubled: 0, wrongFigures: 0, settledAfterMin: 0 };

test('an agent that dies is told of within two minutes where nothing is wrong, and no alarm goes off', async () => {
  const { alertAfterMin, ...rest } = await run(undefined);
  expect(rest).toEqual({ ...whole, alarmAfterMin: null, refusals: 0, faults: 0 });
  expect(alertAfterMin).toBeLessThanOrEqual(2);
});

test('where batches cannot be stored for ten minutes, nothing is lost, an alarm goes off, and the alert comes afterwards', async () => {
  const dependency = { functionName: 'Ingest', service: 'dynamodb', table: 'Rollups' };
  const { faults, refusals, alertAfterMin, ...rest } = await run({ dependency, kind: 'unavailable' });
  expect(rest).toEqual({ ...whole, alarmAfterMin: 3 });
  expect(faults).toBeGreaterThan(100);
  expect(refusals).toBeGreaterThan(100);
  expect(alertAfterMin).toBeLessThanOrEqual(10);
});

test('where the minute job is killed amid its calls again and again, every figure is right in the end', async () => {
  const dependency = { functionName: 'Analyze', service: 'dynamodb', table: 'Rollups' };
  const { faults, alertAfterMin, ...rest } = await run({ dependency, kind: 'kills' });
  expect(rest).toMatchObject(whole);
  expect(faults).toBeGreaterThan(5);
  expect(alertAfterMin).toBeLessThanOrEqual(10);
});
