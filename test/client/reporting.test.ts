import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import {
  type ClientOptions,
  type DirectiveParams as ClientParams,
  type ClientProblem,
  createClient,
  type FleetpulseClient,
} from '../../lib/client/client.ts';
import type { DirectiveParams as FleetParams } from '../../lib/core/remediate/directive.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeServer } from './fake-server.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
let clock: FakeClock;
let server: FakeServer;
let problems: ClientProblem[];
beforeEach(() => {
  clock = new FakeClock(START_MS);
  server = new FakeServer(clock);
  problems = [];
});

function client(options: ClientOptions = {}): FleetpulseClient {
  return createClient({
    ...{ url: 'http://fleetpulse.test', key: 'fp_key', clock, fetch: server.fetch, gzip: false },
    ...{ flushOnSignals: false, onError: (problem: ClientProblem) => problems.push(problem), ...options },
  });
}

async function events(): Promise<Record<string, unknown>[]> {
  await clock.advance(60_000);
  return server.requests.flatMap((batch) => batch.events);
}

function named(name: string): Error {
  return Object.assign(new Error('the text of a customer'), { name });
}

describe('a description', () => {
  const described = async () => (await events()).filter(({ type }) => type === 'agent');
  const minutesOf = (its: Record<string, unknown>[]) => its.map(({ at }) => ((at as number) - START_MS) / 60_000);

  test('goes out again with a heartbeat every ten minutes, as it was said last', async () => {
    const it = client();
    it.agent({ agent: 'writer-1', pool: 'writers', capacity: 2, at: START_MS - 1_000 });
    it.agent({ agent: 'writer-1', pool: 'writers', capacity: 3 });
    const stop = it.beat('writer-1', { everyMs: 60_000 });
    await clock.advance(25 * 60_000);
    stop();
    const its = await described();
    expect(its.map(({ pool, capacity }) => [pool, capacity])).toEqual([
      ['writers', 2],
      ['writers', 3],
      ['writers', 3],
      ['writers', 3],
    ]);
    expect(minutesOf(its)).toEqual([-1 / 60, 0, 10, 20]);
  });

  test('does not go out again after the agent stopped, nor for agents that do not beat', async () => {
    const it = client();
    it.agent({ agent: 'writer-1', pool: 'writers' });
    it.agent({ agent: 'writer-2', pool: 'writers' });
    it.heartbeat({ agent: 'writer-1', state: 'stopped' });
    await clock.advance(11 * 60_000);
    it.heartbeat({ agent: 'writer-1', state: 'ready' });
    expect(minutesOf(await described())).toEqual([0, 0]);
  });
});

