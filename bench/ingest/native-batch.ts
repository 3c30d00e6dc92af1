import type { IngestEvent, IngestTask } from '../../lib/sim/ingest-event.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

const AGENTS = 25;
const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5'];
const taskTypes = ['triage', 'research', 'draft-answer', 'review'];
const errors = [
  { type: 'RateLimitError', message: '429 Too Many Requests: slow down, then try again in 12 s' },
  { type: 'ToolTimeout', message: 'search did not answer within 30000 ms' },
  { type: 'AuthenticationError', message: 'request with Authorization: Bearer abcdef0123456789abcdef was refused' },
];

/** A field that the simulated fleet does not report: agents that call models do. */
interface ModelTask extends IngestTask {
  model: string;
  tool?: string;
}

/**
 * What 25 agents send in a minute: tasks with tokens and model (3 of 5; one in 20 fails), samples (1 of 4), heartbeats.
 * @param nowMs the newest events are as old as this
 * @returns the body of a request, a JSON text
 */
export function nativeBatch(seed: number, events: number, nowMs: number): string {
  const random = createRandom(seed, 'native batch');
  const all = Array.from({ length: events }, () => anyEvent(random, nowMs - random.uniform(0, 60_000)));
  return JSON.stringify({ batchId: uuid(random), events: all });
}

function anyEvent(random: Random, atMs: number): IngestEvent | ModelTask {
  const agent = `support-agent-${String(1 + random.int(AGENTS)).padStart(2, '0')}`;
  const at = Math.round(atMs);
  const kind = random.uniform();
  if (kind < 0.6) return task(random, agent, at);
  if (kind < 0.85) {
    const [cpu, memory] = [round(random.uniform(), 3), round(random.uniform(0.2, 0.8), 3)];
    return { type: 'sample', agent, at, cpu, memory, active: random.int(4), capacity: 4, queued: random.int(12) };
  }
  return { type: 'heartbeat', agent, at, state: 'ready', progress: random.int(100_000), intervalMs: 15_000 };
}

function task(random: Random, agent: string, endedAt: number): ModelTask {
  const [durationMs, queueMs] = [random.logNormal(2_400, 0.8), random.exponential(180)];
  const error = random.uniform() < 0.05 ? errors[random.int(errors.length)] : undefined;
  return {
    type: 'task',
    agent,
    task: uuid(random),
    taskType: pick(random, taskTypes),
    status: error ? 'failed' : 'completed',
    endedAt,
    durationMs: round(durationMs, 3),
    queueMs: round(queueMs, 3),
    attempt: 1,
    workflow: `ticket-${random.int(100_000)}`,
    model: pick(random, models),
    tokens: {
      input: Math.round(random.logNormal(1_800, 0.7)),
      output: Math.round(random.logNormal(250, 0.9)),
      cachedInput: random.int(4_000),
    },
    ...(error ? { error } : {}),
    ...(random.uniform() < 0.3 ? { tool: 'search', quality: round(random.uniform(0.5, 1), 2) } : {}),
  };
}

function pick<Of>(random: Random, list: readonly Of[]): Of {
  return list[random.int(list.length)] as Of;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function uuid(random: Random): string {
  const digits = (count: number) => Array.from({ length: count }, () => random.int(16).toString(16)).join('');
  return `${digits(8)}-${digits(4)}-4${digits(3)}-a${digits(3)}-${digits(12)}`;
}
