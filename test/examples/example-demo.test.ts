import { expect, test } from 'vitest';
import { readExample } from '../../lib/cli/example.ts';
import { runExampleDemo } from '../../lib/cli/example-demo.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

test('a running example is compared with its own industry, and at its end told without anything twice', async () => {
  const example = readExample('data-processing');
  const fleetpulse = await Fleetpulse.start(example.scenario.startMs);
  try {
    const said: string[] = [];
    const short = { ...example, scenario: { ...example.scenario, minutes: 1 } };
    const telling = { key: ADMIN_KEY, say: (line: string) => said.push(line), elapsedMs: () => 0 };
    await runExampleDemo(short, fleetpulse.cloud, telling);
    const { body } = await fleetpulse.get('/v1/benchmarks/settings');
    expect(body).toMatchObject({ domain: 'content-data-processing' });
    expect(said.slice(-2)).toEqual(['', 'Recommendations: 0']);
  } finally {
    await fleetpulse.stop();
  }
});
