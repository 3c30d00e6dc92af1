import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Reply, StubFleetpulse } from './stub-fleetpulse.ts';

const folder = fileURLToPath(new URL('../../examples/python', import.meta.url));
let stub: StubFleetpulse;
beforeEach(async (context) => {
  stub = await StubFleetpulse.start();
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
  } catch {
    context.skip('there is no python3');
  }
});
afterEach(() => stub.stop());

/** Runs a host that has a client without chance in its backoff, and gives what it prints, as JSON. */
async function run(code: string, url = stub.url) {
  const source = `import json, random, fleetpulse
random.random = lambda: 0.0
told = []
client = fleetpulse.Client(url=${JSON.stringify(url)}, key="fp_key", on_error=told.append, exit_timeout_s=0.2)
def report(count):
    for n in range(count):
        client.task(agent="a-1", task=f"t-{n + 1}", status="completed")
${code}`;
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn('python3', ['-c', source], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  return output === '' ? undefined : JSON.parse(output);
}

const flushAndPrint = 'print(json.dumps({"flushed": client.flush(20), "stats": client.stats, "told": len(told)}))';

test.each<{ name: string; reply: Reply }>([
  { name: '429', reply: { status: 429 } },
  { name: '503', reply: { status: 503, headers: { 'retry-after': '0' } } },
  { name: 'a connection that is cut', reply: 'cut' },
  { name: 'a page of a portal', reply: { status: 200, body: '<html>' } },
])('after $name the Python client sends the same batch again', async ({ reply }) => {
  stub.replies = [reply, reply];
  const printed = await run(`report(40)\n${flushAndPrint}`);
  expect(printed).toMatchObject({ flushed: true, told: 2, stats: { enqueued: 40, accepted: 40, dropped: 0 } });
  expect(stub.received.map(({ body }) => body)).toEqual(Array(3).fill(stub.received[0]?.body));
  expect(stub.received[0]?.body).not.toContain('batchId');
  expect(stub.received[0]?.headers['content-type']).toBe('application/vnd.fleetpulse+gzip');
});

test('after 413 it splits, after 400 it drops and says so in the next batch', async () => {
  stub.replies = [{ status: 413 }, { status: 400, body: '{}' }];
  const printed = await run(`report(4)\nclient.flush(20)\nreport(1)\n${flushAndPrint}`);
  expect(printed).toMatchObject({ flushed: true, stats: { enqueued: 5, accepted: 3, dropped: 2 } });
  expect(stub.received.map(({ events }) => events.map(({ task, value }) => task ?? value))).toEqual([
    ['t-1', 't-2', 't-3', 't-4'],
    ['t-1', 't-2'],
    ['t-3', 't-4'],
    ['t-1', 2],
  ]);
});

test('its queue is bounded, and what is no event is counted', async () => {
  stub.replies = Array(50).fill('hang');
  const printed = await run(`report(25_000)
for bad in (None, 7, {}, {"type": "task", "costUsd": float("nan")}, {"type": "task", "at": object()}):
    client.event(bad)
client.event({"type": "sample", "agent": ["no", "text"]})
queued = client._queued()
client.close(0)
print(json.dumps({"queued": queued, **client.stats}))`);
  expect(printed.queued).toBe(10_000);
  expect(printed).toMatchObject({ enqueued: 25_006, accepted: 0, rejected: 0, dropped: 25_006 });
});

test('a failed task goes at once while it is unusual, and with the flush where one fails each minute', async () => {
  const printed = await run(`import time
def fail(count):
    for n in range(count):
        client.task(agent="a-1", task=f"f-{n}", status="failed")
def settled():
    time.sleep(0.5)
    return client.stats["accepted"]
fail(1)
first = settled()
now = time.monotonic()
for minute in range(60, 0, -1):
    client._usual_failures.add(now - 60 * minute, now)
fail(2)
usual = settled()
fail(2)
print(json.dumps([first, usual, settled()]))`);
  expect(printed).toEqual([1, 1, 5]);
});

test('a host that just ends has reported', async () => {
  await run('report(3)');
  expect(stub.tasks).toEqual(['t-1', 't-2', 't-3']);
});

test('a host that ends without a server ends all the same', async () => {
  const { url } = stub;
  await stub.stop();
  expect(await run('report(3)', url)).toBeUndefined();
  stub = await StubFleetpulse.start();
});

test('a lease that is not renewed is told as expired by itself, once', async () => {
  stub.directivesVersion = 1;
  stub.directives = [
    {
      ...{ id: 'd-1', kind: 'route', status: 'active', params: { pool: 'writers', weights: { 'w-1': 0.05 } } },
      expiresAt: new Date(Date.now() + 2_500).toISOString(),
    },
  ];
  const printed = await run(`import time
heard = []
client.on_directive(lambda directive: heard.append([directive["status"], directive["expiresAt"], time.time()]))
report(1)
client.flush(20)
while len(heard) < 2: time.sleep(0.02)
time.sleep(0.2)
print(json.dumps(heard))`);
  expect(printed.map(([status]: [string]) => status)).toEqual(['active', 'expired']);
  expect(printed[1][2] * 1_000).toBeGreaterThanOrEqual(Date.parse(printed[1][1]));
});
