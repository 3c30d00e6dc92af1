import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backup } from '../../lib/cli/backup.ts';
import { restore } from '../../lib/cli/restore.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import { type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { TablesBetween } from '../fixtures/tables-between.ts';

const MINUTE_MS = 60_000;
const startMs = Date.parse('2026-03-02T10:00:00Z');
const agents = Array.from({ length: 8 }, (_, i) => `w-${i + 1}`);
const SLOW = 'w-3';
const SLOW_FROM_MINUTE = 12;

/** As clients do: on a busy machine a bundle may take longer to load than its function may run. */
async function insist(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status < 500) return answer;
  }
}

interface Sent {
  batchId: string | undefined;
  events: unknown[];
}

/** A fleet that goes on reporting whatever happens, and remembers what it sent, as clients do until it is acknowledged. */
class Load {
  readonly sent: Sent[] = [];
  readonly #fleetpulse: Fleetpulse;
  readonly #random: Random;
  #count = 0;

  constructor(fleetpulse: Fleetpulse, random: Random) {
    this.#fleetpulse = fleetpulse;
    this.#random = random;
  }

  /** One of the things that happen in an environment at any moment. */
  async step(): Promise<void> {
    const nowMs = this.#fleetpulse.cloud.nowMs();
    const chance = this.#random.uniform();
    if (chance < 0.45) await this.#send(this.#work(nowMs));
    // For minutes that are over: such a batch has a mark that the minute job takes away when it has counted it.
    else if (chance < 0.65) await this.#send(this.#work(nowMs - (3 + this.#random.int(9)) * MINUTE_MS));
    else if (chance < 0.72) await this.#send(this.#declarations(), this.#uuid());
    else if (chance < 0.75) await this.#send(this.#largeWork(nowMs));
    else if (chance < 0.82) await this.#repeat();
    else await this.#fleetpulse.advanceTo(nowMs + (5 + this.#random.int(25)) * 1_000);
  }

