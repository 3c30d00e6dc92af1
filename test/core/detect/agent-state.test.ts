import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import type { HeartbeatState } from '../../../lib/core/model/event.ts';
import { AgentStory, at, minutes } from '../../fixtures/agent-story.ts';

/** What an agent is at the end of each of some minutes, as "minute: state". */
function told(story: AgentStory, through: readonly number[]): string[] {
  return through.map((minute) => `${minute}: ${story.after(minute).state}`);
}

const slow = { rule: 'agent-degraded', title: 'Agent a takes 3 times as long as its pool', onsetMs: at(2) } as Alert;
const death = { rule: 'agent-dead', title: 'Agent a is dead', onsetMs: at(2) } as Alert;

describe('an agent is healthy', () => {
  test('while its tasks end', () => {
    const story = new AgentStory().beats(minutes(0, 9)).tasks(minutes(0, 9));
    expect(story.after(9)).toMatchObject({ state: 'healthy', sinceMs: at(0) + 10_000, why: 'its tasks end', live: 1 });
  });

  test('while its progress counter moves, however long its task takes', () => {
    const story = new AgentStory().beats(minutes(0, 300), { state: 'busy', progress: (minute) => minute });
    expect(story.after(300)).toMatchObject({ state: 'healthy', why: 'its progress counter moves', live: 1 });
  });

  test('in its first minutes, and with work that is not due yet', () => {
    const story = new AgentStory().beats(minutes(0, 9), { state: 'busy' });
    expect(story.after(3)).toMatchObject({ state: 'healthy', why: expect.stringContaining('it has had work since') });
    expect(new AgentStory().beats([0]).after(0)).toMatchObject({ state: 'healthy', why: 'it has just appeared' });
  });

  test('again since its latest alert ended', () => {
    const story = new AgentStory().beats(minutes(0, 9)).tasks(minutes(0, 9));
    expect(story.after(9, { resolvedMs: at(5) })).toMatchObject({ state: 'healthy', sinceMs: at(5) });
  });
});

describe('an agent is idle', () => {
  const story = new AgentStory().beats(minutes(0, 600)).tasks(minutes(0, 3));

  test('when its heartbeats come, it has no work, and nothing got done for more than five minutes', () => {
    expect(told(story, [3, 8, 9])).toEqual(['3: healthy', '8: healthy', '9: idle']);
    expect(story.after(9)).toMatchObject({ sinceMs: at(4), live: 1 });
  });

  test('since its last task, however long ago that was', () => {
    expect(story.after(600)).toMatchObject({ state: 'idle', sinceMs: at(4) });
  });

  test('not while its samples show work, and while they show none although it says busy', () => {
    const loaded = new AgentStory().beats(minutes(0, 9)).samples(minutes(0, 9), { active: 1 });
    expect(loaded.after(9)).toMatchObject({ state: 'healthy', why: expect.stringContaining('it has had work since') });
    const unloaded = new AgentStory().beats(minutes(0, 30), { state: 'busy' }).samples(minutes(0, 30), { active: 0 });
    expect(unloaded.after(30)).toMatchObject({ state: 'idle', live: 1 });
  });

  test('and neither dead nor silent where it never sent a heartbeat', () => {
    const quiet = new AgentStory().tasks(minutes(0, 3)).samples(minutes(0, 3), { active: 1 });
    expect(quiet.after(700)).toMatchObject({ state: 'idle', sinceMs: at(4), expected: 0 });
  });
});

