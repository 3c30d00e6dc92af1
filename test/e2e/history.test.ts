import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DynamodbKind } from '../../lib/local/dynamodb-emulator.ts';
import type { MetricStoreKind } from '../../lib/local/metric-store-kind.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

/** Two full hours and the minutes around them. */
const START_MS = Date.parse('2026-03-02T22:50:00Z');
const MINUTES = 145;
const MINUTE_MS = 60_000;
const END_MS = START_MS + MINUTES * MINUTE_MS;

interface Stores {
  metricStore: MetricStoreKind;
  dynamodb: DynamodbKind;
}
const isNative = process.platform === 'linux' && process.arch === 'x64';
/** Each store and each emulator once; the contracts of the stores are held against either emulator. */
const all: Stores[] = [
  { metricStore: 'dynamodb', dynamodb: 'javascript' },
  { metricStore: 'timestream', dynamodb: isNative ? 'native' : 'javascript' },
];

/** By the stores that gave them. */
const answers = new Map<string, unknown>();

const period = `from=${START_MS}&to=${END_MS}`;
const questions = [
  ...['fleet', 'pool:writers', 'agent:w-1', 'taskType:draft'].flatMap((scope) =>
    ['1m', '10m', '1h'].map((step) => `/v1/series?kpi=average_response_time&scope=${scope}&step=${step}&${period}`),
  ),
  ...['task_completion_rate', 'quality_score', 'resource_utilization', 'system_availability', 'cost_per_task'].map(
    (kpi) => `/v1/series?kpi=${kpi}&scope=agent:w-2&step=30m&${period}`,
  ),
  `/v1/series?kpi=scalability_index&scope=pool:writers&step=1h&${period}`,
  `/v1/series?kpi=end_to_end_latency&scope=workflowType:order&step=1h&${period}`,
  ...['1m', '30m', '1h', '1d'].map((step) => `/v1/series?kpi=metric_value&scope=metric:carts&step=${step}&${period}`),
  ...['15m', '1h', '2h'].flatMap((window) =>
    ['fleet', 'pools', 'agents'].map((list) => `/v1/${list}?window=${window}`),
  ),
];

describe.each(all)('history in $metricStore, on the $dynamodb DynamoDB emulator', ({ metricStore, dynamodb }) => {
  let fleetpulse: Fleetpulse;
  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(START_MS, { metricStore, dynamodb });
    await replay(fleetpulse);
  }, 240_000);
  afterAll(async () => {
    await fleetpulse?.stop();
  });

  test('answers every question as it does after a restart', async () => {
    const before = await askAll(fleetpulse);
    await fleetpulse.restart();
    expect(await askAll(fleetpulse)).toEqual(before);
    answers.set(`${metricStore} ${dynamodb}`, before);
  }, 60_000);

  test('has the mean, n, least and greatest of a custom metric, by the hour', async () => {
    const { body } = await fleetpulse.get(
      `/v1/series?kpi=metric_value&scope=metric:carts&step=1h&from=${FIRST_HOUR}&to=${FIRST_HOUR + 7_200_000}`,
    );
    expect(body).toMatchObject({ scope: 'metric:carts', unit: 'carts', stepMs: 3_600_000 });
    for (const { at, ...point } of body.points) {
      const values = [...sent.values()].flat().flatMap((event) => {
        const isWithin = Number(event['at']) >= at && Number(event['at']) < at + 3_600_000;
        return event['type'] === 'metric' && isWithin ? [Number(event['value'])] : [];
      });
      const [n, sum] = [values.length, values.reduce((a, b) => a + b, 0)];
      expect(point).toEqual({ value: sum / n, n, min: Math.min(...values), max: Math.max(...values) });
    }
  });

  test('has hours that are the sums of their minutes, late events included', async () => {
    const of = async (step: string) =>
      (
        await fleetpulse.get(
          `/v1/series?kpi=overall_throughput&step=${step}&from=${FIRST_HOUR}&to=${FIRST_HOUR + 7_200_000}`,
        )
      ).body.points as { at: number; value: number | null; n: number }[];
    const [hours, minutes] = [await of('1h'), await of('1m')];
    expect(hours).toHaveLength(2);
    expect(minutes).toHaveLength(120);
    for (const { at, n } of hours) {
      const within = minutes.filter((minute) => minute.at >= at && minute.at < at + 3_600_000);
      expect(within.reduce((sum, minute) => sum + minute.n, 0)).toBe(n);
      expect(n).toBe(completedIn(at, at + 3_600_000));
    }
  });
});