  /** Everybody beats and works, one agent eight times slower from some minute on. */
  async minute(): Promise<void> {
    const fromMs = Math.floor(this.#fleetpulse.cloud.nowMs() / MINUTE_MS) * MINUTE_MS;
    const isSlow = fromMs >= startMs + SLOW_FROM_MINUTE * MINUTE_MS;
    const events = agents.flatMap((agent) => [
      { type: 'agent', agent, pool: 'writers', team: 'content', capacity: 4 },
      { type: 'heartbeat', agent, at: fromMs + 30_000, intervalMs: 60_000 },
      ...Array.from({ length: 20 }, (_, n) => {
        const durationMs = (isSlow && agent === SLOW ? 8_000 : 1_000) + 10 * n;
        return this.#task(agent, fromMs + 2_500 * n + 1_000, durationMs);
      }),
    ]);
    await this.#send(events);
    await this.#fleetpulse.advanceTo(fromMs + MINUTE_MS);
  }

  async #send(events: unknown[], batchId?: string): Promise<void> {
    this.sent.push({ events, batchId });
    expect(await insist(() => this.#fleetpulse.send(events, batchId))).toMatchObject({ status: 202 });
  }

  async #repeat(): Promise<void> {
    const one = this.sent[this.#random.int(this.sent.length)];
    if (one) expect((await insist(() => this.#fleetpulse.send(one.events, one.batchId))).status).toBe(202);
  }

  #work(atMs: number): unknown[] {
    const agent = agents[this.#random.int(agents.length)] ?? SLOW;
    const count = 1 + this.#random.int(4);
    return Array.from({ length: count }, (_, n) => this.#task(agent, atMs - 200 * n, 900 + this.#random.int(300)));
  }

  /** More than 300 KB of it stay when it is packed, so it is stored in parts. */
  #largeWork(atMs: number): unknown[] {
    const noise = () => Array.from({ length: 18 }, () => this.#random.int(2 ** 31).toString(36)).join('');
    return Array.from({ length: 4_500 }, () => ({
      ...(this.#task(agents[this.#random.int(8)] ?? SLOW, atMs - this.#random.int(20_000), 1_000) as object),
      task: `${this.#count++}-${noise()}`,
    }));
  }

  #uuid(): string {
    return `00000000-0000-4000-8000-${this.#random
      .int(2 ** 31)
      .toString(16)
      .padStart(12, '0')}`;
  }

  /** Without a time, so that only the sender's id leads back to it. */
  #declarations(): unknown[] {
    this.#count += 1;
    return [{ type: 'agent', agent: `w-${1 + this.#random.int(8)}`, pool: 'writers', team: 'content', capacity: 4 }];
  }

  #task(agent: string, endedAt: number, durationMs: number): unknown {
    this.#count += 1;
    const task = `${agent}-${this.#count}`;
    return { type: 'task', agent, task, status: 'completed', taskType: 'write', queueMs: 20, durationMs, endedAt };
  }
}

/** Notices that teams got, by what makes one the same. */
function toldBy(fleetpulse: Fleetpulse): string[] {
  return fleetpulse.cloud
    .published('Alerts')
    .map(({ bodies }) => (JSON.parse(bodies['default'] ?? '') as { notice: { id: string } }).notice.id);
}

async function ledgerOf(fleetpulse: Fleetpulse) {
  return (await insist(() => fleetpulse.get(`/v1/ledger?from=${startMs}&to=${fleetpulse.cloud.nowMs() + MINUTE_MS}`)))
    .body;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

async function figuresOf(fleetpulse: Fleetpulse, toMs: number) {
  const window = `window=${(toMs - startMs) / MINUTE_MS + 15}m&at=${iso(toMs)}`;
  const [{ body: fleet }, { body: of }] = await Promise.all([
    insist(() => fleetpulse.get(`/v1/fleet?${window}`)),
    insist(() => fleetpulse.get(`/v1/agents?${window}`)),
  ]);
  return {
    fleet: fleet.kpis,
    agents: of.agents.map(({ agent, kpis }: { agent: string; kpis: unknown }) => ({ agent, kpis })),
  };
}

const quiet = { print: () => undefined, tell: () => undefined, nowMs: Date.now };

describe.each([
  { moment: 'as minutes end, in a quiet hour', seed: 1, minutes: 3, steps: 0 },
  { moment: 'shortly after an agent has turned slow', seed: 2, minutes: 14, steps: 5 },
  { moment: 'in the middle of late batches, as tiles of ten minutes are written', seed: 3, minutes: 16, steps: 30 },
])('a backup that begins $moment, while work goes on', ({ seed, minutes, steps }) => {
  let [original, restored]: Fleetpulse[] = [];
  let folder: string;
  let load: Load;
  /** What the original said when the backup began. */
  let before: {
    atMs: number;
    doneMs: number;
    figures: unknown;
    answers: Record<string, unknown>;
    told: string[];
  };
  let pages = 0;
  let runsBetween = 0;
  const settings = ['/v1/policy', '/v1/keys', '/v1/budgets', '/v1/directives', '/v1/alerts'];
  const settingsOf = async (fleetpulse: Fleetpulse) => {
    const answers = Object.fromEntries(
      await Promise.all(settings.map(async (path) => [path, (await insist(() => fleetpulse.get(path))).body] as const)),
    );
    // Each environment has an admin key of its own, which stays.
    const keys = answers['/v1/keys'].keys.filter(({ name }: { name: string }) => name !== 'admin (preset)');
    return { ...answers, '/v1/keys': keys };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleetpulse-backup-'));
    original = await Fleetpulse.start(startMs, { metricStore: 'dynamodb' });
    load = new Load(original, createRandom(seed, 'load'));
    for (const [method, path, body] of [
      ['POST', '/v1/keys', { name: 'dispatcher', scopes: ['read', 'control'] }],
      ['PUT', '/v1/policy', { modes: { route: 'auto', scale: 'observe' } }],
      ['PUT', '/v1/budgets/answers', { kpi: 'error_ratio', scope: 'fleet', objective: 0.99, period: '30d' }],
    ] as const) {
      const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      expect((await insist(() => original!.request(method, path, init))).status).toBeLessThan(300);
    }
    for (let minute = 0; minute < minutes; minute++) await load.minute();
    for (let step = 0; step < steps; step++) await load.step();
    const { body } = await insist(() => original!.get('/v1/fleet?window=1m'));
    const doneMs = Date.parse(body.window.to);
    before = {
      ...{ atMs: original.cloud.nowMs(), doneMs, figures: await figuresOf(original, doneMs) },
      ...{ answers: await settingsOf(original), told: toldBy(original) },
    };
    const tables = await TablesBetween.before(original.cloud, () => load.step());
    await backup(['--local', tables.url, '--to', folder], { ...quiet, isStopped: () => false });
    pages = tables.pages;
    runsBetween = Math.floor(original.cloud.nowMs() / MINUTE_MS) - Math.floor(before.atMs / MINUTE_MS);
    await tables.close();
    for (let minute = 0; minute < 3; minute++) await load.minute();
    restored = await Fleetpulse.start(original.cloud.nowMs(), { metricStore: 'dynamodb' });
    const [file = ''] = readdirSync(folder);
    await restore(['--local', restored.cloud.url, '--from', join(folder, file)], quiet);
  });
  afterAll(async () => {
    await original?.stop();
    await restored?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is read while other things happen, minutes end among them', () => {
    expect(pages).toBeGreaterThan(20);
    expect(runsBetween).toBeGreaterThan(0);
  });

  test('restores the figures of whole minutes, settings, keys, alerts and directives as they were', async () => {
    expect(await figuresOf(restored!, before.doneMs)).toEqual(before.figures);
    expect(await settingsOf(restored!)).toEqual(before.answers);
  });

  test('restores a ledger that balances, and goes on balancing as clients repeat what they are not sure of', async () => {
    expect((await ledgerOf(restored!)).difference).toBe(0);
    for (const { events, batchId } of load.sent) {
      expect((await insist(() => restored!.send(events, batchId))).status).toBe(202);
    }
    expect((await ledgerOf(restored!)).difference).toBe(0);
    for (const fleetpulse of [original!, restored!]) {
      await fleetpulse.advanceTo(Math.ceil(fleetpulse.cloud.nowMs() / MINUTE_MS) * MINUTE_MS + 12 * MINUTE_MS);
    }
    const [there, here] = [await ledgerOf(original!), await ledgerOf(restored!)];
    expect([there.difference, here.difference]).toEqual([0, 0]);
    expect([there.pending, here.pending]).toEqual([0, 0]);
    const all = load.sent.reduce((sum, { events }) => sum + events.length, 0);
    expect([there.stored, here.stored]).toEqual([all, all]);
  });

  test('goes on to the figures of the original, minutes since the backup included', async () => {
    const toMs = Math.floor(original!.cloud.nowMs() / MINUTE_MS) * MINUTE_MS;
    expect(await figuresOf(restored!, toMs)).toEqual(await figuresOf(original!, toMs));
  });

  test('tells nobody again of what was told before it', () => {
    expect(toldBy(restored!).filter((id) => before.told.includes(id))).toEqual([]);
  });
});
