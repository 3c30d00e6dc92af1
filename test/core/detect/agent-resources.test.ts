import { describe, expect, test } from 'vitest';
import { MemoryTable } from '../../../lib/aws/dynamodb/memory-table.ts';
import { dynamoWatchStore } from '../../../lib/aws/dynamodb/watch-store.ts';
import { agentLeaking } from '../../../lib/core/alert/rules/agent-leaking.ts';
import { poolResourceHigh, resourceHigh } from '../../../lib/core/alert/rules/resource-high.ts';
import type { HotMinutes } from '../../../lib/core/detect/hot-minutes.ts';
import { countHot, hotMinutesAfter } from '../../../lib/core/detect/hot-minutes.ts';
import { memoryAfter } from '../../../lib/core/detect/memory-in-use.ts';
import type { ShareRing } from '../../../lib/core/detect/share-ring.ts';
import { noWatch } from '../../../lib/core/detect/watch.ts';
import { emptyPresenceRollup, type PresenceRollup } from '../../../lib/core/kpi/presence-rollup.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { JudgedPool, names, START } from '../../fixtures/judged-minutes.ts';

const agents = names(6);

/** Shares in use, 0..1. */
function sampled(agent: string, { cpu, memory }: { cpu?: number; memory?: number }): PresenceRollup {
  const rollup = emptyPresenceRollup(agent);
  if (cpu !== undefined) Object.assign(rollup.counters, { samples: 2, cpuCount: 2, cpuPpm: 2e6 * cpu });
  if (memory !== undefined) Object.assign(rollup.counters, { samples: 2, memoryCount: 2, memoryPpm: 2e6 * memory });
  return rollup;
}

/** Lets minutes pass, with what each agent has in use. */
class Watched extends JudgedPool {
  memory: ReadonlyMap<string, ShareRing> = new Map();
  hot: ReadonlyMap<string, HotMinutes> = new Map();

  samples(inUse: Record<string, { cpu?: number; memory?: number }>): this {
    this.pass(
      {},
      Object.entries(inUse).map(([agent, its]) => sampled(agent, its)),
    );
    return this.look();
  }

  look(): this {
    const seen = this.context();
    this.memory = memoryAfter(this.memory, seen);
    this.hot = hotMinutesAfter(this.hot, seen);
    return this;
  }

  override context() {
    return super.context({ memory: this.memory, hot: this.hot });
  }
}

describe('memory is remembered', () => {
  test('in every fifth minute, as the mean of five, once, and only of agents that tell it', () => {
    const pool = new Watched(agents);
    for (let i = 0; i < 11; i++) pool.samples({ 'w-01': { memory: 0.5 + 0.01 * i }, 'w-02': { cpu: 0.5 } });
    // START is a fifth minute: 0.5 alone, then 0.51 to 0.55, then 0.56 to 0.60.
    expect(START % 5).toBe(0);
    expect([...pool.memory]).toEqual([['w-01', { slot: START / 5 + 2, permille: [500, 530, 580] }]]);
    expect(pool.look().memory.get('w-01')?.permille).toHaveLength(3);
  });

  test('for two hours, with a gap where nothing was told, and not of agents that are gone', () => {
    const pool = new Watched(agents);
    for (let i = 0; i < 11; i++)
      pool.samples(i > 0 && i < 6 ? {} : { 'w-01': { memory: 0.5 }, 'w-02': { memory: 0.4 } });
    expect(pool.memory.get('w-01')?.permille).toEqual([500, null, 500]);
    pool.roster.delete('w-02');
    for (let i = 0; i < 125; i++) pool.samples({ 'w-01': { memory: 0.6 } });
    expect(pool.memory.get('w-01')?.permille).toEqual(Array.from({ length: 24 }, () => 600));
    expect([...pool.memory.keys()]).toEqual(['w-01']);
  });
});

