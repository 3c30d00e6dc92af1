import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandError } from '../../lib/cli/command-error.ts';
import { simulate } from '../../lib/cli/simulate.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const start = '2026-03-02T00:00:00Z';
const desk = {
  ...{ name: 'desk', start, minutes: 30, seeds: [7] },
  pools: [{ pool: 'writers', agents: 6 }],
  taskTypes: [{ taskType: 'draft', pool: 'writers', service: { meanS: 12 } }],
  arrivals: { perMinute: 15 },
  faults: [{ kind: 'crash', atMinute: 12, targets: { agents: ['writers-02'] } }],
};

let fleetpulse: Fleetpulse;
let folder = '';
let file = '';
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(Date.parse(start));
  folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  file = join(folder, 'desk.json');
  writeFileSync(file, JSON.stringify(desk));
});
afterAll(async () => {
  await fleetpulse.stop();
  rmSync(folder, { recursive: true });
});

async function run(more: string[]): Promise<unknown> {
  const printed: string[] = [];
  await simulate([file, '--policy', 'fleetpulse', '--json', ...more], {
    ...{ print: (line) => printed.push(line), tell: () => {}, nowMs: () => 0 },
  });
  const [report] = JSON.parse(printed.join('\n')).policies;
  for (const directive of report.product[0].directives) delete directive.ackedBy;
  return report;
}

test('a fleet that reports to a local cloud and follows it comes to the same as with the product in its process', async () => {
  const to = (key: string) => ['--url', fleetpulse.cloud.url, '--key', key];
  await expect(run(to('fp_none'))).rejects.toThrow(/^GET .*\/v1\/directives.* answered 401/);
  const report = await run(to(ADMIN_KEY));
  expect(report).toMatchObject({
    product: [
      {
        alerts: [{ kind: 'system_failure' }],
        directives: [{ kind: 'restart' }, { kind: 'breaker' }],
      },
    ],
  });
  expect(report).toEqual(await run([]));
  // Its clock has gone on, and does not go back.
  const again = run(to(ADMIN_KEY));
  await expect(again).rejects.toThrow(CommandError);
  await expect(again).rejects.toThrow(
    /stands at 2026-03-02T00:30:00.000Z, after the start of the scenario \(2026-03-02T00:00:00.000Z\): start it with/,
  );
  await expect(run(['--url', 'http://127.0.0.1:9', '--key', ADMIN_KEY])).rejects.toThrow(
    /^http:\/\/127.0.0.1:9 does not answer: /,
  );
}, 120_000);
