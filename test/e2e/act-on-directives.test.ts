import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault, SdkCall } from '../../lib/local/sdk-call.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');

interface Put {
  EventBusName: string;
  Source: string;
  DetailType: string;
  Detail: string;
}

let fleetpulse: Fleetpulse;
const puts: Put[] = [];
let hasDied = false;

/** Notes what act puts on the bus, and has it die once after it has noted that it did. */
function watch({ functionName, operation, request }: SdkCall): Fault | undefined {
  if (functionName !== 'Act') return undefined;
  if (operation === 'PutEvents') puts.push(...(request['Entries'] as unknown as Put[]));
  if (operation !== 'PutItem' || hasDied) return undefined;
  hasDied = true;
  return 'kill-after';
}

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS, { intercept: watch });
  const fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core' });
  await fleet.pass(3);
  await fleet.pass(4, { silent: ['conv-2'] });
  await fleet.pass(20);
  await fleetpulse.cloud.settled();
});
afterAll(() => fleetpulse.stop());

test('a directive is put on the bus when it comes into force, whenever it is renewed, and when it ends, once each', async () => {
  const bus = fleetpulse.cloud.resources.busNamed('Bus').arn;
  for (const { EventBusName, Source } of puts) {
    expect({ EventBusName, Source }).toEqual({ EventBusName: bus, Source: 'fleetpulse.directives' });
  }
  const told = puts.map(({ DetailType, Detail }) => ({ type: DetailType, ...JSON.parse(Detail) }));
  expect(new Set(told.map(({ request }) => request)).size).toBe(told.length);
  expect(told[0]).toMatchObject({
    type: 'DirectiveApply',
    system: 'default',
    directive: { kind: 'breaker', params: { pool: 'conv', agent: 'conv-2', state: 'open', probeFraction: 0 } },
  });
  const own = told.filter(({ directive }) => directive.id === told[0]?.directive.id);
  expect(own.at(-1)).toMatchObject({ type: 'DirectiveRevert' });
  expect(own.slice(1, -1).length).toBeGreaterThan(0);
  for (const renewal of own.slice(1, -1)) expect(renewal.type).toBe('DirectiveApply');
});

test('although act died in between, and without a refusal or a dead letter', () => {
  expect(hasDied).toBe(true);
  expect(fleetpulse.printed.filter((line) => /refused|gave up/.test(line))).toEqual([]);
});

test('the alert says what was done, and how to undo it', () => {
  const [firing] = fleetpulse.cloud.published('Alerts');
  expect(firing?.bodies['email']).toMatch(
    /^Done: keep work from conv-2 \(directive (\S+); not acknowledged yet; undo: POST \/v1\/directives\/\1\/rollback\)$/m,
  );
  expect(firing?.bodies['email']).toContain('every 15 s; 3 other agents of pool conv are alive.');
  expect(firing?.bodies['sms']).toBe(
    '[CRITICAL] Agent conv-2 is dead. Done: keep work from conv-2. Pool conv, team core',
  );
});
