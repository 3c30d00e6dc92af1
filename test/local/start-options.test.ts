import { expect, test } from 'vitest';
import { defaultMetricStore } from '../../lib/local/metric-store-kind.ts';
import { readStartOptions } from '../../lib/local/start-options.ts';

test('without options it serves port 8787 from .fleetpulse on the real clock', () => {
  expect(readStartOptions([], {})).toEqual({
    port: 8787,
    dataDirectory: '.fleetpulse',
    clock: { kind: 'real' },
    env: 'dev',
    metricStore: defaultMetricStore,
    dynamodb: undefined,
    presetKey: undefined,
  });
});

test.each(['timestream', 'dynamodb'])('history may be kept in %s', (metricStore) => {
  expect(readStartOptions(['--metric-store', metricStore], {})).toMatchObject({ metricStore });
});

test('a manual clock may be set to a time', () => {
  const { clock } = readStartOptions(['--clock', 'manual', '--at', '2026-11-24T10:00:00Z'], {});
  expect(clock).toEqual({ kind: 'manual', atMs: Date.parse('2026-11-24T10:00:00Z') });
});

test.each([
  { args: ['--port', '80x'], message: '--port 80x: use a number from 0 to 65535' },
  { args: ['--port', '65536'], message: '--port 65536: use a number from 0 to 65535' },
  { args: ['--clock', 'slow'], message: '--clock slow: use real or manual' },
  { args: ['--at', '2026-11-24'], message: '--at needs --clock manual' },
  {
    args: ['--clock', 'manual', '--at', 'noon'],
    message: '--at noon: use an ISO 8601 time such as 2026-11-24T10:00:00Z',
  },
  { args: ['--dynamodb', 'remote'], message: '--dynamodb remote: use native or javascript' },
  { args: ['--metric-store', 'influx'], message: '--metric-store influx: use timestream or dynamodb' },
  { args: ['--prot', '1'], message: "Unknown option '--prot'" },
  { args: ['now'], message: "Unexpected argument 'now'" },
])('$args is refused in one line', ({ args, message }) => {
  expect(() => readStartOptions(args, {})).toThrow(new RangeError(message));
});

test('a preset key that is too short to be a secret is refused', () => {
  expect(() => readStartOptions([], { FLEETPULSE_ADMIN_KEY: 'short' })).toThrow(
    'FLEETPULSE_ADMIN_KEY has 5 characters: use 32 or more',
  );
});
