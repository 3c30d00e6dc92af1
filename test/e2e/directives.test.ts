import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const startMs = Date.parse('2026-03-02T10:00:00Z');
const agents = Array.from({ length: 8 }, (_, i) => `w-${i + 1}`);
const SLOW = 'w-3';

/** Fleetpulse with a small fleet that lives by the minute. */
class Fleet {
  readonly fleetpulse: Fleetpulse;
  minute = 0;
  /** Tasks a minute that the slow agent still gets. */
  slowTasks = 20;

  constructor(fleetpulse: Fleetpulse) {
    this.fleetpulse = fleetpulse;
  }

  /** Lets minutes pass: everybody beats and works, one agent eight times slower than the others. */
  async live(minutes: number, isSlow = false): Promise<void> {
    for (let i = 0; i < minutes; i++) {
      const fromMs = startMs + this.minute * MINUTE_MS;
      const events = agents.flatMap((agent) => {
        const own = isSlow && agent === SLOW;
        const tasks = Array.from({ length: own ? this.slowTasks : 20 }, (_, n) => ({
          ...{ type: 'task', agent, task: `${agent}-${this.minute}-${n}`, status: 'completed', taskType: 'write' },
          ...{ queueMs: 20 + n, durationMs: (own ? 8_000 : 1_000) + 10 * n, endedAt: fromMs + 2_500 * n + 1_000 },
        }));
        return [
          { type: 'agent', agent, pool: 'writers', team: 'content', capacity: 4 },
          { type: 'heartbeat', agent, at: fromMs + 30_000, intervalMs: 60_000 },
          ...tasks,
        ];
      });
      expect((await this.fleetpulse.send(events)).status).toBe(202);
      this.minute += 1;
      await this.fleetpulse.advanceTo(startMs + this.minute * MINUTE_MS);
    }
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}) {
    return this.#send('POST', path, body, headers);
  }

  put(path: string, body: unknown) {
    return this.#send('PUT', path, body, {});
  }

  async directives(query = '') {
    return (await this.fleetpulse.get(`/v1/directives${query}`)).body.directives;
  }

  #send(method: string, path: string, body: unknown, headers: Record<string, string>) {
    return this.fleetpulse.request(method, path, {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }
}

async function fleetWith(modes: Record<string, string>): Promise<Fleet> {
  const fleet = new Fleet(await Fleetpulse.start(startMs));
  expect((await fleet.put('/v1/policy', { modes })).status).toBe(200);
  return fleet;
}

