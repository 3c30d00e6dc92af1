import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../../lib/core/alert/alert.ts';
import type { MinuteRollups } from '../../../../lib/core/detect/detection-context.ts';
import type { ShareRing } from '../../../../lib/core/detect/share-ring.ts';
import { noWatch } from '../../../../lib/core/detect/watch.ts';
import { ClosedTasks } from '../../../../lib/core/kpi/closed-tasks.ts';
import { addDuration } from '../../../../lib/core/kpi/latency-sketch.ts';
import { countSample, emptyPresenceRollup } from '../../../../lib/core/kpi/presence-rollup.ts';
import { emptyTaskRollup } from '../../../../lib/core/kpi/task-rollup.ts';
import type { PoolSettings } from '../../../../lib/core/model/pool-settings.ts';
import type { Roster } from '../../../../lib/core/model/roster.ts';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { usualObjective } from '../../../../lib/core/plan/plan-objectives.ts';
import { actionClassNames, type Mode } from '../../../../lib/core/remediate/action-class.ts';
import type { Directive, DirectiveOf, DirectiveRecord } from '../../../../lib/core/remediate/directive.ts';
import type { DecisionContext } from '../../../../lib/core/remediate/directive-kind.ts';
import { statusAt } from '../../../../lib/core/remediate/directive-status.ts';
import type { Held } from '../../../../lib/core/remediate/held.ts';
import { scale } from '../../../../lib/core/remediate/kinds/scale.ts';
import { planDirectives } from '../../../../lib/core/remediate/plan-directives.ts';
import type { Policy } from '../../../../lib/core/remediate/policy.ts';
import { DecidedFleet, each, poolOf } from '../../../fixtures/decided-fleet.ts';
import { directiveOf, directiveRecord } from '../../../fixtures/directive.ts';

const START = 29_000_000;
const SERVICE_MS = 10_000;
const SLOTS = 4;

interface PoolStory {
  agents: number;
  settings: PoolSettings;
  /** Share of its slots at work, and tasks that wait for each agent. */
  busy: number;
  waiting: number;
  /** Agents that are dead. */
  dead?: number;
  /** It came up when the story began. */
  isNew?: boolean;
  /** Agents whose description was lost. */
  undescribed?: number;
}

/** Pools told minute by minute, whose agents come up and go within two minutes as they are ordered. */
class ScaleStory {
  records = new Map<string, DirectiveRecord>();
  firing: Alert[] = [];
  isTelemetryMissing = false;
  /** Agents that are replaced have other names. */
  generation = '';
  plan: DecisionContext['plan'] = null;
  policy: Partial<Policy> = {};
  /** What was refused in the last minute. */
  held: Held[] = [];
  pools: Record<string, PoolStory>;
  readonly #mode: Mode;
  readonly #minutes = new Map<number, MinuteRollups>();
  readonly #busy = new Map<string, number[]>();
  #minute = START;

  constructor(pools: Record<string, PoolStory>, mode: Mode = 'auto') {
    this.pools = pools;
    this.#mode = mode;
  }

  get decided(): string[] {
    return this.#scales.map(({ summary, issuedMs }) => `${issuedMs / MINUTE_MS - START - 1} min: ${summary}`);
  }