describe('an agent is hung', () => {
  const hangs = () => new AgentStory().tasks(minutes(0, 9)).beats(minutes(0, 9), { state: 'busy', progress: (m) => m });

  test('when it is busy and its progress counter stands for five minutes', () => {
    const story = hangs().beats(minutes(10, 30), { state: 'busy', progress: () => 9 });
    expect(told(story, [9, 13, 14, 30])).toEqual(['9: healthy', '13: healthy', '14: hung', '30: hung']);
    expect(story.after(13).live).toBe(1);
    expect(story.after(14)).toMatchObject({
      sinceMs: at(10),
      why: 'it says that it is busy, but for 5 min its progress counter has stood at 9 and no task of it has ended',
      ...{ live: 0, expected: 1 },
    });
  });

  test('since then, however long ago that was', () => {
    const story = hangs().beats(minutes(10, 400), { state: 'busy', progress: () => 9 });
    for (const minute of [30, 400])
      expect(story.after(minute)).toMatchObject({ state: 'hung', sinceMs: at(10), live: 0 });
    const bySamples = hangs()
      .samples([9], { active: 0 })
      .beats(minutes(10, 400), { progress: () => 9 })
      .samples(minutes(10, 400), { active: 2 });
    expect(bySamples.after(400)).toMatchObject({
      state: 'hung',
      sinceMs: at(10),
      why: expect.stringMatching(/^its samples/),
    });
  });

  test('no longer once the counter moves, or a task ends', () => {
    const moved = hangs().beats(minutes(10, 30), { state: 'busy', progress: (m) => (m < 25 ? 9 : 10) });
    expect(told(moved, [24, 25])).toEqual(['24: hung', '25: healthy']);
    const ended = hangs()
      .beats(minutes(10, 30), { state: 'busy', progress: () => 9 })
      .tasks([25], { status: 'failed' });
    expect(told(ended, [24, 25, 29, 30])).toEqual(['24: hung', '25: healthy', '29: healthy', '30: hung']);
    const rejected = hangs().beats(minutes(10, 30), { state: 'busy', progress: () => 9 });
    expect(told(rejected.tasks([25], { status: 'rejected' }), [25])).toEqual(['25: hung']);
  });

  test('only after twice the longest task of its pool', () => {
    const story = new AgentStory()
      .tasks([5], { serviceUs: 240_000_000 })
      .beats(minutes(0, 30), { state: 'busy', progress: (minute) => Math.min(minute, 5) });
    expect(told(story, [12, 13])).toEqual(['12: healthy', '13: hung']);
    story.add({
      type: 'task',
      agent: 'peer',
      task: 'p',
      taskType: 'default',
      status: 'completed',
      endedAtMs: at(1),
      attempt: 1,
      priority: 'normal',
      serviceUs: 360_000_000,
    });
    expect(told(story, [16, 17])).toEqual(['16: healthy', '17: hung']);
  });

  test('without a counter after ten minutes, and after half an hour where it is not known how long tasks take', () => {
    const story = new AgentStory().tasks(minutes(0, 5)).beats(minutes(0, 60), { state: 'busy' });
    expect(told(story, [14, 15])).toEqual(['14: healthy', '15: hung']);
    expect(story.after(15).why).toBe(
      'it says that it is busy, but no task of it has ended for 10 min; it sends no progress counter',
    );
    const untimed = new AgentStory().beats(minutes(0, 60), { state: 'busy' });
    for (const minute of minutes(0, 5)) {
      untimed.add({
        type: 'task',
        agent: 'a',
        task: `t-${minute}`,
        taskType: 'x',
        status: 'completed',
        endedAtMs: at(minute),
        attempt: 1,
        priority: 'normal',
      });
    }
    expect(told(untimed, [34, 35])).toEqual(['34: healthy', '35: hung']);
  });

  test('not for the time in which it had no work', () => {
    const story = hangs()
      .beats(minutes(10, 59), { progress: () => 9 })
      .beats(minutes(60, 90), { state: 'busy', progress: () => 9 });
    expect(told(story, [59, 64, 65])).toEqual(['59: idle', '64: healthy', '65: hung']);
    for (const minute of [65, 90]) expect(story.after(minute)).toMatchObject({ state: 'hung', sinceMs: at(61) });
  });

  test('not while it is paused, and as a paused one since it said so', () => {
    const story = hangs().beats(minutes(10, 30), { state: 'paused', progress: () => 9 });
    expect(story.after(30)).toMatchObject({ state: 'paused', live: 1 });
  });

  test('rather than degraded', () => {
    const story = hangs().beats(minutes(10, 30), { state: 'busy', progress: () => 9 });
    expect(story.after(30, { firing: [slow] }).state).toBe('hung');
  });

  test('by its samples where it never sent a heartbeat', () => {
    const story = new AgentStory().tasks(minutes(0, 5)).samples(minutes(0, 40), { active: 1 });
    expect(told(story, [14, 15])).toEqual(['14: healthy', '15: hung']);
    expect(story.after(15).expected).toBe(0);
  });
});

