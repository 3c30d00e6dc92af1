import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

let fleetpulse: Fleetpulse;
let fleetEndMs: number;

/** A pool whose agent w-3 has turned slow until now, so that a route directive is in force when the examples run. */
beforeAll(async () => {
  const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 13 * MINUTE_MS;
  fleetpulse = await Fleetpulse.start(startMs);
  await fleetpulse.request('PUT', '/v1/policy', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ modes: { route: 'auto' } }),
  });
  for (let minute = 0; minute < 13; minute++) {
    const fromMs = startMs + minute * MINUTE_MS;
    const events = Array.from({ length: 8 }, (_, i) => `w-${i + 1}`).flatMap((agent) => [
      { type: 'agent', agent, pool: 'writers', team: 'content', capacity: 4 },
      { type: 'heartbeat', agent, at: fromMs + 30_000, intervalMs: MINUTE_MS },
      ...Array.from({ length: 20 }, (_, n) => ({
        ...{ type: 'task', agent, task: `${agent}-${minute}-${n}`, status: 'completed', taskType: 'write' },
        ...{
          durationMs: (minute === 12 && agent === 'w-3' ? 8_000 : 1_000) + 10 * n,
          endedAt: fromMs + 2_500 * n + 1_000,
        },
      })),
    ]);
    expect((await fleetpulse.send(events)).status).toBe(202);
    await fleetpulse.advanceTo(fromMs + MINUTE_MS);
  }
  fleetEndMs = startMs + 13 * MINUTE_MS;
});
afterAll(() => fleetpulse.stop());

async function run(command: string, args: string[], environment: Record<string, string> = {}): Promise<string> {
  const env = { ...process.env, FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY, ...environment };
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

/** Examples that ran: the agents that they report as. */
const reported: string[] = [];

const has = (command: string) => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('the Node agent', () => {
  let output: string;
  beforeAll(async () => {
    const args = ['examples/agent/agent.ts', '--agent', 'writer-1', '--tasks', '8', '--taskMs', '60'];
    output = await run(process.execPath, args);
    reported.push('writer-1');
  });

  test('reports every task, and loses none', () => {
    const stats = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    // The agent, two beats and eight tasks.
    expect(stats).toMatchObject({ enqueued: 11, accepted: 11, rejected: 0, dropped: 0, queued: 0 });
  });

  test('hears of the directive that is in force, once, and acknowledges it', async () => {
    expect(output.match(/^route around w-3 until .*"w-3":0\.05/gm)).toHaveLength(1);
    const { body } = await fleetpulse.get('/v1/directives?target=writers');
    expect(body.directives[0]).toMatchObject({ kind: 'route', applied: true });
    expect(body.directives[0].ackedBy).toMatch(/^writer-1/);
  });
});

test('the script for curl is answered with a receipt, and reads the directives', async (context) => {
  if (!has('curl')) context.skip('there is no curl');
  const output = await run('bash', ['examples/curl/send.sh'], { AGENT: 'curl-1' });
  const [receipt, directives] = output.trim().split('\n');
  expect(JSON.parse(receipt ?? '')).toMatchObject({ accepted: 3, rejected: [], duplicate: false });
  expect(JSON.parse(directives ?? '')).toHaveProperty('directives');
  reported.push('curl-1');
});

test('the Python agent reports every task, hears of the directive, and does not say that it applied what it does not', async (context) => {
  if (!has('python3')) context.skip('there is no python3');
  const args = ['examples/python/agent.py', '--agent', 'reviewer-1', '--tasks', '8', '--task-s', '0.06'];
  const output = await run('python3', args, { PYTHONDONTWRITEBYTECODE: '1' });
  expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
    ...{ enqueued: 11, accepted: 11, rejected: 0, dropped: 0, retries: 0, failed_batches: 0 },
  });
  expect(output).not.toContain('fleetpulse:');
  expect(output.match(/^route around w-3 until /gm)).toHaveLength(1);
  const { body } = await fleetpulse.get('/v1/directives?target=writers');
  expect(body.directives[0].ackedBy).toMatch(/^writer-1/);
  // Of more than one that spoke there would be a list.
  expect(body.directives[0]).not.toHaveProperty('acknowledgements');
  reported.push('reviewer-1');
});

test('when the minute has ended, all of them are agents of the pool', async () => {
  await fleetpulse.advanceTo(Math.max(fleetEndMs, Date.now()) + MINUTE_MS);
  for (const agent of reported) {
    expect((await fleetpulse.get(`/v1/agents/${agent}?window=15m`)).body).toMatchObject({ agent, pool: 'writers' });
  }
  expect(reported).toContain('writer-1');
});

test('the agent with OpenTelemetry only appears as service/agent', async (context) => {
  const probe = await fleetpulse.request('POST', '/v1/traces', {
    headers: { 'content-type': 'application/json' },
    body: '{"resourceSpans":[]}',
  });
  if (probe.status === 404) context.skip('POST /v1/traces answers 404: this Fleetpulse takes no OTLP');
  const output = await run(process.execPath, ['examples/opentelemetry-js/agent.ts', '10'], {
    OTEL_EXPORTER_OTLP_ENDPOINT: fleetpulse.cloud.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${ADMIN_KEY}`,
    OTEL_SERVICE_NAME: 'research',
  });
  expect(output).toBe('10 questions, 2 failed\n');
  await fleetpulse.advanceTo(Date.now() + 2 * MINUTE_MS);
  const { body } = await fleetpulse.get('/v1/agents/research%2Fresearcher?window=15m');
  expect(body).toMatchObject({ agent: 'research/researcher' });
});
