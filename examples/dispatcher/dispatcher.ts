// A dispatcher that routes tasks over made-up agents and obeys Fleetpulse's directives. See README.md beside it.
import { parseArgs } from 'node:util';
import { createClient } from '../../lib/client/client.ts';
import { runFleet } from './fleet.ts';

const { values } = parseArgs({
  options: {
    pool: { type: 'string', default: 'writers' },
    agents: { type: 'string', default: '8' },
    slots: { type: 'string', default: '2' },
    /** Share of all slots at work. */
    load: { type: 'string', default: '0.6' },
    /** How long a task takes on average. */
    taskMs: { type: 'string', default: '1500' },
    /** When the first agent becomes eight times as slow, and when it is well again. */
    slowAfterMinutes: { type: 'string', default: '12' },
    wellAfterMinutes: { type: 'string', default: '25' },
    minutes: { type: 'string', default: '40' },
  },
});
const { pool } = values;
const startMs = Date.now();
const since = (minutes: string) => startMs + Number(minutes) * 60_000;

const agents = Array.from({ length: Number(values.agents) }, (_, i) => ({
  ...{ agent: `${pool}-${i + 1}`, pool, slots: Number(values.slots) },
}));
const slow = `${pool}-1`;
const isSlow = () => Date.now() >= since(values.slowAfterMinutes) && Date.now() < since(values.wellAfterMinutes);

// Address and key come from FLEETPULSE_URL and FLEETPULSE_KEY. Without them the dispatcher works all the same.
const client = createClient({ flushMs: 5_000 });
const clock = { nowMs: () => Date.now(), setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms) };

runFleet({
  ...{ client, clock, random: Math.random, agents },
  ...{ load: Number(values.load), meanTaskMs: Number(values.taskMs), untilMs: since(values.minutes) },
  slownessOf: (agent) => (agent === slow && isSlow() ? 8 : 1),
  print: (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`),
});