describe('under auto', () => {
  let fleet: Fleet;
  let id: string;
  beforeAll(async () => {
    fleet = await fleetWith({ route: 'auto' });
    await fleet.live(12);
    await fleet.live(1, true);
    id = (await fleet.directives())[0]?.id;
  });
  afterAll(() => fleet.fleetpulse.stop());

  test('a directive is found by status and by what it is about, and not by anything else', async () => {
    expect(id).toMatch(/^\w+-route-/);
    const found = async (query: string) => (await fleet.directives(query)).map((it: { id: string }) => it.id);
    expect(await found('?status=active')).toEqual([id]);
    expect(await found('?status=active&target=writers')).toEqual([id]);
    expect(await found(`?target=${SLOW}`)).toEqual([id]);
    expect(await found('?target=readers')).toEqual([]);
    expect(await found('?status=proposed')).toEqual([]);
    expect(await found(`?from=${startMs - 2 * MINUTE_MS}&to=${startMs}`)).toEqual([]);
  });

  test('answers to ingest carry a version that grows with it', async () => {
    const { body } = await fleet.fleetpulse.send([{ type: 'heartbeat', agent: 'w-1', at: startMs + 10_000 }]);
    expect(body.directivesVersion).toBe((await fleet.fleetpulse.get('/v1/directives')).body.version);
    expect(body.directivesVersion).toBeGreaterThan(0);
  });

  test('an answer that is known already is 304', async () => {
    const first = await fleet.fleetpulse.get('/v1/directives?status=active');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    const again = await fleet.fleetpulse.request('GET', '/v1/directives?status=active', {
      headers: { 'if-none-match': etag },
    });
    expect(again).toMatchObject({ status: 304, body: '' });
    expect(again.headers.get('etag')).toBe(etag);
  });

  test('a long poll is held until something changes', async () => {
    const first = await fleet.fleetpulse.get('/v1/directives?status=active');
    const waiting = fleet.fleetpulse.request('GET', '/v1/directives?status=active&wait=20', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    const early = await Promise.race([waiting, new Promise((resolve) => setTimeout(() => resolve('held'), 1_500))]);
    expect(early).toBe('held');
    expect((await fleet.post(`/v1/directives/${id}/ack`, { applied: true, note: 'done' })).status).toBe(200);
    const { status, body } = await waiting;
    expect(status).toBe(200);
    expect(body.directives).toMatchObject([{ id, applied: true }]);
  });

  test('a long poll without news is 304 when its time is over', async () => {
    const first = await fleet.fleetpulse.get('/v1/directives');
    const answer = await fleet.fleetpulse.request('GET', '/v1/directives?wait=1', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(answer.status).toBe(304);
  });

  test('twenty polls wait at the same time, two more are answered at once', async () => {
    const etag = (await fleet.fleetpulse.get('/v1/directives')).headers.get('etag') ?? '';
    const answered: number[] = [];
    const ask = async (waitS: number) => {
      const headers = { 'if-none-match': etag };
      const { status } = await fleet.fleetpulse.request('GET', `/v1/directives?wait=${waitS}`, { headers });
      answered.push(status);
    };
    // The environments that carry them out begin before: on a busy machine that takes longer than a poll may wait.
    await Promise.all(Array.from({ length: 22 }, () => ask(1)));
    answered.length = 0;
    const polls = Array.from({ length: 22 }, () => ask(20));
    await expect.poll(() => answered.length, { timeout: 19_000 }).toBe(2);
    expect(answered).toEqual([304, 304]);
    await fleet.post(`/v1/directives/${id}/ack`, { applied: false });
    await Promise.all(polls);
    expect(answered.slice(2)).toEqual(Array(20).fill(200));
    await fleet.post(`/v1/directives/${id}/ack`, { applied: true });
  });

  test('saying the same again changes nothing, not even since when it is applied', async () => {
    const before = (await fleet.post(`/v1/directives/${id}/ack`, { applied: true })).body;
    await fleet.live(1, true);
    const after = (await fleet.post(`/v1/directives/${id}/ack`, { applied: true })).body;
    expect(after.ackedAt).toBe(before.ackedAt);
  });

  test('a roll-back acts at once, is idempotent, and is not undone by the next minutes', async () => {
    const rolledBack = await fleet.post(`/v1/directives/${id}/rollback`, { by: 'ann', note: 'we have a release' });
    expect(rolledBack).toMatchObject({ status: 200, body: { id, status: 'rolled_back' } });
    const { expiresAt, rolledBackAt, endedBecause } = rolledBack.body;
    expect({ expiresAt, endedBecause }).toEqual({
      expiresAt: rolledBackAt,
      endedBecause: expect.stringMatching(/^rolled back by ann \(key /),
    });
    expect(rolledBack.body.rolledBackBy).toMatch(/^ann \(key /);
    expect((await fleet.post(`/v1/directives/${id}/rollback`)).status).toBe(200);
    expect(await fleet.directives('?status=active')).toEqual([]);
    await fleet.live(3, true);
    expect(await fleet.directives()).toMatchObject([
      { id, status: 'rolled_back', effect: { state: 'measured', verdict: 'unmeasurable' } },
    ]);
  });
});

describe('under recommend', () => {
  let fleet: Fleet;
  let id: string;
  beforeAll(async () => {
    fleet = await fleetWith({ route: 'recommend' });
    await fleet.live(12);
    await fleet.live(1, true);
    id = (await fleet.directives())[0]?.id;
  });
  afterAll(() => fleet.fleetpulse.stop());

  test('a directive is proposed, and cannot be applied or taken back', async () => {
    expect(await fleet.directives()).toMatchObject([{ id, mode: 'recommend', status: 'proposed' }]);
    const early = await fleet.post(`/v1/directives/${id}/ack`, { applied: true });
    expect(early).toMatchObject({
      status: 409,
      body: { title: 'Conflict', detail: expect.stringContaining('proposed') },
    });
    expect((await fleet.post(`/v1/directives/${id}/rollback`)).status).toBe(409);
  });

  test('an approval puts it in force at once; then it cannot be rejected', async () => {
    const approved = await fleet.post(`/v1/directives/${id}/approve`, { by: 'ann' });
    expect(approved).toMatchObject({ status: 200, body: { id, status: 'active' } });
    expect((await fleet.post(`/v1/directives/${id}/approve`)).status).toBe(200);
    expect((await fleet.post(`/v1/directives/${id}/reject`)).status).toBe(409);
    expect((await fleet.post(`/v1/directives/${id}/ack`, { applied: true })).status).toBe(200);
  });

  test('its effect is measured like any other', async () => {
    fleet.slowTasks = 2;
    await fleet.live(14, true);
    const [directive] = await fleet.directives();
    expect(directive.effect).toMatchObject({ state: 'measured', verdict: 'helped' });
    expect(directive.effect.high).toBeLessThan(0);
  });
});

describe('what is not right is refused, and says why', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = new Fleet(await Fleetpulse.start(startMs));
  });
  afterAll(() => fleet.fleetpulse.stop());

  test.each([
    { path: '/v1/directives?status=maybe', names: 'status' },
    { path: '/v1/directives?wait=21', names: 'wait' },
    { path: '/v1/directives?wait=soon', names: 'wait' },
    { path: '/v1/directives?pool=writers', names: 'pool' },
  ])('$path', async ({ path, names }) => {
    expect(await fleet.fleetpulse.get(path)).toMatchObject({ status: 400, body: { errors: [{ path: names }] } });
  });

  test.each([
    { body: { modes: { fly: 'auto' } }, path: 'modes.fly' },
    { body: { modes: { route: 'full' } }, path: 'modes.route' },
    { body: { killSwitch: 'on' }, path: 'killSwitch' },
    { body: { killswitch: true }, path: 'killswitch' },
    { body: { maintenance: [{ from: startMs, to: startMs }] }, path: 'maintenance[0].to' },
    { body: { maintenance: [{ from: startMs }] }, path: 'maintenance[0].to' },
  ])('PUT /v1/policy $body', async ({ body, path }) => {
    const before = (await fleet.fleetpulse.get('/v1/policy')).body;
    expect(await fleet.put('/v1/policy', body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
    expect((await fleet.fleetpulse.get('/v1/policy')).body).toEqual(before);
  });

  test.each(['ack', 'approve', 'reject', 'rollback'])('%s of a directive that does not exist', async (verb) => {
    const body = verb === 'ack' ? { applied: true } : {};
    expect(await fleet.post(`/v1/directives/nothing/${verb}`, body)).toMatchObject({ status: 404 });
  });

  test('an acknowledgement that does not say whether', async () => {
    expect(await fleet.post('/v1/directives/nothing/ack', {})).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'applied', code: 'missing_field' }] },
    });
  });
});