test('every pair of stores gives the same figures', () => {
  expect(answers.size).toBe(all.length);
  const [first, ...others] = [...answers.values()];
  for (const other of others) expect(other).toEqual(first);
});

async function askAll(fleetpulse: Fleetpulse): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  for (const question of questions) {
    const { status, body } = await fleetpulse.get(question);
    expect({ question, status }).toEqual({ question, status: 200 });
    given[question] = body;
  }
  return given;
}

const FIRST_HOUR = Date.parse('2026-03-02T23:00:00Z');
const sent = events();

function completedIn(fromMs: number, toMs: number): number {
  const tasks = [...sent.values()].flat().filter(({ type, status }) => type === 'task' && status === 'completed');
  return tasks.filter(({ endedAt }) => Number(endedAt) >= fromMs && Number(endedAt) < toMs).length;
}

/** By the minute in which they are sent. */
function events(): Map<number, Record<string, unknown>[]> {
  const random = createRandom(11, 'history');
  const byMinute = new Map<number, Record<string, unknown>[]>();
  for (let minute = 0; minute < MINUTES; minute++) {
    const startMs = START_MS + minute * MINUTE_MS;
    const at = () => startMs + random.int(59_000);
    const list: Record<string, unknown>[] = [];
    for (const agent of ['w-1', 'w-2', 'w-3']) {
      if (minute === 0) {
        list.push({ type: 'agent', agent, pool: 'writers', capacity: 2, costPerHourUsd: 0.5 });
      }
      list.push({ type: 'heartbeat', agent, at: startMs + 58_000, state: 'ready', intervalMs: 60_000 });
      list.push({
        type: 'sample',
        agent,
        at: at(),
        active: random.int(3),
        capacity: 2,
        queued: random.int(4),
        cpu: 0.4,
      });
      for (let i = random.int(3); i >= 0; i--) list.push(task(agent, `${minute}-${i}`, at(), random));
    }
    // An hour late, and of a minute that is summed up.
    if (minute % 20 === 19) list.push(task('w-1', `late-${minute}`, Math.max(START_MS, startMs - 3_600_000), random));
    const [workflow, workflowType] = [`order-${minute}`, 'order'];
    list.push({ type: 'workflow', workflow, workflowType, status: 'completed', startedAt: startMs, endedAt: at() + 1 });
    list.push({ type: 'metric', name: 'carts', unit: 'carts', value: random.int(9), at: at() });
    byMinute.set(minute, list);
  }
  return byMinute;
}

function task(agent: string, id: string, endedAt: number, random: ReturnType<typeof createRandom>) {
  const status = random.uniform() < 0.9 ? 'completed' : 'failed';
  const [durationMs, queueMs] = [1 + random.int(9_000), random.int(800)];
  const measured = { durationMs, queueMs, quality: random.int(100) / 100, costUsd: random.int(100) / 1_000 };
  return { type: 'task', agent, task: `${agent}-${id}`, taskType: 'draft', status, endedAt, ...measured };
}

async function replay(fleetpulse: Fleetpulse): Promise<void> {
  for (const [minute, list] of sent) {
    await fleetpulse.advanceTo(START_MS + minute * MINUTE_MS + 59_500);
    const { status, body } = await fleetpulse.send(list, uuidOf(minute));
    expect({ status, rejected: body.rejected }).toEqual({ status: 202, rejected: [] });
  }
  await fleetpulse.advanceTo(END_MS + 5_000);
}

function uuidOf(minute: number): string {
  return `00000000-0000-4000-8000-${String(minute).padStart(12, '0')}`;
}