describe('a wrapped function', () => {
  test('is a task from its call to its end, with what it said of itself', async () => {
    const it = client();
    const write = it.wrap(
      async (task, title: string) => {
        task.addTokens({ input: 100, output: 5 });
        task.addTokens({ input: 20, reasoning: 7 });
        task.addCostUsd(0.25);
        task.addCostUsd(0.5);
        task.quality(0.9);
        task.addPart({ kind: 'model', name: 'm-1', durationMs: 40, status: 'completed' });
        await task.measure('tool', 'search', () => clock.advance(30));
        task.set({ workflow: 'w-1', parent: 'p-1' });
        return title.toUpperCase();
      },
      { agent: 'writer-1', taskType: 'article', slaMs: 10_000 },
    );
    expect(await write('one')).toBe('ONE');
    await write('two');
    const [first, second] = await events();
    expect(first).toEqual({
      ...{ type: 'task', agent: 'writer-1', taskType: 'article', status: 'completed', slaMs: 10_000 },
      ...{ task: expect.stringMatching(/^[0-9a-f-]{36}$/), durationMs: 30, endedAt: START_MS + 30 },
      ...{
        tokens: { input: 120, output: 5, reasoning: 7 },
        costUsd: 0.75,
        quality: 0.9,
        workflow: 'w-1',
        parent: 'p-1',
      },
      parts: [
        { kind: 'model', name: 'm-1', durationMs: 40, status: 'completed' },
        { kind: 'tool', name: 'search', durationMs: 30, status: 'completed' },
      ],
    });
    expect(second).toMatchObject({ tokens: { input: 120 }, costUsd: 0.75 });
    expect(second?.['task']).not.toBe(first?.['task']);
  });

  test.each([
    { thrown: named('AbortError'), status: 'cancelled', type: 'AbortError' },
    { thrown: named('TimeoutError'), status: 'timeout', type: 'TimeoutError' },
    { thrown: new RangeError('no'), status: 'failed', type: 'RangeError' },
    { thrown: AbortSignal.abort().reason, status: 'cancelled', type: 'AbortError' },
    { thrown: 'text', status: 'failed', type: 'string' },
    { thrown: undefined, status: 'failed', type: 'undefined' },
    { thrown: null, status: 'failed', type: 'object' },
  ])('that throws $type is $status, and throws on', async ({ thrown, status, type }) => {
    const it = client();
    const run = it.wrap(
      () => {
        throw thrown;
      },
      { agent: 'a-1' },
    );
    expect(
      await run().then(
        () => 'returned',
        (error) => [error],
      ),
    ).toEqual([thrown]);
    expect(await events()).toMatchObject([{ status, error: { type } }]);
  });

  test('tells the message of its error only when asked to', async () => {
    const it = client({ agent: 'a-1' });
    const fail = () => Promise.reject(named('ModelError'));
    await it
      .wrap(fail)()
      .catch(() => {});
    await it
      .wrap(fail, { errorMessages: true })()
      .catch(() => {});
    expect((await events()).map(({ error }) => error)).toEqual([
      { type: 'ModelError' },
      { type: 'ModelError', message: 'the text of a customer' },
    ]);
  });

  test('that says rejected by itself is rejected, at once', async () => {
    const it = client({ agent: 'a-1' });
    await it.wrap((task) => task.set({ status: 'rejected' }))();
    await clock.advance(10);
    expect(server.requests[0]?.events).toMatchObject([{ status: 'rejected', agent: 'a-1' }]);
  });

  test('reports a salted hash of its arguments, whatever the order of their keys, and nothing else of them', async () => {
    const it = client({ agent: 'a-1' });
    const run = it.wrap((_, __: object) => 1, { inputHash: { salt: 's3cret' }, taskId: () => 't-1' });
    await run({ b: [{ z: 1, a: 2 }], a: 'prompt' });
    await run({ a: 'prompt', b: [{ a: 2, z: 1 }] });
    await run({ a: 'Prompt', b: [{ a: 2, z: 1 }] });
    const hashes = (await events()).map(({ inputHash }) => inputHash);
    const expected = createHash('sha256')
      .update('s3cret[{"a":"prompt","b":[{"a":2,"z":1}]}]')
      .digest('hex')
      .slice(0, 32);
    expect(hashes).toEqual([expected, expected, expect.not.stringMatching(expected)]);
    expect(JSON.stringify(server.requests)).not.toMatch(/prompt/i);
  });

  test('whose arguments cannot be hashed is reported without a hash', async () => {
    const it = client({ agent: 'a-1' });
    expect(await it.wrap((_, n: bigint) => n, { inputHash: { salt: 's' } })(1n)).toBe(1n);
    expect((await events())[0]).not.toHaveProperty('inputHash');
    expect(problems).toMatchObject([{ code: 'callback' }]);
  });
});