describe('an agent that leaks', () => {
  const leaking = (minute: number) => Math.min(1, 0.3 + 0.01 * minute);

  test('is told within half an hour before it is full, with the moment and since when', () => {
    const pool = new Watched(agents);
    let told: number | null = null;
    for (let minute = 0; minute < 64 && told === null; minute++) {
      pool.samples({
        ...Object.fromEntries(agents.map((it) => [it, { memory: 0.4 }])),
        'w-03': { memory: leaking(minute) },
      });
      if (pool.breaching(agentLeaking).length > 0) told = minute;
    }
    // At 0.6, the least that is looked at.
    expect(told).toBe(35);
    expect(pool.breaching(agentLeaking)).toEqual(['w-03']);
    expect(pool.judge(agentLeaking, { pool: 'workers', agent: 'w-03' })).toMatchObject({
      finding: {
        title: 'Agent w-03 runs out of memory in about 32 min',
        ...{ value: expect.closeTo(0.63, 2), unit: 'ratio', impact: { minutesLeft: 32 } },
        onsetMs: expect.toSatisfy((ms: number) => Math.abs(ms - START * MINUTE_MS) <= 10 * MINUTE_MS),
      },
    });
  });

  test('is clear when it was started anew', () => {
    const pool = new Watched(agents);
    for (let minute = 0; minute <= 40; minute++) pool.samples({ 'w-03': { memory: leaking(minute) } });
    expect(pool.verdict(agentLeaking, 'w-03')).toBe('breach');
    for (let minute = 0; minute < 5; minute++) pool.samples({ 'w-03': { memory: 0.3 } });
    expect(pool.verdict(agentLeaking, 'w-03')).toBe('clear');
  });

  test('is no leak where half of the pool grows alike', () => {
    const pool = new Watched(agents);
    const grows = (count: number, minute: number) =>
      Object.fromEntries(agents.map((it, i) => [it, { memory: i < count ? leaking(minute) : 0.4 }]));
    for (let minute = 0; minute <= 40; minute++) pool.samples(grows(3, minute));
    expect(pool.breaching(agentLeaking)).toEqual([]);
    const fewer = new Watched(agents);
    for (let minute = 0; minute <= 40; minute++) fewer.samples(grows(2, minute));
    expect(fewer.breaching(agentLeaking)).toEqual(['w-01', 'w-02']);
  });
});

describe('an agent with hardly anything left', () => {
  const busy = Object.fromEntries(agents.map((agent) => [agent, { cpu: 0.5, memory: 0.5 }]));

  test('is told in its fourth minute, with its first', () => {
    const pool = new Watched(agents).samples(busy);
    for (let i = 0; i < 3; i++) pool.samples({ ...busy, 'w-02': { cpu: 0.95 } });
    expect(pool.breaching(resourceHigh)).toEqual([]);
    pool.samples({ ...busy, 'w-02': { cpu: 0.92 } });
    expect(pool.judge(resourceHigh, { pool: 'workers', agent: 'w-02' })).toMatchObject({
      verdict: 'breach',
      finding: {
        title: 'Agent w-02 has 95 % of its CPU in use',
        ...{ value: 0.95, n: 4, onsetMs: (START + 1) * MINUTE_MS },
      },
    });
  });

  test('may have one minute between, and is forgotten after five', () => {
    const pool = new Watched(agents);
    for (const memory of [0.95, 0.95, 0.3, 0.95, 0.95]) pool.samples({ ...busy, 'w-02': { memory } });
    expect(pool.breaching(resourceHigh)).toEqual(['w-02']);
    for (let i = 0; i < 3; i++) pool.samples(busy);
    expect(pool.verdict(resourceHigh, 'w-02')).toBe('unknown');
    expect(pool.samples(busy).verdict(resourceHigh, 'w-02')).toBe('clear');
    for (let i = 0; i < 2; i++) pool.samples(busy);
    expect(pool.hot.size).toBe(0);
  });

  test('what is reported late of the minute before counts, and judging a minute again changes nothing', () => {
    const pool = new Watched(agents).samples({ 'w-02': { cpu: 0.95 } });
    expect(countHot(pool.hot.get('w-02')?.cpu ?? 0)).toBe(1);
    expect([...pool.look().hot]).toEqual([...pool.hot]);
    pool.samples({ 'w-02': { cpu: 0.95 } }).look();
    expect(pool.hot.get('w-02')).toMatchObject({ minute: START + 1, cpu: 0b11 });
  });

  test('is not hot in a minute that a late report cools', () => {
    const pool = new Watched(agents).samples({ 'w-02': { cpu: 0.95 } });
    const cooled = [sampled('w-02', { cpu: 0.7 })];
    const rollups = { tasks: [], parts: [], metrics: [], workflows: [], errors: [], presence: cooled };
    const seen = { minute: START + 1, roster: pool.roster, minutes: new Map([[START, rollups]]) };
    expect(hotMinutesAfter(pool.hot, seen).size).toBe(0);
  });

  test('is one of a pool of which half is so: the pool is told', () => {
    const hot = (count: number) => Object.fromEntries(agents.map((it, i) => [it, { cpu: i < count ? 0.97 : 0.5 }]));
    const pool = new Watched(agents);
    for (let i = 0; i < 5; i++) pool.samples(hot(3));
    expect(pool.breaching(resourceHigh)).toEqual([]);
    expect(pool.judge(poolResourceHigh, { pool: 'workers' })).toMatchObject({
      verdict: 'breach',
      finding: { title: 'Pool workers: 3 of 6 agents have hardly any CPU or memory left', impact: { agents: 3 } },
    });
    const fewer = new Watched(agents);
    for (let i = 0; i < 5; i++) fewer.samples(hot(2));
    expect(fewer.breaching(resourceHigh)).toEqual(['w-01', 'w-02']);
    expect(fewer.judge(poolResourceHigh, { pool: 'workers' })).toMatchObject({ verdict: 'clear' });
  });
});

