import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { backup } from '../lib/cli/backup.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';

// The program behind `npm run format-fixture -- FOLDER`: what the stores look like in the formats of today, and what is read of
// them. A night of a small fleet up to the weekly review, so that every job has written something.

const MINUTE_MS = 60_000;
const KEY = 'admin-key-of-the-tests-0123456789';
const startMs = Date.parse('2026-03-02T01:40:00Z');
const endMs = Date.parse('2026-03-02T03:20:00Z');
const WORKING_MINUTES = 24;
const SLOW_FROM = 14;
const pools = { writers: ['w-1', 'w-2', 'w-3', 'w-4', 'w-5', 'w-6'], checkers: ['c-1', 'c-2'] };

const READ = [
  ...['/v1/fleet?window=2h', '/v1/agents?window=2h', '/v1/pools?window=2h', '/v1/agents/w-3?window=2h', '/v1/metrics'],
  ...['/v1/alerts', '/v1/directives', '/v1/policy', '/v1/budgets', '/v1/silences', '/v1/audit'],
  ...['/v1/knowledge', '/v1/recommendations', '/v1/benchmarks/settings', '/v1/benchmarks?scope=fleet', '/v1/reviews'],
  ...['/v1/plan', '/v1/capacity', '/v1/efficiency?pool=writers', `/v1/ledger?from=${startMs}`],
  ...['/v1/tasks?window=5m&at=2026-03-02T02:02:00Z', '/v1/workflows?window=1h&at=2026-03-02T02:10:00Z'],
  '/v1/workflows/bottlenecks?window=15m&at=2026-03-02T02:04:00Z',
  '/v1/series?kpi=average_response_time&scope=agent:w-3&from=2026-03-02T01:40:00Z&to=2026-03-02T02:40:00Z&step=1m',
  '/v1/series?kpi=metric_value&scope=metric:backlog&from=2026-03-02T01:40:00Z&to=2026-03-02T02:40:00Z&step=1m',
];

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) throw new Error('npm run format-fixture -- FOLDER');
const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-formats-'));
const { cloud } = await startFleetpulse({
  ...{ dataDirectory, port: 0, clock: { kind: 'manual', atMs: startMs }, env: 'dev', presetKey: KEY },
  ...{ metricStore: 'dynamodb', print: console.error },
});
try {
  await send('PUT', '/v1/policy', { modes: { route: 'auto' } });
  await send('PUT', '/v1/budgets/answers', { kpi: 'error_ratio', scope: 'fleet', objective: 0.99, period: '30d' });
  await send('POST', '/v1/knowledge/notes', { text: 'Deploys are on Tuesdays.' });
  await send('PUT', '/v1/pools/writers', { min: 2, max: 8 });
  for (let minute = 0; minute < WORKING_MINUTES; minute++) {
    await send('POST', '/v1/events', { events: eventsOf(minute) });
    await cloud.advanceTo(startMs + (minute + 1) * MINUTE_MS);
  }
  await cloud.advanceTo(endMs);
  const answers: Record<string, unknown> = {};
  for (const path of READ) answers[path] = await ask('GET', path);
  mkdirSync(folder, { recursive: true });
  await backup(['--local', cloud.url, '--to', join(folder, 'tables.jsonl.gz')], {
    ...{ print: console.log, tell: console.error, isStopped: () => false, nowMs: Date.now },
  });
  writeFileSync(join(folder, 'answers.json.gz'), gzipSync(JSON.stringify(answers)));
} finally {
  await cloud.close();
  rmSync(dataDirectory, { recursive: true, force: true });
}

function eventsOf(minute: number): unknown[] {
  const fromMs = startMs + minute * MINUTE_MS;
  const agents = Object.entries(pools).flatMap(([pool, agents]) => agents.map((agent) => ({ pool, agent })));
  const ofAgents = agents.flatMap(({ pool, agent }) => [
    { type: 'agent', agent, pool, team: 'content', capacity: 4, version: minute < 10 ? '1' : '2' },
    { type: 'heartbeat', agent, at: fromMs + 30_000, intervalMs: 60_000 },
    { type: 'sample', agent, at: fromMs + 40_000, active: 2, queued: minute % 3, memoryMb: 500 + minute },
    ...Array.from({ length: 12 }, (_, n) => ({
      ...{ type: 'task', agent, task: `${agent}-${minute}-${n}`, taskType: pool === 'writers' ? 'write' : 'check' },
      ...{ status: n === 11 && minute % 4 === 0 ? 'failed' : 'completed', workflow: `wf-${minute}-${n}` },
      ...(n === 11 && minute % 4 === 0 ? { error: { type: 'Timeout', message: 'the tool did not answer' } } : {}),
      ...{ queueMs: 20 + n, durationMs: (agent === 'w-3' && minute >= SLOW_FROM ? 8_000 : 1_000) + 10 * n },
      ...{ endedAt: fromMs + 4_000 * n + 1_000, slaMs: 10_000, costUsd: 0.001 },
    })),
  ]);
  const { length } = ofAgents;
  return [...ofAgents, { type: 'metric', name: 'backlog', value: length + minute, at: fromMs + 10_000 }];
}

async function send(method: string, path: string, body: unknown): Promise<void> {
  const answer = await request(method, path, body);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

async function ask(method: string, path: string): Promise<unknown> {
  const answer = await request(method, path);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** On a busy machine a function may not answer in time when it is loaded. */
async function request(method: string, path: string, body?: unknown): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${cloud.url}${path}`, {
      ...{ method, headers: { 'x-api-key': KEY, 'content-type': 'application/json' } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status < 500 || tries === 5) return answer;
    await answer.body?.cancel();
  }
}