describe('beats', () => {
  test('come at once and then in their cadence, with progress, until they end with stopped', async () => {
    const it = client();
    let done = 0;
    const stop = it.beat('a-1', { everyMs: 30_000, progress: () => done, state: () => (done > 0 ? 'busy' : 'ready') });
    await clock.advance(45_000);
    done = 7;
    await clock.advance(30_000);
    stop();
    stop();
    await clock.advance(300_000);
    expect(await events()).toEqual(
      [
        { at: START_MS, state: 'ready', progress: 0 },
        { at: START_MS + 30_000, state: 'ready', progress: 0 },
        { at: START_MS + 60_000, state: 'busy', progress: 7 },
        { at: START_MS + 75_000, state: 'stopped', progress: 7 },
      ].map((each) => ({ type: 'heartbeat', agent: 'a-1', intervalMs: 30_000, ...each })),
    );
    expect(clock.timers).toBe(0);
  });

  test('go on without progress when it cannot be read', async () => {
    const it = client();
    it.beat('a-1', {
      progress: () => {
        throw new Error('no counter');
      },
    });
    expect((await events())[0]).toEqual({
      ...{ type: 'heartbeat', agent: 'a-1' },
      at: START_MS,
      state: 'ready',
      intervalMs: 60_000,
    });
    expect(problems[0]).toMatchObject({ code: 'callback', message: 'a callback failed: no counter' });
  });

  test('end with the client', async () => {
    const it = client();
    it.beat('a-1');
    const closed = it.close();
    await clock.advance(0);
    expect(await closed).toBe(true);
    expect(server.requests.flatMap((batch) => batch.events)).toMatchObject([{ state: 'ready' }, { state: 'stopped' }]);
    expect(clock.timers).toBe(0);
  });
});

