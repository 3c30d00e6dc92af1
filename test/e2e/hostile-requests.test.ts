import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../lib/api/endpoint.ts';
import { ingestEndpoints, queryEndpoints } from '../../lib/api/registry.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { hostileRequests, shownRequest } from '../fixtures/hostile-request.ts';
import { faultOf } from '../fixtures/judge-answer.ts';
import { connectionsTo, sendHttp } from '../fixtures/send-http.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const RUNS = 40;
const endpoints: [name: string, endpoint: Endpoint][] = Object.entries({ ...ingestEndpoints, ...queryEndpoints });

let fleetpulse: Fleetpulse;
let key: string;
const connections = connectionsTo();

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const made = await fleetpulse.request('POST', '/v1/keys', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'hostile',
      scopes: ['ingest', 'read', 'control', 'admin'],
      limit: { eventsPerSecond: 1_000_000, burst: 100_000_000 },
    }),
  });
  key = made.body.key;
});
afterAll(async () => {
  connections.destroy();
  await fleetpulse.stop();
});

async function expectGoodRequestsToWork(): Promise<void> {
  const atMs = fleetpulse.cloud.nowMs();
  const sent = await fleetpulse.send([{ type: 'heartbeat', agent: 'honest', at: atMs }]);
  expect(sent).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
  expect(await fleetpulse.get('/v1/fleet')).toMatchObject({ status: 200 });
}

describe('whatever is sent, the answer is never a 5xx, and has the form that is promised', () => {
  test.each(endpoints)('%s', async (_, endpoint) => {
    const requests = hostileRequests(endpoint, key, fleetpulse.cloud.nowMs());
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const fault = faultOf(await sendHttp(fleetpulse.cloud.url, request, connections), endpoint);
        if (fault !== null) throw new Error(`${fault}\n${shownRequest(request)}`);
      }),
      { numRuns: RUNS },
    );
    await expectGoodRequestsToWork();
  });
});

test('and of all that nothing is lost: the ledger balances when the minutes are complete', async () => {
  await fleetpulse.advanceTo(START_MS + 20 * 60_000);
  await expectGoodRequestsToWork();
  await fleetpulse.advanceTo(START_MS + 25 * 60_000);
  const { body } = await fleetpulse.get(`/v1/ledger?from=${START_MS - 60_000}`);
  expect(body).toMatchObject({ difference: 0, pending: 0 });
  expect(body.stored).toBeGreaterThan(2 * endpoints.length);
  expect(await fleetpulse.get('/v1/agents/honest')).toMatchObject({ status: 200 });
  expect(fleetpulse.printed.filter((line) => /failed|error/i.test(line))).toEqual([]);
});
