// A worker that reports to Fleetpulse and follows its route directives. See README.md beside it.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '../../lib/client/client.ts';

const { values } = parseArgs({
  options: {
    agent: { type: 'string', default: 'writer-1' },
    pool: { type: 'string', default: 'writers' },
    /** How many tasks to work on before it ends; without it, until Ctrl-C. */
    tasks: { type: 'string', default: 'Infinity' },
    /** How long one takes on average. */
    taskMs: { type: 'string', default: '800' },
  },
});
const { agent, pool } = values;
const lastTask = Number(values.tasks);
const meanTaskMs = Number(values.taskMs);

// Address and key come from FLEETPULSE_URL and FLEETPULSE_KEY. Without them the agent works all the same.
const client = createClient({ agent });

client.agent({ agent, pool, team: 'content', capacity: 1, version: '1.0.0', skills: { article: 0.9 } });

let finished = 0;
client.beat(agent, { everyMs: 30_000, progress: () => finished, state: 'busy' });

/** Weights of agents by directive; an agent that none names counts 1. */
const routes = new Map<string, Readonly<Record<string, number>>>();

// When a lease runs out, the client says so by itself: also when Fleetpulse cannot be reached.
client.onDirective(
  (directive) => {
    if (directive.kind !== 'route') return undefined;
    if (directive.status !== 'active') {
      routes.delete(directive.id);
      console.log(`${directive.id} is ${directive.status}: back to equal weights`);
      return undefined;
    }
    const { weights } = directive.params;
    routes.set(directive.id, weights);
    console.log(`${directive.summary} until ${directive.expiresAt}: ${JSON.stringify(weights)}`);
    return { applied: true, by: agent };
  },
  { target: pool },
);

/** What a dispatcher would draw agents by. */
function weightOf(name: string): number {
  for (const weights of routes.values()) {
    const weight = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (Number.isFinite(weight)) return Math.min(3, Math.max(0, weight as number));
  }
  return 1;
}

const write = client.wrap(
  async (task, title: string) => {
    await task.measure('tool', 'search', () => sleep(meanTaskMs * 0.25 * Math.random()));
    await task.measure('model', 'small-writer', () => sleep(meanTaskMs * 1.75 * Math.random()));
    task.addTokens({ input: 900, output: 300 });
    task.addCostUsd(0.004);
    if (title.endsWith('7')) throw new RangeError('seven is not a topic');
    task.quality(0.8 + 0.2 * Math.random());
    return `All about ${title}`;
  },
  { taskType: 'article', slaMs: 5_000, inputHash: { salt: 'writers-of-this-example' } },
);

for (let n = 1; n <= lastTask; n++) {
  await write(`topic ${n}`).then(
    (text) => console.log(`${text} (weight ${weightOf(agent)})`),
    (error: unknown) => console.log(String(error)),
  );
  finished += 1;
}

await client.close();
console.log(JSON.stringify(client.stats()));