describe('the policy', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = new Fleet(await Fleetpulse.start(startMs));
  });
  afterAll(() => fleet.fleetpulse.stop());

  test('is that of the environment until somebody changes it, and says where each setting comes from', async () => {
    const { body } = await fleet.fleetpulse.get('/v1/policy');
    expect(body.modes).toEqual({
      ...{ route: 'auto', scale: 'auto', breaker: 'auto', degrade: 'auto' },
      ...{ failover: 'auto', restart: 'auto', tune: 'auto' },
    });
    expect(body.origin.modes.route).toBe('environment');
    expect(body.limits.lease).toEqual({ value: 900_000, unit: 'ms', origin: 'built in' });
  });

  test('is merged: what is not named stays', async () => {
    await fleet.put('/v1/policy', { modes: { route: 'approve' } });
    const window = { from: '2026-03-02T12:00:00.000Z', to: '2026-03-02T13:00:00.000Z', pool: 'writers' };
    await fleet.put('/v1/policy', { maintenance: [window] });
    await fleet.put('/v1/policy', { modes: { scale: 'observe' }, killSwitch: true });
    const { body } = await fleet.fleetpulse.get('/v1/policy');
    expect(body).toMatchObject({
      modes: { route: 'approve', scale: 'observe', breaker: 'auto' },
      killSwitch: true,
      maintenance: [window],
    });
    expect(body.origin.modes.route).toMatch(/^admin .*2026-03-02T10:00:00.000Z$/);
    expect(body.origin.modes.breaker).toBe('environment');
  });
});