describe('what is remembered of agents and pools is stored', () => {
  const watch = {
    ...noWatch(),
    memory: new Map([['w-01', { slot: 5_800_000, permille: [0, 7, null, 1_000] }]]),
    hot: new Map([['w-02', { minute: START, cpu: 5, memory: 0, cpuPermille: 950, memoryPermille: 0 }]]),
    inUse: new Map([['workers', { slot: 5_800_000, permille: [750, null, 1_000] }]]),
    peaks: new Map([['workers', { hour: 483_333, slots: [3.2, null, 0, 40_000.5] }]]),
    volumes: new Map([['workers', { quarter: 1_933_333, perMinute: [12.4, null, 0] }]]),
  };

  test('and read back', async () => {
    const store = dynamoWatchStore(new MemoryTable());
    expect(await store.save('default', watch, 1)).toBe(true);
    expect(await store.read('default')).toEqual(watch);
    expect(await store.save('default', noWatch(), 2)).toBe(true);
    expect(await store.read('default')).toEqual(noWatch());
  });

  test('while memory that is the same object is not written again, and a later lease holder’s stays', async () => {
    const table = new MemoryTable();
    const store = dynamoWatchStore(table);
    await store.save('default', watch, 1);
    const ringItems = () => table.query('WATCH#default#MEMORY');
    const before = await ringItems();
    await store.save('default', { ...watch, hot: new Map() }, 1, watch);
    expect(await ringItems()).toEqual(before);
    expect((await store.read('default')).hot.size).toBe(0);
    await store.save('default', { ...watch, memory: new Map(watch.memory) }, 3, watch);
    expect(await ringItems()).not.toEqual(before);
    expect(await store.save('default', { ...watch, memory: new Map() }, 2, watch)).toBe(false);
    expect(await store.read('default')).toMatchObject({
      memory: watch.memory,
      inUse: watch.inUse,
      peaks: watch.peaks,
      volumes: watch.volumes,
    });
  });

  test('of 10,000 agents in a few hundred kilobytes', async () => {
    const table = new MemoryTable();
    const ring = (i: number) => Array.from({ length: 24 }, (_, j) => 400 + ((i * 37 + j * 11) % 97));
    const memory = new Map(names(10_000).map((agent, i) => [agent, { slot: 5_800_000, permille: ring(i) }]));
    await dynamoWatchStore(table).save('default', { ...noWatch(), memory }, 1);
    const items = await table.query('WATCH#default#MEMORY');
    const bytes = items.reduce((sum, { body }) => sum + (body instanceof Uint8Array ? body.length : 0), 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(400_000);
  });
});
