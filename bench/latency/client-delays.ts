import { gunzipSync } from 'node:zlib';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { ReportingFleet } from '../cost/reporting-fleet.ts';

const FROM_MS = Date.parse('2026-11-24T09:00:00Z');
/** Until hosts flush at moments of their own. */
const WARM_UP_MINUTES = 3;

interface Sent {
  events: { type: string; endedAt?: string | number }[];
}

/**
 * How long the client keeps what it is told, with the settings that it comes with: from the end of each task to the request that has it, ms.
 * The client is the real one, on a clock of its own; answers take no time.
 */
export async function clientDelays({
  agents,
  minutes,
  seed,
}: {
  agents: number;
  minutes: number;
  seed: number;
}): Promise<number[]> {
  const delays: number[] = [];
  const measuredFromMs = FROM_MS + WARM_UP_MINUTES * MINUTE_MS;
  const load = { agents, taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };
  const fleet = new ReportingFleet(load, {
    fromMs: FROM_MS,
    seed,
    send: async ({ atMs, body }) => {
      const text = typeof body === 'string' ? body : gunzipSync(body).toString('utf8');
      const { events } = JSON.parse(text) as Sent;
      for (const { type, endedAt } of events) {
        if (type !== 'task' || endedAt === undefined || atMs < measuredFromMs) continue;
        delays.push(atMs - new Date(endedAt).getTime());
      }
      const answer = { accepted: events.length, rejected: [], duplicate: false, batchId: 'a batch' };
      return { status: 202, text: JSON.stringify(answer) };
    },
  });
  await fleet.liveUntil(measuredFromMs + minutes * MINUTE_MS);
  return delays;
}
