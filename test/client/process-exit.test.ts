import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StubFleetpulse } from './stub-fleetpulse.ts';

const clientModule = new URL('../../lib/client/client.ts', import.meta.url).href;
const create = `const { createClient } = await import('${clientModule}');
const client = createClient({ onError: () => {}, ...options });
client.task({ agent: 'a-1', task: 't-1', status: 'completed' });`;
const stayAlive = `setInterval(() => {}, 1_000); console.log('ready');`;

let stub: StubFleetpulse;
beforeEach(async () => {
  stub = await StubFleetpulse.start();
});
afterEach(() => stub.stop());

/** Runs a host to its end; once it has printed a line it gets the signal. */
async function run(code: string, { options = {}, signal }: { options?: object; signal?: NodeJS.Signals } = {}) {
  const source = `const options = ${JSON.stringify({ url: stub.url, key: 'fp_key', ...options })};\n${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  if (signal) child.stdout.once('data', () => child.kill(signal));
  const [exitCode, endedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { exitCode, endedBy, errors };
}

describe('a process that has nothing left to do', () => {
  test('ends by itself, and its events arrive; its agents have stopped', async () => {
    const ended = await run(`${create} client.beat('a-1', { progress: () => 3 });`);
    expect(ended).toEqual({ exitCode: 0, endedBy: null, errors: '' });
    expect(stub.received.flatMap(({ events }) => events)).toMatchObject([
      { type: 'task', task: 't-1' },
      { type: 'heartbeat', state: 'ready', progress: 3 },
      { type: 'heartbeat', state: 'stopped', progress: 3 },
    ]);
  });

  test.each(['hang', 'cut'] as const)('ends also when the server answers with %s', async (reply) => {
    stub.replies = Array(50).fill(reply);
    expect(await run(create, { options: { exitTimeoutMs: 200 } })).toEqual({ exitCode: 0, endedBy: null, errors: '' });
    expect(stub.received.length).toBeGreaterThan(0);
  });

  test('ends when it has closed its client, or flushed it in vain', async () => {
    stub.replies = Array(50).fill({ status: 503 });
    const ended = await run(
      `${create} await client.flush({ timeoutMs: 100 }); await client.close({ timeoutMs: 100 });`,
    );
    expect(ended).toEqual({ exitCode: 0, endedBy: null, errors: '' });
  });
});

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: events arrive, and the process ends by it', async (signal) => {
    const ended = await run(`${create} client.beat('a-1'); ${stayAlive}`, { signal });
    expect(ended).toEqual({ exitCode: null, endedBy: signal, errors: '' });
    expect(stub.tasks).toEqual(['t-1']);
    expect(stub.received.flatMap(({ events }) => events).at(-1)).toMatchObject({ state: 'stopped' });
  });

  test('ends the process in time when the server hangs', async () => {
    stub.replies = ['hang', 'hang', 'hang'];
    const ended = await run(`${create} ${stayAlive}`, { signal: 'SIGTERM', options: { exitTimeoutMs: 200 } });
    expect(ended).toMatchObject({ exitCode: null, endedBy: 'SIGTERM' });
  });

  test.each(['on', 'once'])('that the host listens to with %s is for the host to end', async (listen) => {
    const host = `process.${listen}('SIGTERM', async () => { await client.close(); process.exit(7); });`;
    const ended = await run(`${create} client.beat('a-1'); ${host} ${stayAlive}`, { signal: 'SIGTERM' });
    expect(ended).toEqual({ exitCode: 7, endedBy: null, errors: '' });
    expect(stub.tasks).toEqual(['t-1']);
  });

  test('ends a process with several clients, and with two copies of the module', async () => {
    const second = `const copy = await import('${clientModule}?copy');
      const other = copy.createClient(options);
      other.task({ agent: 'a-1', task: 't-2', status: 'completed' });
      const third = createClient(options);
      await third.close();
      createClient(options).task({ agent: 'a-1', task: 't-3', status: 'completed' });`;
    const ended = await run(`${create} ${second} ${stayAlive}`, { signal: 'SIGTERM' });
    expect(ended).toEqual({ exitCode: null, endedBy: 'SIGTERM', errors: '' });
    expect(stub.tasks.sort()).toEqual(['t-1', 't-2', 't-3']);
  });

  test('does what it always did with flushOnSignals: false', async () => {
    const ended = await run(`${create} ${stayAlive}`, { signal: 'SIGTERM', options: { flushOnSignals: false } });
    expect(ended).toEqual({ exitCode: null, endedBy: 'SIGTERM', errors: '' });
    expect(stub.received).toEqual([]);
  });
});