describe('directives', () => {
  interface Asked {
    url: string;
    status: number;
  }
  let asked: Asked[];
  let acknowledged: { url: string; word: unknown }[];
  let ackStatus: number;
  let isAway: boolean;
  let version: number;
  let status: number;
  let directives: Record<string, unknown>[];

  const route = (id: string, more: Record<string, unknown> = {}) => ({
    ...{ id, kind: 'route', status: 'active', expiresAt: '2026-03-02T10:15:00.000Z' },
    ...{ params: { pool: 'writers', weights: { 'w-1': 0.05 } }, ...more },
  });

  function following(options: ClientOptions = {}): FleetpulseClient {
    asked = [];
    acknowledged = [];
    ackStatus = 200;
    isAway = false;
    version = 1;
    status = 200;
    directives = [];
    return client({
      fetch: async (url, init) => {
        const answer = (code: number, body: unknown) => ({
          status: code,
          headers: { get: () => null },
          text: async () => JSON.stringify(body),
        });
        if (init.method === 'GET') {
          asked.push({ url, status });
          return answer(status, { version, directives });
        }
        if (url.endsWith('/ack')) {
          acknowledged.push({ url, word: JSON.parse(init.body as string) });
          return answer(ackStatus, {});
        }
        if (isAway) throw new TypeError('fetch failed');
        const { events } = JSON.parse(init.body as string) as { events: unknown[] };
        return answer(202, { accepted: events.length, rejected: [], duplicate: false, directivesVersion: version });
      },
      ...options,
    });
  }

  async function send(by: FleetpulseClient): Promise<void> {
    by.heartbeat({ agent: 'a-1', state: 'draining' });
    await clock.advance(10);
  }

  test('are read when the version has changed, and called back for once in each form', async () => {
    const it = following();
    const heard: string[] = [];
    it.onDirective(({ id, status, expiresAt }) => heard.push(`${id} ${status} ${expiresAt.slice(11, 16)}`));
    directives = [route('d-2', { status: 'proposed' }), route('d-1'), route('d-0', { status: 'expired' })];
    await send(it);
    await send(it);
    expect(asked).toEqual([{ url: 'http://fleetpulse.test/v1/directives', status: 200 }]);
    expect(heard).toEqual(['d-1 active 10:15']);

    // Acknowledged: a new version, nothing new to do.
    version = 2;
    directives[1] = route('d-1', { ackedAt: '2026-03-02T10:00:05.000Z', applied: true });
    await send(it);
    // Renewed.
    version = 3;
    directives[1] = route('d-1', { expiresAt: '2026-03-02T10:16:00.000Z' });
    await send(it);
    // Taken back.
    version = 4;
    directives[1] = route('d-1', { status: 'rolled_back', expiresAt: '2026-03-02T10:16:00.000Z' });
    await send(it);
    expect(asked).toHaveLength(4);
    expect(heard).toEqual(['d-1 active 10:15', 'd-1 active 10:16', 'd-1 rolled_back 10:16']);
  });

  test('of a target only, and no longer when the subscription has ended', async () => {
    const it = following();
    const heard: string[] = [];
    const end = it.onDirective(({ id }) => heard.push(id), { target: 'writers/north' });
    directives = [route('d-1')];
    await send(it);
    end();
    version = 2;
    directives = [route('d-2')];
    await send(it);
    expect(asked.map(({ url }) => url)).toEqual(['http://fleetpulse.test/v1/directives?target=writers%2Fnorth']);
    expect(heard).toEqual(['d-1']);
  });

  test('that cannot be read are asked for again later, and events are reported all the same', async () => {
    const it = following();
    const heard: string[] = [];
    it.onDirective(({ id }) => heard.push(id));
    status = 403;
    directives = [route('d-1')];
    for (let n = 0; n < 4; n++) await send(it);
    expect(asked).toHaveLength(1);
    status = 200;
    await clock.advance(1_000);
    await send(it);
    expect(asked).toHaveLength(2);
    expect(heard).toEqual(['d-1']);
    expect(it.stats()).toMatchObject({ accepted: 5, retries: 0 });
    expect(problems).toMatchObject([{ code: 'directives' }]);
  });

  test('whose callback throws or rejects do no harm', async () => {
    const it = following();
    it.onDirective(() => {
      throw new Error('cannot');
    });
    it.onDirective(() => Promise.reject(new Error('cannot')));
    directives = [route('d-1')];
    await send(it);
    await clock.advance(0);
    expect(it.stats()).toMatchObject({ accepted: 1 });
    expect(problems).toMatchObject([{ code: 'callback' }]);
  });

  describe('whose lease is not renewed', () => {
    const MINUTE_MS = 60_000;
    let heard: string[];
    const hear = (it: FleetpulseClient) => {
      heard = [];
      return it.onDirective(({ id, status }) => {
        heard.push(`${new Date(clock.nowMs()).toISOString().slice(11, 19)} ${id} ${status}`);
      });
    };

    test('end by themselves at that moment, although Fleetpulse cannot be reached, and are not told again', async () => {
      const it = following();
      hear(it);
      directives = [route('d-1'), route('d-2', { expiresAt: '2026-03-02T10:07:30.000Z' })];
      await send(it);
      isAway = true;
      await clock.advance(14 * MINUTE_MS + 59_000);
      expect(heard.at(-1)).toBe('10:07:30 d-2 expired');
      await clock.advance(MINUTE_MS);
      const ended = ['10:00:00 d-2 active', '10:00:00 d-1 active', '10:07:30 d-2 expired', '10:15:00 d-1 expired'];
      expect(heard).toEqual(ended);

      isAway = false;
      version = 2;
      directives = [route('d-1', { status: 'expired' }), route('d-2', { status: 'expired' })];
      await send(it);
      await clock.advance(MINUTE_MS);
      await send(it);
      expect(asked.length).toBeGreaterThan(1);
      expect(heard).toHaveLength(4);
    });

    test('go on when they are renewed in time, and begin again when they are renewed late', async () => {
      const it = following();
      hear(it);
      directives = [route('d-1')];
      await send(it);
      await clock.advance(8 * MINUTE_MS);
      version = 2;
      directives = [route('d-1', { expiresAt: '2026-03-02T10:23:00.000Z' })];
      await send(it);
      await clock.advance(10 * MINUTE_MS);
      expect(heard.map((line) => line.slice(9))).toEqual(['d-1 active', 'd-1 active']);
      await clock.advance(6 * MINUTE_MS);
      expect(heard.at(-1)).toBe('10:23:00 d-1 expired');
      version = 3;
      directives = [route('d-1', { expiresAt: '2026-03-02T10:40:00.000Z' })];
      await send(it);
      expect(heard.at(-1)).toMatch(/d-1 active$/);
    });

    test('run out also when they no longer concern the target that was asked for', async () => {
      const it = following();
      hear(it);
      directives = [route('d-1')];
      await send(it);
      version = 2;
      directives = [];
      await send(it);
      await clock.advance(16 * MINUTE_MS);
      expect(heard.at(-1)).toBe('10:15:00 d-1 expired');
    });

    test('are not begun when they are over by this machine, and not ended when they were taken back', async () => {
      const it = following();
      hear(it);
      directives = [route('d-1', { expiresAt: '2026-03-02T09:59:00.000Z' }), route('d-2')];
      await send(it);
      expect(problems).toMatchObject([{ code: 'directives', message: expect.stringMatching(/d-1 .*Set the clock/) }]);
      version = 2;
      directives = [route('d-2', { status: 'rolled_back' })];
      await send(it);
      await clock.advance(20 * MINUTE_MS);
      expect(heard.map((line) => line.slice(9))).toEqual(['d-2 active', 'd-2 rolled_back']);
    });

    test.each(['end', 'close'] as const)('are nobody’s business after %s, and leave no timer', async (how) => {
      const it = following();
      const end = hear(it);
      directives = [route('d-1')];
      await send(it);
      if (how === 'end') end();
      else await it.close();
      expect(clock.timers).toBe(0);
      await clock.advance(20 * MINUTE_MS);
      expect(heard).toHaveLength(1);
    });
  });

  test('are acknowledged by what the callback returns, again until that is taken, and once', async () => {
    const it = following();
    it.onDirective(async (directive) => {
      if (directive.status !== 'active') return undefined;
      if (directive.kind === 'route') return { applied: true, by: `dispatcher of ${directive.params.pool}` };
      return { applied: false, note: `cannot ${directive.kind}` };
    });
    ackStatus = 503;
    directives = [route('d/1'), route('d-2', { kind: 'restart', params: { agent: 'w-1', drain: true } })];
    await send(it);
    ackStatus = 200;
    await send(it);
    const words = [
      { url: 'http://fleetpulse.test/v1/directives/d-2/ack', word: { applied: false, note: 'cannot restart' } },
      { url: 'http://fleetpulse.test/v1/directives/d%2F1/ack', word: { applied: true, by: 'dispatcher of writers' } },
    ];
    expect(acknowledged).toEqual([...words, ...words]);

    // Renewed, and ended: nothing new to say.
    version = 2;
    directives = [route('d/1', { expiresAt: '2026-03-02T10:16:00.000Z' })];
    await send(it);
    version = 3;
    directives = [route('d/1', { status: 'rolled_back' })];
    await send(it);
    expect(acknowledged).toHaveLength(4);
  });

  test('are acknowledged with as much of a note as Fleetpulse takes', async () => {
    const it = following();
    it.onDirective(() => ({ applied: false, note: 'x'.repeat(600) }));
    directives = [route('d-1')];
    await send(it);
    expect(acknowledged).toMatchObject([{ word: { applied: false, note: 'x'.repeat(500) } }]);
  });

  test('that are over are not acknowledged any more, whatever was owed', async () => {
    const it = following();
    it.onDirective(() => ({ applied: true }));
    ackStatus = 503;
    directives = [route('d-1')];
    await send(it);
    await clock.advance(16 * 60_000);
    await send(it);
    expect(acknowledged).toHaveLength(1);
  });

  test('are not read when nobody listens', async () => {
    await send(following());
    expect(asked).toEqual([]);
  });
});

test('the client types the params of every kind of directive as Fleetpulse gives them', () => {
  // Checked by the compiler.
  expectTypeOf<FleetParams>().toExtend<ClientParams>();
  expectTypeOf<keyof ClientParams>().toEqualTypeOf<keyof FleetParams>();
});
