import { readEvent } from '../../lib/api/event-schema.ts';
import type { Batch } from '../../lib/core/model/batch.ts';
import type { NativeEvent, TaskEvent, WorkflowEvent } from '../../lib/core/model/event.ts';
import { enterBatch, poolOf, type Roster } from '../../lib/core/model/roster.ts';
import { MINUTE_MS, minuteOf, startOfMinute } from '../../lib/core/model/time.ts';
import { type RecommendationContext, recommendationContext } from '../../lib/core/recommend/recommendation-context.ts';
import { assembleWorkflows } from '../../lib/core/workflow/assemble-workflows.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import type { FleetEvent, IngestPart, IngestTask } from '../../lib/sim/ingest-event.ts';
import { centralQueue } from '../../lib/sim/policies/central-queue.ts';
import { powerOfTwo } from '../../lib/sim/policies/power-of-two.ts';
import { roundRobin } from '../../lib/sim/policies/round-robin.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import { Telemetry } from '../../lib/sim/telemetry/telemetry.ts';
import { type Additions, START_MS, WARM_UP_MINUTES, WINDOW_MINUTES, type World } from './world.ts';

/** Inputs that are asked for again and again. */
const POPULAR = 15;

/** What a world reports, after what the simulator does not know was added. */
export function eventsOf(world: World): NativeEvent[] {
  const { scenario, seed, placement } = world;
  const telemetry = new Telemetry(scenario, seed);
  const policy = { 'power-of-two': powerOfTwo, 'round-robin': roundRobin(), 'central-queue': centralQueue }[placement];
  const simulation = new Simulation({ scenario, seed, policy, sinks: [telemetry.sink] });
  simulation.run();
  const flushes = telemetry.arrivedUntil(START_MS + (scenario.minutes + 3) * MINUTE_MS);
  const random = createRandom(seed, 'additions');
  const hashes = new Map<string, string>();
  return flushes.flatMap(({ events }) =>
    events.map((event) => readEvent(withAdditions(event, world.additions, random, hashes))),
  );
}

function withAdditions(
  event: FleetEvent,
  additions: Record<string, Additions>,
  random: Random,
  hashes: Map<string, string>,
): FleetEvent {
  const its = event.type === 'task' ? additions[event.taskType ?? ''] : undefined;
  if (event.type !== 'task' || !its || event.startedAt === undefined) return event;
  const inputHash = hashes.get(event.task) ?? hashOf(event, its, random);
  hashes.set(event.task, inputHash);
  const durationMs = event.endedAt - event.startedAt;
  const parts: IngestPart[] = [];
  const add = (kind: 'tool' | 'wait', name: string, share: number) => {
    // Calls differ by a third either way.
    parts.push({
      kind,
      name,
      durationMs: durationMs * Math.min(0.99, share * random.uniform(0.67, 1.33)),
      status: 'completed',
    });
  };
  if (its.tool) add('tool', its.tool.name, its.tool.share);
  if (its.humanShare > 0) add('wait', 'human', its.humanShare);
  return { ...event, ...(parts.length > 0 && { parts }), inputHash } as IngestTask;
}

function hashOf({ task, taskType }: IngestTask, { repeated }: Additions, random: Random): string {
  if (random.uniform() >= repeated) return `own-${task}`;
  // A few are asked for much more often than the others.
  return `${taskType}-${Math.floor(POPULAR * random.uniform() ** 2)}`;
}

export interface Observed {
  context: RecommendationContext;
  /** Of the window. */
  tasks: TaskEvent[];
  ends: WorkflowEvent[];
}

/** What the product would look at after the window: the roster, the tasks of the journal and their workflows, by its own code. */
export function observe(world: World, events: NativeEvent[]): Observed {
  const entries: Roster = new Map();
  enterBatch(entries, batchOf(events));
  const fromMs = startOfMinute(FROM_MINUTE);
  const toMs = startOfMinute(FROM_MINUTE + WINDOW_MINUTES);
  const isIn = ({ endedAtMs }: { endedAtMs: number }) => endedAtMs >= fromMs && endedAtMs < toMs;
  const all = events.filter((event) => event.type === 'task');
  const workflowEnds = events.filter((event) => event.type === 'workflow');
  const ends = workflowEnds.filter(isIn);
  const named = new Set(ends.map(({ workflow }) => workflow));
  const workflows = assembleWorkflows({
    tasks: all.filter(({ workflow = '' }) => named.has(workflow)),
    ends,
    poolOf: ({ agent, pool }) => (agent === undefined ? (pool ?? '') : poolOf(entries.get(agent))),
    readFromMs: START_MS,
    nowMs: toMs,
  });
  const tasks = all.filter(isIn);
  const context = recommendationContext({
    ...{ nowMs: toMs, fromMs, toMs, tasks, workflows, entries, settings: world.settings },
    ...{ outlooks: [], forecasts: new Map(), budgets: [], alerts: [], records: [] },
  });
  return { context, tasks, ends };
}

function batchOf(events: NativeEvent[]): Batch {
  return {
    ...{ system: 'default', id: 'batch', contentHash: 'hash', sender: 'key_1', requestId: 'request' },
    ...{ bucket: FROM_MINUTE, receivedAtMs: START_MS, received: events.length, ignored: {}, rejected: {}, events },
  };
}

/** The first minute of the window. */
export const FROM_MINUTE = minuteOf(START_MS) + WARM_UP_MINUTES;