  get #scales(): DirectiveOf<'scale'>[] {
    return [...this.records.values()].map(({ directive }) => directive as DirectiveOf<'scale'>);
  }

  get active(): DirectiveOf<'scale'>[] {
    const nowMs = this.#minute * MINUTE_MS;
    return [...this.records.values()]
      .filter((record) => statusAt(record, nowMs) === 'active')
      .map(({ directive }) => directive as DirectiveOf<'scale'>);
  }

  get proposed(): string[] {
    return [...this.records.values()]
      .filter(
        (record) => statusAt(record, this.#minute * MINUTE_MS) === 'proposed' && record.directive.kind === 'scale',
      )
      .map(({ directive }) => directive.summary);
  }

  approve() {
    const ruling = { atMs: this.#minute * MINUTE_MS, by: 'ana', note: null };
    for (const [id, record] of this.records) {
      if (statusAt(record, ruling.atMs) === 'proposed') this.records.set(id, { ...record, approved: ruling });
    }
  }

  pass(minutes: number, twice = false) {
    for (let i = 0; i < minutes; i++) {
      this.#tell();
      this.#decide();
      if (twice) this.#decide();
      this.#minute += 1;
      this.#apply();
    }
  }

  #apply() {
    for (const { params, inForceMs } of this.#scales) {
      const story = this.pools[params.pool];
      if (story && params.desired !== undefined && inForceMs === (this.#minute - 1) * MINUTE_MS)
        story.agents = params.desired;
    }
  }

  #tell() {
    const presence = [];
    const tasks = new Map<string, ReturnType<typeof emptyTaskRollup>>();
    for (const [pool, { agents, busy, waiting, dead = 0 }] of Object.entries(this.pools)) {
      this.#busy.set(pool, [...(this.#busy.get(pool) ?? []), busy]);
      for (let i = 1; i <= agents - dead; i++) {
        const agent = `${pool}-${i}${this.generation}`;
        const rollup = emptyPresenceRollup(agent);
        if (!this.isTelemetryMissing) {
          countSample(rollup, {
            type: 'sample',
            agent,
            atMs: 0,
            active: busy * SLOTS,
            capacity: SLOTS,
            queued: waiting,
          });
        }
        presence.push(rollup);
        const done = emptyTaskRollup(agent, '', 'draft');
        const n = Math.round((busy * SLOTS * MINUTE_MS) / SERVICE_MS);
        Object.assign(done.counters, { completed: n, serviceCount: n, serviceUs: n * SERVICE_MS * 1_000 });
        for (let task = 0; task < n; task++) addDuration(done.service, SERVICE_MS * 1_000);
        tasks.set(agent, done);
      }
    }
    const rollups = { tasks: [new ClosedTasks(tasks)], presence };
    this.#minutes.set(this.#minute, { ...rollups, ...{ parts: [], metrics: [], workflows: [], errors: [] } });
    // Samples are kept for the newest two minutes.
    const old = this.#minutes.get(this.#minute - 2);
    if (old) this.#minutes.set(this.#minute - 2, { ...old, presence: [] });
    this.#minutes.delete(this.#minute - 5);
  }

  #decide() {
    const nowMs = (this.#minute + 1) * MINUTE_MS;
    const modes = Object.fromEntries(actionClassNames.map((name) => [name, this.#mode])) as Record<string, Mode>;
    const inUse = new Map([...this.#busy].flatMap(([pool, all]) => this.#ringOf(pool, all)));
    const input = {
      ...{ minute: this.#minute, nowMs, roster: this.#roster(nowMs), minutes: new Map(this.#minutes) },
      ...{ firing: this.firing, recent: [...this.records.values()], plan: this.plan, changes: [] },
      watch: { ...noWatch(), inUse },
      pools: new Map(Object.entries(this.pools).map(([pool, { settings }]) => [pool, settings])),
      policy: { modes: modes as never, killSwitch: false, maintenance: [], ...this.policy },
    };
    this.held = [];
    this.records = planDirectives(this.records, input, { onHeld: (it) => this.held.push(it) });
  }

  #ringOf(pool: string, all: readonly number[]): [string, ShareRing][] {
    const slot = Math.floor(this.#minute / 5);
    const readings = Math.floor((this.#minute - START) / 5);
    const permille = Array.from({ length: readings }, (_, i) => {
      const five = all.slice(5 * i, 5 * i + 5);
      return Math.round((1_000 * five.reduce((sum, it) => sum + it, 0)) / five.length);
    });
    return readings === 0 ? [] : [[pool, { slot, permille: permille.slice(-24) }]];
  }

  #roster(nowMs: number): Roster {
    const entries = Object.entries(this.pools).flatMap(([pool, { agents, dead = 0, isNew = false, undescribed = 0 }]) =>
      Array.from({ length: agents }, (_, i) => {
        const agent = `${pool}-${i + 1}${this.generation}`;
        const beatMs = nowMs - (i + 1 > agents - dead ? 10 : 0.1) * MINUTE_MS;
        const lastBeat = { atMs: beatMs, state: 'ready' as const, intervalMs: 15_000, progress: null };
        const firstMs = START * MINUTE_MS - (isNew ? 0 : 3_600_000);
        const description = { type: 'agent' as const, agent, pool, capacity: SLOTS, costPerHourUsd: 1 };
        return [
          agent,
          {
            ...{ agent, firstSeenMs: firstMs, lastSeenMs: beatMs, firstBeatMs: firstMs, lastBeat },
            description: i < undescribed ? null : description,
            describedBy: { atMs: firstMs, mark: 'b' },
          },
        ] as const;
      }),
    );
    return new Map(entries);
  }
}

const bounds = { min: 4, max: 40 };
const busyAt = (busy: number, waiting = 0): PoolStory => ({ agents: 20, settings: bounds, busy, waiting });

function goesOut(): ScaleStory {
  const story = new ScaleStory({ writers: busyAt(0.7) });
  story.pass(10);
  Object.assign(story.pools['writers'] as PoolStory, { busy: 1, waiting: 4 });
  story.pass(1);
  Object.assign(story.pools['writers'] as PoolStory, { busy: 0.83, waiting: 0 });
  return story;
}

describe('a level', () => {
  test('is ordered once when slots run out, for what waits too, and not repeated while it comes about', () => {
    const story = new ScaleStory({ writers: busyAt(0.7) });
    story.pass(10);
    expect(story.decided).toEqual([]);
    // 80 slots at work, and 80 tasks have come to wait on average of the minute: 160 a minute, 27 slots more. 107 erlangs
    // take 127 slots (Erlang C, one in twenty waits): 32 agents, and one to spare. When they are there 320 tasks wait: done
    // within three minutes, that is 18 slots more at work, and with 92 % of them at work 34 agents.
    Object.assign(story.pools['writers'] as PoolStory, { busy: 1, waiting: 4 });
    story.pass(1);
    expect(story.decided).toEqual(['10 min: scale writers out from 20 to 34 agents']);
    Object.assign(story.pools['writers'] as PoolStory, { busy: 0.83, waiting: 0 });
    story.pass(40);
    expect(story.decided).toHaveLength(1);
    expect(story.active).toEqual([]);
  });

  test('of a new pool waits for twelve minutes while agents have not said what they are: they may be some of its own', () => {
    const story = (undescribed: number) =>
      new ScaleStory({
        writers: { ...busyAt(0.3), isNew: true, undescribed },
        readers: { ...busyAt(0.7), isNew: true },
      });
    const told = story(0);
    told.pass(11);
    expect(told.decided).toEqual(['10 min: scale writers in from 20 to 18 agents']);
    const lost = story(8);
    lost.pass(11);
    expect(lost.decided).toEqual([]);
  });

  test('goes in steps of a tenth when fewer would have been enough, with agents and their cost told', () => {
    const story = new ScaleStory({ writers: busyAt(0.4) });
    story.pass(60);
    expect(story.decided.slice(0, 2)).toEqual([
      '10 min: scale writers in from 20 to 18 agents',
      '25 min: scale writers in from 18 to 17 agents',
    ]);
    const [first] = [...story.records.values()];
    expect(first?.directive).toMatchObject({
      ...{ params: { pool: 'writers', desired: 18, before: 20 }, isDisruptive: true },
      ...{ expected: { kpi: 'cost_per_task', direction: 'down' }, blastRadius: { agents: [], capacityShare: 0.1 } },
    });
  });

  test.each([
    { name: 'an incident is open', set: (it: ScaleStory) => it.firing.push(alertAbout('writers')) },
    {
      name: 'agents do not tell how busy they are',
      set: (it: ScaleStory) => Object.assign(it, { isTelemetryMissing: true }),
    },
    {
      name: 'the pool declares no minimum',
      set: (it: ScaleStory) => Object.assign(it.pools['writers'] as PoolStory, { settings: { max: 40 } }),
    },
  ])('does not go down where $name', ({ set }) => {
    const story = new ScaleStory({ writers: busyAt(0.4) });
    set(story);
    story.pass(60);
    expect(story.decided).toEqual([]);
  });

  test.each([
    {
      name: 'goes on down while an alert fires about one that was taken away and did not say goodbye',
      agents: 19,
      decided: ['10 min: scale writers in from 20 to 18 agents', '25 min: scale writers in from 18 to 17 agents'],
    },
    {
      name: 'does not go on down while an agent is dead that was to be there',
      agents: 18,
      decided: ['10 min: scale writers in from 20 to 18 agents'],
    },
  ])('$name', ({ agents, decided }) => {
    const story = new ScaleStory({ writers: busyAt(0.4) });
    story.pass(12);
    Object.assign(story.pools['writers'] as PoolStory, { agents, dead: 1 });
    story.firing.push({ ...alertAbout('writers'), scope: { pool: 'writers', agent: `writers-${agents}` } });
    story.pass(18);
    expect(story.decided).toEqual(decided);
  });

  test.each([
    { name: 'does not go down while a failover has its work done elsewhere', from: 'writers', desired: [] },
    { name: 'goes down while a failover is of another pool', from: 'readers', desired: [18] },
  ])('$name', ({ from, desired }) => {
    const members = poolOf('writers', 20, SLOTS);
    const fleet = new DecidedFleet('scale', members, { writers: bounds });
    const did = { completed: 7, serviceMs: SERVICE_MS, utilization: 0.3, queued: 0 };
    for (let minute = 0; minute < 6; minute++) fleet.pass(each(members, did));
    const slot = Math.floor((fleet.minute + 1) / 5);
    fleet.watch = { ...noWatch(), inUse: new Map([['writers', { slot, permille: [300, 300, 300] }]]) };
    const moved = directiveRecord(directiveOf('failover', fleet.nowMs, 'workers', { from }));
    const proposed = scale.propose({ ...fleet.context(), live: [moved] }, []);
    expect(proposed.map(({ params }) => params.desired)).toEqual(desired);
  });

  test('goes down all the same where something could be done better, in the pool or in the whole fleet', () => {
    const story = new ScaleStory({ writers: busyAt(0.4) });
    const suggestion = {
      ...alertAbout('writers'),
      rule: 'efficiency-recommended',
      kind: 'efficiency_opportunity',
    } as const;
    const ofNoPool = {
      ...suggestion,
      id: 'a-2',
      scope: { recommendation: 'r-1' },
      kind: 'optimization_suggestion',
    } as const;
    story.firing = [suggestion, ofNoPool];
    story.pass(11);
    expect(story.decided).toEqual(['10 min: scale writers in from 20 to 18 agents']);
  });

  test('counts agents that are out as missing to the work', () => {
    const story = new ScaleStory({ writers: { ...busyAt(0.8), dead: 4 } });
    story.pass(3);
    // 51.2 slots at work take 65 slots, 17 agents, and one to spare; four are dead.
    expect(story.decided).toEqual([]);
    Object.assign(story.pools['writers'] as PoolStory, { busy: 0.95, waiting: 2 });
    story.pass(1);
    expect(story.decided).toHaveLength(1);
    expect([...story.records.values()][0]?.directive.evidence.join()).toContain('4 of its agents are out');
  });

  test.each([
    {
      name: 'ahead of an hour that takes more slots',
      slots: 104,
      dead: 0,
      decided: ['scale writers out from 20 to 27 agents'],
    },
    // The day has its agents there for three quarters of the time, as some that went unheard count as out.
    { name: 'not for what the plan asks to make up for agents that were out', slots: 68, dead: 0, decided: [] },
    {
      name: 'for those that are out now, once',
      slots: 72,
      dead: 4,
      decided: ['scale writers out from 20 to 23 agents'],
    },
  ])('is ordered $name', ({ slots, dead, decided }) => {
    const story = new ScaleStory({ writers: { ...busyAt(0.5), dead } });
    story.plan = planOf('writers', { slots, agents: Math.ceil(slots / SLOTS / 0.75) + 1 });
    story.pass(3);
    expect(story.decided.map((it) => it.split(': ')[1])).toEqual(decided);
  });

  test('is ordered where more waits than there are slots, though some are free', () => {
    const story = new ScaleStory({ writers: busyAt(0.7) });
    story.pass(10);
    // Three slots in ten are free, and know nothing of what waits. 56 at work, and 160 tasks have come to wait on average of the
    // minute, 320 a minute: 53 slots more, and 36 for the 640 that wait when more agents are there.
    Object.assign(story.pools['writers'] as PoolStory, { waiting: 8 });
    story.pass(1);
    expect(story.decided).toEqual(['10 min: scale writers out from 20 to 40 agents']);
  });

  test('is ordered for what is turned away meanwhile, as that would be work', () => {
    const fleet = new DecidedFleet('scale', poolOf('writers', 20, SLOTS), { writers: bounds });
    const did = { completed: 17, timeout: 8, serviceMs: SERVICE_MS, utilization: 0.7, queued: 0 };
    for (let minute = 0; minute < 10; minute++) fleet.pass(each(poolOf('writers', 20, SLOTS), did));
    expect(fleet.params).toEqual([]);
    const shedding = directiveOf('degrade', fleet.nowMs, 'writers');
    fleet.records.set(shedding.id, directiveRecord(shedding));
    fleet.pass(each(poolOf('writers', 20, SLOTS), did));
    // 56 slots at work, and 160 tasks a minute of ten seconds lost: 27 more.
    expect(fleet.params).toEqual([{ pool: 'writers', desired: 26, before: 20 }]);
  });

  describe('of a pool of which half send no heartbeats', () => {
    const members = poolOf('writers', 10, SLOTS);
    const did = (isFull: boolean) => ({ completed: 24, serviceMs: SERVICE_MS, utilization: isFull ? 1 : 0.3 });
    /** @param silent agents that send none, and @param heard whether they report something all the same */
    const levelsAfter = (minutes: number, silent: number, { isFull, heard }: { isFull: boolean; heard: boolean }) => {
      const fleet = new DecidedFleet('scale', members, { writers: { min: 8, max: 40 } });
      const its = { ...did(isFull), queued: isFull ? 6 : 0 };
      const unheard = members.slice(10 - silent);
      for (const { agent } of unheard) Object.assign(fleet.roster.get(agent) ?? {}, { lastSeenMs: fleet.nowMs });
      for (let minute = 0; minute < minutes; minute++) {
        fleet.pass({ ...each(members, its), ...each(unheard, { ...(heard && its), isSilent: true }) });
        for (const { agent } of heard ? unheard : [])
          Object.assign(fleet.roster.get(agent) ?? {}, { lastSeenMs: fleet.nowMs });
      }
      return fleet.params;
    };

    test('is of all of its agents', () => {
      const [order] = levelsAfter(2, 5, { isFull: true, heard: true });
      expect(order).toMatchObject({ before: 10 });
      expect(levelsAfter(2, 0, { isFull: true, heard: true })).toEqual([order]);
    });

    test('is not raised to the least while those may only have nothing to do', () => {
      expect(levelsAfter(20, 5, { isFull: false, heard: false })).toEqual([]);
      expect(levelsAfter(20, 5, { isFull: false, heard: true })).toEqual([]);
    });
  });

  test('is decided the same when a minute is decided again', () => {
    const run = (twice: boolean) => {
      const story = new ScaleStory({ writers: busyAt(0.4) });
      story.pass(30, twice);
      Object.assign(story.pools['writers'] as PoolStory, { busy: 1, waiting: 4 });
      story.pass(3, twice);
      Object.assign(story.pools['writers'] as PoolStory, { busy: 0.5, waiting: 0 });
      story.pass(60, twice);
      return story.decided;
    };
    expect(run(false).length).toBeGreaterThan(3);
    expect(run(true)).toEqual(run(false));
  });

  test.each(Array.from({ length: 13 }, (_, i) => i + 1))(
    'is taken back by the kill switch %i minutes after it came into force',
    (minutes) => {
      const story = goesOut();
      story.pass(minutes - 1);
      story.policy = { killSwitch: true };
      story.pass(1);
      expect([...story.records.values()].map(({ directive }) => directive.ended)).toMatchObject([
        { how: 'rolled_back', by: 'kill switch' },
      ]);
    },
  );

  test.each([
    { stop: 'the kill switch', policy: { killSwitch: true }, by: 'kill switch' },
    {
      stop: 'maintenance',
      policy: { maintenance: [{ pool: 'writers', fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER, note: null }] },
      by: 'maintenance',
    },
  ])('is taken back by $stop in the minute in which another is called for', ({ policy, by }) => {
    const story = goesOut();
    story.pass(6);
    Object.assign(story.pools['writers'] as PoolStory, { busy: 1, waiting: 8 });
    story.policy = policy as Partial<Policy>;
    story.pass(1);
    expect([...story.records.values()].map(({ directive }) => directive.ended)).toMatchObject([
      { how: 'rolled_back', by },
    ]);
  });

  test.each(['recommend', 'approve'] as const)(
    'stays proposed under %s for as long as slots are exhausted, however often the number changes',
    (mode) => {
      const story = new ScaleStory({ writers: busyAt(0.7) }, mode);
      story.pass(10);
      let without = 0;
      for (let minute = 0; minute < 90; minute++) {
        Object.assign(story.pools['writers'] as PoolStory, { busy: 1, waiting: 2 + minute });
        story.pass(1);
        without = story.proposed.length === 1 ? 0 : without + 1;
        // In the minute in which nobody has answered for a quarter of an hour it is about to be asked anew.
        expect(without, `${minute} min`).toBeLessThanOrEqual(mode === 'approve' ? 1 : 0);
      }
      expect(story.decided.filter((it) => it.includes('scale')).length).toBeGreaterThan(1);
      Object.assign(story.pools['writers'] as PoolStory, { busy: 0.7, waiting: 0 });
      story.pass(10);
      expect(story.proposed).toEqual([]);
    },
  );

  test('that waits stays while slots are full and work waits, also in minutes in which no task ended', () => {
    const members = poolOf('writers', 3, 1);
    const fleet = new DecidedFleet('scale', members, { writers: { min: 2, max: 40 } });
    fleet.mode = 'recommend';
    const full = { serviceMs: 400_000, utilization: 1, queued: 4, slots: 1 };
    for (let minute = 0; minute < 10; minute++) fleet.pass(each(members, { ...full, completed: 1 }));
    const [asked] = fleet.active;
    expect(asked).toBeDefined();
    for (let minute = 0; minute < 12; minute++) {
      fleet.pass(each(members, full));
      expect(fleet.active.map(({ id }) => id)).toEqual([asked?.id]);
    }
    for (let minute = 0; minute < 5; minute++) fleet.pass(each(members, { ...full, utilization: 0.3, queued: 0 }));
    expect(fleet.active).toEqual([]);
  });

  test('that waits is not withdrawn where levels in force have used up the hour', () => {
    const story = new ScaleStory({ writers: { ...busyAt(0.7), settings: { min: 4, max: 400 } } }, 'approve');
    story.pass(10);
    for (let level = 0; level < 4; level++) {
      story.pools['writers'] = { ...(story.pools['writers'] as PoolStory), busy: 1, waiting: 4 };
      story.pass(1);
      story.approve();
      story.pass(6);
    }
    expect(story.decided).toHaveLength(4);
    // The fifth of the hour is not asked for.
    story.pass(10);
    expect(story.proposed).toEqual([]);
    story.pass(40);
    expect(story.proposed).toHaveLength(1);
  });

  test('that a person turned down is not asked for again for half an hour, nor by another number', () => {
    const story = new ScaleStory({ writers: busyAt(1, 4) }, 'approve');
    story.pass(1);
    expect(story.decided).toHaveLength(1);
    const [[id, record]] = [...story.records] as [[string, DirectiveRecord]];
    story.records.set(id, { ...record, rejected: { atMs: (START + 1) * MINUTE_MS, by: 'ana', note: null } });
    story.pass(25);
    expect(story.decided).toHaveLength(1);
    expect(story.held).toMatchObject([
      { subject: 'writers', why: expect.stringContaining('ana turned it down (scale') },
    ]);
    story.pass(10);
    expect(story.decided).toHaveLength(2);
  });
});

describe('a level that was taken back', () => {
  const ordered = () => {
    const story = new ScaleStory({ writers: busyAt(0.7) });
    story.pass(10);
    Object.assign(story.pools['writers'] as PoolStory, { busy: 1, waiting: 4 });
    story.pass(2);
    return story;
  };
  const levels = (story: ScaleStory) => story.decided.filter((it) => it.includes('scale'));

  test.each([
    { by: 'the kill switch', policy: { killSwitch: true } },
    { by: 'maintenance', policy: { maintenance: [{ fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER, pool: 'writers' }] } },
  ])('by $by is ordered again as soon as that is over', ({ policy }) => {
    const story = ordered();
    story.policy = policy;
    story.pass(2);
    expect(story.active).toEqual([]);
    story.policy = {};
    // Whoever runs the agents goes back to the level before.
    Object.assign(story.pools['writers'] as PoolStory, { agents: 20 });
    story.pass(2);
    expect(levels(story)).toHaveLength(2);
    expect(levels(story)[1]).toMatch(/^1[45] min: scale writers out from 20 to /);
  });

  test.each(['a person', 'harm'])('by %s is not ordered again for half an hour', (by) => {
    const story = ordered();
    const [id, record] = [...story.records].find(([, { directive }]) => directive.kind === 'scale') as [
      string,
      DirectiveRecord,
    ];
    const atMs = record.directive.issuedMs + MINUTE_MS;
    const ended = { how: 'rolled_back', atMs, why: 'harm', by: 'harm' } as const;
    const rolledBack = { atMs, by: 'ana', note: null };
    const directive = { ...record.directive, ended } as typeof record.directive;
    story.records.set(id, by === 'harm' ? { ...record, directive } : { ...record, rolledBack });
    story.pass(25);
    expect(levels(story)).toHaveLength(1);
    story.pass(10);
    expect(levels(story)).toHaveLength(2);
  });
});

test('a level that an orchestrator cannot set ends by its word, and for half an hour `held` tells why there is no other', () => {
  const story = new ScaleStory({ writers: { ...busyAt(1, 4) } });
  story.pass(1);
  const [[id, record]] = [...story.records] as [[string, DirectiveRecord]];
  const { summary, issuedMs } = record.directive;
  const ack = { applied: false, atMs: issuedMs + 1_000, by: 'orch', note: 'quota of the provider reached' };
  story.records.set(id, { ...record, ack, acks: [ack] });
  Object.assign(story.pools['writers'] as PoolStory, { agents: 20 });
  story.pass(1);
  expect(story.records.get(id)?.directive.ended).toMatchObject({
    ...{ atMs: issuedMs + MINUTE_MS, by: 'cause gone' },
    why: `orch could not: quota of the provider reached (${summary})`,
  });
  const until = new Date(issuedMs + 31 * MINUTE_MS).toISOString();
  const why = `orch could not: quota of the provider reached (${summary}): none in the same direction until ${until}`;
  const held = { kind: 'scale', subject: 'writers', guardrail: 'hold after refusal', why };
  expect(story.held).toMatchObject([
    { ...held, summary: expect.stringMatching(/^scale writers out from 20 to \d+ agents$/) },
  ]);
  story.pass(29);
  expect(story.held).toMatchObject([held]);
  expect(story.decided).toHaveLength(1);
  story.pass(1);
  expect(story.held).toEqual([]);
  expect(story.decided).toHaveLength(2);
});

describe('a level that is applied late', () => {
  test.each([0.3, 2, 5, 8, 14])(
    '%f minutes after it came into force is in force until its effect is measured',
    (late) => {
      const story = goesOut();
      const [id] = [...story.records.keys()] as [string];
      const inForceMs = (START + 11) * MINUTE_MS;
      const word = { atMs: inForceMs + late * MINUTE_MS, by: 'orchestrator' };
      const from = Math.floor(word.atMs / MINUTE_MS) + 1;
      for (let minute = START + 11; minute < from + 14; minute++) {
        const record = story.records.get(id) as DirectiveRecord;
        const isApplied = word.atMs <= minute * MINUTE_MS;
        const effect = isApplied
          ? ({ state: 'measuring', from, to: from + 14, word } as const)
          : record.directive.effect;
        story.records.set(id, { ...record, directive: { ...record.directive, effect } as Directive });
        story.pass(1);
        expect(
          story.active.map((it) => it.id),
          `minute ${minute - START}`,
        ).toEqual([id]);
      }
      const { directive, ...record } = story.records.get(id) as DirectiveRecord;
      const measured = { state: 'measured', verdict: 'unmeasurable', reason: 'tried' } as const;
      story.records.set(id, { ...record, directive: { ...directive, effect: measured } as Directive });
      story.pass(1);
      expect(story.active).toEqual([]);
    },
  );
});

test.each(['recommend', 'approve'] as const)(
  'a level that is approved under %s is in force until it has come about, however much more is called for meanwhile',
  (mode) => {
    const story = new ScaleStory({ writers: busyAt(0.7) }, mode);
    story.pass(10);
    Object.assign(story.pools['writers'] as PoolStory, { busy: 1, waiting: 2 });
    story.pass(1);
    const ordered = story.proposed;
    expect(ordered).toHaveLength(1);
    story.approve();
    for (let minute = 0; minute < 4; minute++) {
      Object.assign(story.pools['writers'] as PoolStory, { agents: 20, busy: 1, waiting: 4 + 4 * minute });
      story.pass(1);
      expect(story.active.map(({ summary }) => summary)).toEqual(ordered);
      expect(story.proposed).toEqual([]);
    }
    story.pass(1);
    expect(story.proposed).toHaveLength(1);
  },
);

test('a level that is measured in a minute is in force in it however often the minute is decided, and not in the next', () => {
  const story = goesOut();
  const [id] = [...story.records.keys()] as [string];
  story.pass(6);
  const { directive, ...record } = story.records.get(id) as DirectiveRecord;
  const measuredMs = (START + 18) * MINUTE_MS;
  const effect = { state: 'measured', verdict: 'unmeasurable', reason: 'tried' } as const;
  story.records.set(id, { ...record, directive: { ...directive, effect, measuredMs } as Directive });
  story.pass(1, true);
  expect(story.records.get(id)?.directive.ended).toBeNull();
  story.pass(1);
  expect(story.records.get(id)?.directive.ended).not.toBeNull();
});

describe('a pool with fewer agents than it is to have', () => {
  test('gets no more than that where what its work takes is not sure', () => {
    const story = new ScaleStory({ writers: { agents: 5, settings: { min: 6, max: 40 }, busy: 0.72, waiting: 0 } });
    story.pass(1);
    expect(story.decided).toEqual(['0 min: scale writers out from 5 to 6 agents']);
  });

  test('gets them also while it has nothing to do', () => {
    const story = new ScaleStory({ writers: { agents: 3, settings: { min: 6, max: 40 }, busy: 0, waiting: 0 } });
    story.pass(30);
    expect(story.decided).toEqual(['0 min: scale writers out from 3 to 6 agents']);
    expect([...story.records.values()][0]?.directive.evidence).toContain('it is to have 6 at least');
  });

  test.each([
    { agents: 3, min: 6, decided: ['0 min: scale writers out from 3 to 6 agents'] },
    { agents: 5, min: 6, decided: ['0 min: scale writers out from 5 to 6 agents'] },
    { agents: 6, min: 6, decided: [] },
  ])('gets them: $agents of $min', ({ agents, min, decided }) => {
    const story = new ScaleStory({ writers: { agents, settings: { min, max: 40 }, busy: 0.3, waiting: 0 } });
    story.pass(30);
    expect(story.decided).toEqual(decided);
  });
});

describe('a loan', () => {
  const pools = () => ({
    support: { agents: 10, settings: { min: 2, max: 10 }, busy: 0.6, waiting: 0 },
    sales: { agents: 20, settings: { ...bounds, lendsTo: ['support'] }, busy: 0.4, waiting: 0 },
  });

  test('is of agents that are there: who is replaced under another name is lent no more', () => {
    const story = new ScaleStory(pools());
    story.firing = [alertAbout('elsewhere')];
    story.pass(5);
    Object.assign(story.pools['support'] as PoolStory, { busy: 1, waiting: 2 });
    const lent = () => story.active.flatMap(({ params }) => params.pooling?.agents ?? []);
    story.pass(1);
    expect(lent().length).toBeGreaterThan(0);
    story.generation = '-next';
    story.pass(1);
    expect(lent().filter((agent) => !agent.endsWith('-next'))).toEqual([]);
  });

  test('that a person approved is over when none of its agents is there any more, and one that waits is asked for anew', () => {
    const story = new ScaleStory(pools(), 'approve');
    story.firing = [alertAbout('elsewhere')];
    story.pass(5);
    Object.assign(story.pools['support'] as PoolStory, { busy: 1, waiting: 2 });
    story.pass(1);
    const open = [...story.records.values()].filter(({ directive }) => directive.ended === null);
    expect(open.map(({ directive }) => directive.summary)).toEqual(['lend 2 agents of sales to support']);
    story.generation = '-next';
    story.pass(2);
    story.approve();
    story.pass(2);
    const lent = () => story.active.flatMap(({ params }) => params.pooling?.agents ?? []);
    expect(lent().length).toBeGreaterThan(0);
    expect(lent().filter((agent) => !agent.endsWith('-next'))).toEqual([]);
    story.generation = '-third';
    story.pass(2);
    expect(lent().filter((agent) => agent.endsWith('-next'))).toEqual([]);
  });

  test('goes to a pool at its maximum that can do no more, and ends ten minutes after the need', () => {
    const story = new ScaleStory(pools());
    story.firing = [alertAbout('elsewhere')];
    story.pass(5);
    Object.assign(story.pools['support'] as PoolStory, { busy: 1, waiting: 2 });
    story.pass(1);
    const [loan] = story.active.filter(({ params }) => params.pooling);
    expect(loan).toMatchObject({
      params: { pool: 'support', pooling: { from: 'sales', to: 'support', agents: expect.any(Array) } },
      ...{ isDisruptive: false, blastRadius: { pool: 'sales' } },
    });
    expect(loan?.params.pooling?.agents.length).toBeGreaterThan(0);
    Object.assign(story.pools['support'] as PoolStory, { busy: 0.4, waiting: 0 });
    story.pass(9);
    expect(story.active.some(({ params }) => params.pooling)).toBe(true);
    story.pass(8);
    expect(story.active.some(({ params }) => params.pooling)).toBe(false);
  });
});

function alertAbout(pool: string): Alert {
  return {
    ...{ id: 'a-1', rule: 'pool-failing', kind: 'service_interruption', scope: { pool }, title: `${pool} fails` },
    onsetMs: START * MINUTE_MS,
    impact: {},
  } as Alert;
}

function planOf(pool: string, needed: { slots: number; agents: number }): DecisionContext['plan'] {
  const at = START * MINUTE_MS;
  const supply = { slotsPerAgent: SLOTS, availability: 0.75 };
  return {
    madeAtMs: at,
    pools: [
      {
        ...{ status: 'known', pool, agents: 20, capacityPerMin: null, tasksPerMin: 300, ...supply, knownHours: 48 },
        ...{ serviceMs: SERVICE_MS, serviceCv: 1, arrivalCv: 1, objective: usualObjective },
        ...{ required: [{ at, perMin: 300, ...needed }], peak: null, headroom: null, saturation: null, orders: [] },
      },
    ],
  };
}
