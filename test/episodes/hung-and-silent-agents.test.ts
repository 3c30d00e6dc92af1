import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

// Six agents work for half an hour. At 6 min one hangs: its heartbeats go on and its counter stands. At 8 min the tasks and
// samples of another one are lost on their way, while its counter goes on. At 27 min the heartbeats of three others stop at
// once.

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const at = (minute: number) => START_MS + minute * MINUTE_MS;
const agents = ['w-1', 'w-2', 'w-3', 'w-4', 'w-5', 'w-6'];
const hung = { agent: 'w-2', fromMinute: 6 };
const lost = { agent: 'w-3', fromMinute: 8 };
const gone = { agents: ['w-4', 'w-5', 'w-6'], fromMinute: 27 };

function reportsOf(agent: string, minute: number): unknown[] {
  if (gone.agents.includes(agent) && minute >= gone.fromMinute) return [];
  const isHung = agent === hung.agent && minute >= hung.fromMinute;
  const progress = isHung ? hung.fromMinute : minute + 1;
  const beats = [15_000, 45_000].map((ms) => ({
    ...{ type: 'heartbeat', agent, at: at(minute) + ms, state: 'busy', intervalMs: 30_000 },
    progress,
  }));
  const sample = { type: 'sample', agent, at: at(minute) + 20_000, active: 1, capacity: 1 };
  const task = { type: 'task', agent, task: `${agent}-${minute}`, status: 'completed', durationMs: 20_000 };
  if (isHung) return [...beats, sample];
  if (agent === lost.agent && minute >= lost.fromMinute) return beats;
  return [...beats, sample, { ...task, endedAt: at(minute) + 10_000 }];
}

describe('an agent hangs, the reports of another are lost, and three fall silent together', () => {
  let fleetpulse: Fleetpulse;
  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(START_MS);
    await fleetpulse.send(agents.map((agent) => ({ type: 'agent', agent, pool: 'workers', capacity: 1 })));
    for (let minute = 0; minute < 30; minute++) {
      await fleetpulse.send(agents.flatMap((agent) => reportsOf(agent, minute)));
      await fleetpulse.advanceTo(at(minute + 1));
    }
  });
  afterAll(() => fleetpulse.stop());

  const stateAt = async (agent: string, minute: number) => {
    const { body } = await fleetpulse.get(`/v1/agents/${agent}?at=${at(minute)}&window=1m`);
    const { state, since, kpis } = body;
    return { state, since: (Date.parse(since) - START_MS) / MINUTE_MS, live: kpis.system_availability.value };
  };

  test('the one that hangs is hung five minutes later, and since then', async () => {
    expect(await stateAt(hung.agent, 10)).toMatchObject({ state: 'healthy', live: 1 });
    for (const minute of [11, 20, 30]) {
      expect({ minute, ...(await stateAt(hung.agent, minute)) }).toEqual({ minute, state: 'hung', since: 6, live: 0 });
    }
  });

  test('the one whose reports are lost is silent five minutes later, and counts as live', async () => {
    expect(await stateAt(lost.agent, 12)).toMatchObject({ state: 'healthy' });
    expect(await stateAt(lost.agent, 13)).toEqual({ state: 'silent', since: 8, live: 1 });
    expect(await stateAt(lost.agent, 30)).toMatchObject({ state: 'silent', live: 1 });
  });

  test('the verdict and the pool count both, and an alert of its own tells of each', async () => {
    const { body } = await fleetpulse.get(`/v1/fleet?at=${at(20)}&window=20m`);
    expect(body).toMatchObject({
      verdict: '2 of 6 agents need attention: agent w-2 hangs since 10:06 UTC',
      attention: [
        { agent: 'w-2', severity: 'critical', why: 'Agent w-2 hangs' },
        { agent: 'w-3', severity: 'medium', why: 'Agent w-3 works, but does not report what it does' },
      ],
    });
    expect(body.kpis.system_availability).toMatchObject({ value: (6 * 20 - 10) / (6 * 20), n: 120 });
    const { pools } = (await fleetpulse.get(`/v1/pools?at=${at(20)}`)).body;
    expect(pools).toMatchObject([
      { state: 'degraded', why: '2 of 6 agents need attention: w-2 (hung), w-3 (silent)', agents: 6 },
    ]);
  });

  test('those that fell silent together are silent and not dead, and the alert says the same', async () => {
    const { alerts } = (await fleetpulse.get(`/v1/alerts?from=${START_MS}`)).body;
    expect(alerts.map(({ title }: { title: string }) => title).sort()).toEqual([
      'Agent w-2 hangs',
      'Agent w-3 works, but does not report what it does',
      'Pool workers: 3 of 6 agents fell silent together',
    ]);
    for (const agent of gone.agents) {
      expect(await stateAt(agent, 30)).toEqual({ state: 'silent', since: 27.25, live: 0 });
    }
    const { body } = await fleetpulse.get('/v1/fleet');
    expect(body.verdict).toMatch(/^5 of 6 agents need attention: pool workers: 3 of 6 agents fell silent together/);
    const dead = (await fleetpulse.get('/v1/agents?state=dead')).body.agents;
    expect(dead).toEqual([]);
    const silent = (await fleetpulse.get('/v1/agents?state=silent')).body.agents;
    expect(silent.map(({ agent }: { agent: string }) => agent)).toEqual([lost.agent, ...gone.agents]);
  });
});
