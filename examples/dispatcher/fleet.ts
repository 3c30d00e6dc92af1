import type { FleetpulseClient } from '../../lib/client/client.ts';
import { type Agent, type Assignment, Dispatcher, priorities, type Task } from './dispatch.ts';

/** What the fleet needs of a clock: real time, or a test's. */
export interface FleetClock {
  nowMs(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
}

export interface FleetOptions {
  client: FleetpulseClient;
  clock: FleetClock;
  /** Uniform in [0, 1). */
  random: () => number;
  agents: readonly Agent[];
  /** Of all slots, the share that work on average, as long as every agent is well. */
  load: number;
  /** How long a task takes on average. */
  meanTaskMs: number;
  /** So many times as slow is an agent now; 1 is well. */
  slownessOf: (agent: string) => number;
  /** After this moment no task comes any more. */
  untilMs: number;
  print: (line: string) => void;
}

interface Work extends Task {
  queuedAtMs: number;
}

/** Tasks as they come, how many of each priority and what they use. */
const mix = { critical: 0.05, high: 0.2, normal: 0.5, low: 0.25 } as const;
const BEAT_MS = 15_000;
/** How much shorter a task is on a rung of the ladder, or without a tool. */
const SHORTER = 0.5;

/**
 * Runs made-up agents and the tasks that come for them: tasks go through the dispatcher, what became of them is reported,
 * and directives are handed to the dispatcher as they come.
 */
export function runFleet(options: FleetOptions): void {
  const { client, clock, random, agents, print } = options;
  const dispatcher = new Dispatcher<Work>(agents, random);
  const pools = [...new Set(agents.map(({ pool }) => pool))];
  let tasks = 0;

  for (const { agent, pool, slots } of agents) client.agent({ agent, pool, team: 'content', capacity: slots });
  for (const target of pools) {
    client.onDirective(
      (directive) => {
        const word = dispatcher.obey(directive);
        const what = `${directive.kind} ${JSON.stringify(directive.params)}`;
        print(
          directive.status !== 'active'
            ? `${directive.id} is ${directive.status}: as before`
            : `${word ? 'obeys' : 'leaves to others:'} ${what} until ${directive.expiresAt}`,
        );
        assign();
        return word && { ...word, by: 'dispatcher' };
      },
      { target },
    );
  }
  beat();
  for (const pool of pools) arrive(pool);

  function arrive(pool: string): void {
    const slots = agents.reduce((sum, each) => sum + (each.pool === pool ? each.slots : 0), 0);
    const gapMs = options.meanTaskMs / (options.load * slots);
    clock.setTimeout(
      () => {
        const nowMs = clock.nowMs();
        if (nowMs >= options.untilMs) return;
        tasks += 1;
        const task: Work = {
          ...{ id: `${pool}-${options.untilMs.toString(36)}-${tasks}`, pool, taskType: 'article', queuedAtMs: nowMs },
          ...{ priority: drawPriority(random()), uses: ['search', 'small-writer'] },
        };
        for (const { task: refused, because } of dispatcher.offer(task)) {
          const { id, taskType, priority } = refused;
          const error = { type: 'Refused', message: because };
          client.task({ task: id, pool: refused.pool, taskType, priority, status: 'rejected', error, endedAt: nowMs });
        }
        assign();
        arrive(pool);
      },
      -Math.log(1 - random()) * gapMs,
    );
  }

  function assign(): void {
    for (let given = dispatcher.next(); given; given = dispatcher.next()) work(given);
  }

  function work({ task, agent, step, avoid }: Assignment<Work>): void {
    const startedAt = clock.nowMs();
    const shorter = (step === null ? 1 : SHORTER) * (avoid.length === 0 ? 1 : SHORTER);
    // From half to one and a half times the mean.
    const durationMs = options.meanTaskMs * (0.5 + random()) * shorter * options.slownessOf(agent);
    clock.setTimeout(() => {
      const { id, taskType, priority, queuedAtMs: queuedAt } = task;
      const endedAt = clock.nowMs();
      dispatcher.ended({ agent, taskType, tookMs: endedAt - startedAt, isDone: true, atMs: endedAt });
      client.task({
        task: id,
        agent,
        taskType,
        priority,
        status: 'completed',
        queuedAt,
        startedAt,
        endedAt,
      });
      assign();
    }, durationMs);
  }

  /** Also how directives are heard of when nothing else is to be reported. */
  function beat(): void {
    const at = clock.nowMs();
    for (const { agent, slots } of agents) {
      const active = dispatcher.inFlight(agent);
      client.heartbeat({ agent, at, intervalMs: BEAT_MS, state: active > 0 ? 'busy' : 'ready' });
      client.sample({ agent, at, active, capacity: slots, queued: dispatcher.waitingFor(agent) });
    }
    if (at < options.untilMs) clock.setTimeout(beat, BEAT_MS);
  }
}

function drawPriority(uniform: number): (typeof priorities)[number] {
  let left = uniform;
  return (
    priorities.find((priority) => {
      left -= mix[priority];
      return left < 0;
    }) ?? 'normal'
  );
}
