import type { Batch } from '../../lib/core/model/batch.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS, type Minute, startOfMinute } from '../../lib/core/model/time.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

const AGENTS_PER_BATCH = 25;
const TASK_TYPES = ['triage', 'research', 'draft-answer'];
const TASKS_PER_TYPE = 2;
const SAMPLES = 2;

/**
 * What a fleet reports of one minute, as senders batch it that flush 25 agents every 60 s: each agent two tasks of each of
 * three types, two samples and a heartbeat; in the first minute it describes itself. A flush comes up to a minute after the
 * events.
 */
export function fleetMinute(agents: number, minute: Minute, isFirst: boolean): Batch[] {
  const batches: Batch[] = [];
  for (let first = 0; first < agents; first += AGENTS_PER_BATCH) {
    const random = createRandom(minute * 100_003 + first, 'fleet minute');
    const events: FleetEvent[] = [];
    // The sender flushes somewhere in the minute after.
    const flushMs = startOfMinute(minute) + Math.floor(random.uniform(0, MINUTE_MS));
    for (let index = first; index < Math.min(agents, first + AGENTS_PER_BATCH); index++) {
      report(events, random, index, flushMs, isFirst);
    }
    batches.push({
      system: 'default',
      sender: 'key_bench',
      id: `${minute.toString(16)}-${first.toString(16).padStart(27, '0')}`,
      contentHash: 'h',
      bucket: minute,
      receivedAtMs: flushMs,
      requestId: `${minute}-${first}`,
      received: events.length,
      ignored: {},
      rejected: {},
      events,
    });
  }
  return batches;
}

function report(events: FleetEvent[], random: Random, index: number, flushMs: number, isFirst: boolean): void {
  const agent = `worker-${String(index).padStart(5, '0')}`;
  // Of the flush interval, the minute before it.
  const at = () => Math.round(flushMs - random.uniform(0, MINUTE_MS));
  if (isFirst) {
    const description = { pool: `pool-${index % 20}`, team: 'support', capacity: 4, costPerHourUsd: 0.4 };
    events.push({ type: 'agent', agent, ...description });
  }
  for (const taskType of TASK_TYPES) {
    for (let i = 0; i < TASKS_PER_TYPE; i++) events.push(task(random, agent, taskType, at()));
  }
  for (let i = 0; i < SAMPLES; i++) {
    const [active, queued] = [random.int(5), random.int(12)];
    const [cpuPpm, memoryPpm] = [random.int(1_000_000), random.int(1_000_000)];
    events.push({ type: 'sample', agent, atMs: at(), cpuPpm, memoryPpm, active, capacity: 4, queued });
  }
  events.push({ type: 'heartbeat', agent, atMs: flushMs, state: 'busy', progress: flushMs, intervalMs: MINUTE_MS });
}

function task(random: Random, agent: string, taskType: string, endedAtMs: number): FleetEvent {
  const serviceUs = Math.round(random.logNormal(8_000_000, 0.7));
  const waitUs = Math.round(random.exponential(900_000));
  return {
    type: 'task',
    agent,
    task: `${random.int(2 ** 30).toString(16)}-${random.int(2 ** 30).toString(16)}`,
    taskType,
    status: random.uniform() < 0.02 ? 'failed' : 'completed',
    endedAtMs,
    serviceUs,
    waitUs,
    responseUs: serviceUs + waitUs,
    attempt: 1,
    priority: 'normal',
    model: 'gpt-4o-mini',
    tokens: {
      input: random.int(3_000),
      cachedInput: random.int(2_000),
      cacheWrite: 0,
      output: random.int(600),
      reasoning: 0,
    },
    costNanoUsd: random.int(4_000_000),
    slaUs: 30_000_000,
  };
}
