// A dispatcher that routes tasks over made-up agents and obeys Fleetpulse's directives. See README.md beside it.
import { parseArgs } from 'node:util';
import { createClient } from '../../lib/client/client.ts';
import { runFleet } from './fleet.ts';

const options = {
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
} as const;
const values = given();
const { pool } = values;
const startMs = Date.now();
const since = (minutes: number) => startMs + minutes * 60_000;

const agents = Array.from({ length: values.agents }, (_, i) => ({
  ...{ agent: `${pool}-${i + 1}`, pool, slots: values.slots },
}));
const slow = `${pool}-1`;
const isSlow = () => Date.now() >= since(values.slowAfterMinutes) && Date.now() < since(values.wellAfterMinutes);

// Address and key come from FLEETPULSE_URL and FLEETPULSE_KEY. Without them the dispatcher works all the same.
const client = createClient({ flushMs: 5_000 });
const clock = { nowMs: () => Date.now(), setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms) };

const print = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

print(
  `${agents.length} agents of pool ${pool} work for ${values.minutes} min; ${slow} is slow from minute ${values.slowAfterMinutes} to ${values.wellAfterMinutes}. Directives are told here as they come`,
);
runFleet({
  ...{ client, clock, random: Math.random, agents, print },
  ...{ load: values.load, meanTaskMs: values.taskMs, untilMs: since(values.minutes) },
  slownessOf: (agent) => (agent === slow && isSlow() ? 8 : 1),
});

/** What was asked for; ends the program with a word about what is wrong. */
function given() {
  try {
    const { values: texts } = parseArgs({ options });
    const number = (name: Exclude<keyof typeof options, 'pool'>, isGood: (value: number) => boolean, what: string) => {
      const value = Number(texts[name]);
      if (texts[name].trim() === '' || !Number.isFinite(value) || !isGood(value))
        throw new Error(`--${name} must be ${what}; got ${texts[name]}`);
      return value;
    };
    const count = (name: 'agents' | 'slots') =>
      number(name, (value) => Number.isInteger(value) && value > 0, 'a whole number, 1 or more');
    const positive = (name: 'load' | 'taskMs' | 'minutes') =>
      number(name, (value) => value > 0, 'a number, more than 0');
    const moment = (name: 'slowAfterMinutes' | 'wellAfterMinutes') =>
      number(name, (value) => value >= 0, 'a number, 0 or more');
    return {
      ...{ pool: texts.pool, agents: count('agents'), slots: count('slots'), load: positive('load') },
      ...{ taskMs: positive('taskMs'), minutes: positive('minutes') },
      ...{ slowAfterMinutes: moment('slowAfterMinutes'), wellAfterMinutes: moment('wellAfterMinutes') },
    };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return process.exit(2);
  }
}