describe('an agent is silent', () => {
  test('when its progress counter moves, and its samples have stopped for five minutes', () => {
    const story = new AgentStory()
      .beats(minutes(0, 30), { state: 'busy', progress: (m) => m })
      .tasks(minutes(0, 9))
      .samples(minutes(0, 9), { active: 1 });
    expect(told(story, [9, 13, 14])).toEqual(['9: healthy', '13: healthy', '14: silent']);
    expect(story.after(14)).toMatchObject({
      sinceMs: at(10),
      why: expect.stringMatching(
        /^its progress counter moves, but no task and no sample of it has come since \d\d:\d\d UTC$/,
      ),
      live: 1,
    });
    expect(story.after(30, { firing: [slow] }).state).toBe('silent');
  });

  test('when its progress counter moves, and its tasks have stopped for longer than tasks take', () => {
    const story = new AgentStory()
      .beats(minutes(0, 30), { progress: (m) => m })
      .tasks(minutes(0, 9), { serviceUs: 4e8 });
    expect(told(story, [22, 23])).toEqual(['22: healthy', '23: silent']);
  });

  test('when it says busy, and its samples have stopped', () => {
    const story = new AgentStory()
      .beats(minutes(0, 30), { state: 'busy' })
      .tasks(minutes(0, 9))
      .samples(minutes(0, 9), { active: 1 });
    expect(told(story, [13, 14, 30])).toEqual(['13: healthy', '14: silent', '30: silent']);
    expect(story.after(30).live).toBe(1);
  });

  test('not for the time in which it had no work, or in which its counter stood', () => {
    const busy = new AgentStory()
      .beats(minutes(0, 59))
      .tasks(minutes(0, 9))
      .samples(minutes(0, 9), { active: 1 })
      .beats(minutes(60, 90), { state: 'busy' });
    expect(told(busy, [59, 64, 65])).toEqual(['59: idle', '64: healthy', '65: silent']);
    for (const minute of [65, 90]) expect(busy.after(minute)).toMatchObject({ state: 'silent', sinceMs: at(61) });
    const moving = new AgentStory().beats(minutes(0, 90), { progress: (m) => (m < 60 ? 9 : m) }).tasks(minutes(0, 9));
    expect(told(moving, [59, 69, 70])).toEqual(['59: idle', '69: healthy', '70: silent']);
  });

  test('when it has been busy for half an hour and never told of anything else', () => {
    const story = new AgentStory().beats(minutes(0, 40), { state: 'busy' });
    expect(told(story, [29, 30])).toEqual(['29: healthy', '30: silent']);
    expect(story.after(30).why).toMatch(/no task, sample or progress counter of it ever came$/);
  });

  test('not when it is ready, and its counter stands: that is idle', () => {
    const story = new AgentStory()
      .beats(minutes(0, 30), { progress: (m) => Math.min(m, 10) })
      .tasks(minutes(0, 9))
      .samples(minutes(0, 9), { active: 1 });
    expect(told(story, [14, 16, 30])).toEqual(['14: healthy', '16: idle', '30: idle']);
  });

  test('rather than dead when many of its pool fell silent together', () => {
    const story = new AgentStory().beats(minutes(0, 9)).tasks(minutes(0, 9));
    const seen = story.after(13, { isPoolSilent: true });
    expect(seen).toMatchObject({ state: 'silent', sinceMs: at(10) + 30_000, live: 0 });
    expect(seen.why).toBe('no heartbeat for 270 s, like many of its pool at once');
    expect(story.after(13, { isPoolSilent: true, firing: [death] }).state).toBe('dead');
  });
});

describe('an agent is dead', () => {
  test('when three heartbeats that were due did not come, since the first of them', () => {
    const story = new AgentStory().beats(minutes(0, 9)).tasks(minutes(0, 9));
    expect(told(story, [11, 12])).toEqual(['11: healthy', '12: dead']);
    expect(story.after(12)).toMatchObject({
      sinceMs: at(10) + 30_000,
      why: 'no heartbeat for 210 s',
      live: 0,
      expected: 1,
    });
    expect(story.after(900)).toMatchObject({ state: 'dead', sinceMs: at(10) + 30_000 });
  });

  test('though its tasks still end', () => {
    const story = new AgentStory().beats(minutes(0, 9)).tasks(minutes(0, 20));
    expect(story.after(20)).toMatchObject({
      state: 'dead',
      why: 'no heartbeat for 690 s, though other events of it come',
    });
  });

  test('rather than hung or degraded', () => {
    const story = new AgentStory().beats(minutes(0, 30), { state: 'busy', progress: () => 9 });
    expect(told(story, [30])).toEqual(['30: hung']);
    expect(story.after(34, { firing: [slow] }).state).toBe('dead');
  });

  test('in a minute in whose first seconds a fast heartbeat came', () => {
    const beat = { type: 'heartbeat' as const, agent: 'a', state: 'ready' as const, intervalMs: 15_000 };
    const fast = (lastMs: number) => new AgentStory().add({ ...beat, atMs: at(0) }).add({ ...beat, atMs: lastMs });
    expect(fast(at(5) + 14_999).after(5)).toMatchObject({ state: 'dead', live: 0 });
    expect(fast(at(5) + 15_000).after(5)).toMatchObject({ state: 'idle', live: 1 });
  });
});

