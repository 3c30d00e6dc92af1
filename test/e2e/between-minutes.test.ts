import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const startMs = Date.parse('2026-03-02T10:00:00Z');
const HEALTHY_MINUTES = 6;

// A minute has ended and its job is not done yet: for some seconds of every minute this is what readers meet.
describe.each([
  {
    when: 'has not begun',
    isCut: ({ operation }: { operation: string }) => operation === 'UpdateItem',
  },
  {
    when: 'has written everything but its progress',
    isCut: ({ operation, request }: { operation: string; request: unknown }) =>
      operation === 'UpdateItem' && JSON.stringify(request).includes('doneThrough'),
  },
])('while the job of the minute that has just ended $when', ({ isCut }) => {
  let fleetpulse: Fleetpulse;
  let cutting = false;
  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(startMs, {
      intercept: (call) => (cutting && call.functionName === 'Analyze' && isCut(call) ? 'kill-before' : undefined),
    });
    for (let minute = 0; minute <= HEALTHY_MINUTES; minute++) {
      const atMs = startMs + minute * MINUTE_MS;
      const events = ['a', 'b', 'c', 'd'].flatMap((agent) => [
        { type: 'agent', agent, pool: 'workers', capacity: 1 },
        ...[5, 20, 35, 50].map((second) => ({
          ...{ type: 'heartbeat', agent, at: atMs + second * 1_000, intervalMs: 15_000 },
        })),
        {
          type: 'task',
          agent,
          task: `${agent}${minute}`,
          status: 'completed',
          durationMs: 900,
          endedAt: atMs + 30_000,
        },
      ]);
      expect((await fleetpulse.send(events)).status).toBe(202);
      cutting = minute === HEALTHY_MINUTES;
      await fleetpulse.advanceTo(atMs + MINUTE_MS);
    }
  });
  afterAll(() => fleetpulse.stop());

  const newestMs = startMs + HEALTHY_MINUTES * MINUTE_MS;

  test('the fleet is what it was at the end of the newest completed minute, and says how old that is', async () => {
    const { body } = await fleetpulse.get('/v1/fleet?window=5m');
    expect(body.window.to).toBe(new Date(newestMs).toISOString());
    expect(body.dataAgeMs).toBe(MINUTE_MS);
    expect(body.attention).toEqual([]);
    expect(body.kpis.system_availability.value).toBe(1);
    const { agents } = (await fleetpulse.get('/v1/agents')).body;
    expect(agents.map(({ state }: { state: string }) => state)).toEqual(Array(4).fill('healthy'));
    const { pools } = (await fleetpulse.get('/v1/pools')).body;
    expect(pools).toMatchObject([{ pool: 'workers', state: 'healthy' }]);
  });

  test('the ledger balances, with what has come for that minute still pending', async () => {
    const { body } = await fleetpulse.get(`/v1/ledger?from=${startMs}`);
    expect(body).toMatchObject({ difference: 0, pending: 24, stored: HEALTHY_MINUTES * 24 });
  });
});