describe('an agent is stopped', () => {
  test.each<{ name: string; state: HeartbeatState; why: string; silentMinutes: number }>([
    { name: 'when it said so', state: 'stopped', why: 'it said so', silentMinutes: 0 },
    {
      name: 'when it drained',
      state: 'draining',
      why: 'it said that it is draining, and went quiet',
      silentMinutes: 3,
    },
  ])('$name', ({ state, why, silentMinutes }) => {
    const story = new AgentStory().beats(minutes(0, 8), { state: 'busy' }).tasks(minutes(0, 8)).beats([9], { state });
    expect(story.after(9 + silentMinutes)).toMatchObject({ state: 'stopped', sinceMs: at(9) + 30_000, why });
  });

  test('when nothing was heard of it for a day', () => {
    const story = new AgentStory().beats([0]);
    expect(told(story, [1_439, 1_440])).toEqual(['1439: dead', '1440: stopped']);
    expect(story.after(1_440)).toMatchObject({ sinceMs: at(0) + 30_000, expected: 0 });
  });

  test('not while it is draining and its heartbeats come', () => {
    const story = new AgentStory().tasks(minutes(0, 9)).beats(minutes(0, 9), { state: 'draining' });
    expect(story.after(9)).toMatchObject({ state: 'healthy', live: 1 });
  });
});

test('an agent is paused when it said so, also when it is quiet then', () => {
  const story = new AgentStory().tasks(minutes(0, 9)).beats([8]).beats([9], { state: 'paused' });
  expect(told(story, [8, 9, 60])).toEqual(['8: healthy', '9: paused', '60: paused']);
  expect(story.after(60)).toMatchObject({ sinceMs: at(9) + 30_000 });
});

test('an agent is degraded while an alert of it fires, also without work', () => {
  const story = new AgentStory().beats(minutes(0, 30)).tasks(minutes(0, 9));
  expect(story.after(5, { firing: [slow] })).toMatchObject({ state: 'degraded', sinceMs: at(2), why: slow.title });
  expect(story.after(30, { firing: [slow] }).state).toBe('degraded');
});

test('a hang and its end are the same whether minutes are looked at one by one or together', () => {
  const story = new AgentStory()
    .tasks(minutes(0, 9))
    .beats(minutes(0, 60), { state: 'busy', progress: (m) => (m < 9 || m > 50 ? m : 9) });
  const together = story.after(59, { from: 0 });
  expect(together).toMatchObject({ expected: 60, live: 60 - (51 - 14) });
  const oneByOne = minutes(0, 59).map((minute) => story.after(minute).live);
  expect(oneByOne.reduce((sum, live) => sum + live)).toBe(together.live);
});

describe('whatever an agent reports', () => {
  const minute = fc.record(
    {
      beat: fc.record(
        {
          state: fc.constantFrom<HeartbeatState[]>('ready', 'busy', 'busy', 'draining', 'paused', 'stopped'),
          progress: fc.integer({ min: 0, max: 3 }),
        },
        { requiredKeys: ['state'] },
      ),
      active: fc.integer({ min: 0, max: 1 }),
      task: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  /** A few kinds of minutes, each for several minutes on end. */
  const stories = fc
    .array(fc.tuple(minute, fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 6 })
    .map((runs) => {
      const story = new AgentStory().beats([0]);
      const all = runs.flatMap(([kind, length]) => Array.from({ length }, () => kind));
      for (const [i, { beat, active, task }] of all.entries()) {
        const { state, progress } = beat ?? {};
        if (state) story.beats([i], { state, ...(progress === undefined ? {} : { progress: () => progress }) });
        if (active !== undefined) story.samples([i], { active });
        if (task) story.tasks([i]);
      }
      return { story, length: all.length };
    });

  test('a minute at whose end it is hung or dead is not live, and one at whose end it is healthy with a heartbeat is', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(stories, ({ story, length }) => {
        for (const at of minutes(0, length + 4)) {
          const { state, live, expected, why } = story.after(at);
          met.add(state);
          if (state === 'hung' || state === 'dead')
            expect({ at, state, why, live }).toEqual({ at, state, why, live: 0 });
          if (state === 'healthy' && expected === 1 && story.hasBeatIn(at))
            expect({ at, state, why, live }).toMatchObject({ live: 1 });
        }
      }),
      { numRuns: 100 },
    );
    for (const state of ['healthy', 'hung', 'dead']) expect(met).toContain(state);
  });
});
