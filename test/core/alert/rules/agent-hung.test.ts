import { describe, expect, test } from 'vitest';
import { alertFingerprint } from '../../../../lib/core/alert/fingerprint.ts';
import { agentHung, poolHung } from '../../../../lib/core/alert/rules/agent-hung.ts';
import { agentMute } from '../../../../lib/core/alert/rules/agent-mute.ts';
import { emptyPresenceRollup } from '../../../../lib/core/kpi/presence-rollup.ts';
import type { HeartbeatState } from '../../../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../../../lib/core/model/time.ts';
import { noMarks, type WorkMarks } from '../../../../lib/core/model/work-marks.ts';
import { type Done, JudgedPool, names, START } from '../../../fixtures/judged-minutes.ts';

const agents = names(6);
const ms = (minute: number) => (START + minute) * MINUTE_MS;

interface Life {
  /** Minutes in which tasks end and the counter moves, samples come, heartbeats come: up to each of these. */
  works?: number;
  samples?: number;
  beats?: number;
  counterUntil?: number;
  state?: HeartbeatState;
}

/** A pool at the end of a minute, each agent with its own life; who is not named is well. */
function poolAt(minute: number, lives: Record<string, Life> = {}, done: Record<string, Done> = {}): JudgedPool {
  const pool = new JudgedPool(agents);
  for (const [agent, entry] of pool.roster) {
    const {
      works = minute,
      samples = minute,
      beats = minute,
      state = 'busy',
      counterUntil = works,
    } = lives[agent] ?? {};
    const work: WorkMarks = {
      ...noMarks,
      taskMs: ms(works) + 30_000,
      sampleMs: ms(samples) + 30_000,
      loadedMs: ms(samples) + 30_000,
      unloadedMs: ms(-20),
      notBusyMs: ms(-20),
      progress: { value: 40 + counterUntil, sinceMs: ms(counterUntil) + 30_000 },
      longestTask: { day: Math.floor(ms(0) / 86_400_000), us: 20_000_000, dayBeforeUs: 0 },
    };
    const lastBeat = { atMs: ms(beats) + 45_000, state, intervalMs: 15_000, progress: 40 + counterUntil };
    pool.roster.set(agent, { ...entry, firstBeatMs: ms(-100), lastSeenMs: lastBeat.atMs, lastBeat, work });
  }
  for (let of = minute - 4; of <= minute; of++) {
    const beats = [...pool.roster.keys()].map((agent) => {
      const { beats: last = minute, works = minute, counterUntil = works, state = 'busy' } = lives[agent] ?? {};
      const progress = 40 + Math.min(counterUntil, of);
      const beat = of > last ? null : { atMs: ms(of) + 45_000, state, intervalMs: 15_000, progress };
      return { ...emptyPresenceRollup(agent), beat };
    });
    pool.minute = START + of - 1;
    pool.pass(done, beats);
  }
  return pool;
}

describe('an agent that hangs', () => {
  const hung = (minute: number) => poolAt(minute, { 'w-02': { works: 3 } });

  test('is told once its counter has stood for five minutes, with the moment from which it did', () => {
    expect(hung(7).breaching(agentHung)).toEqual([]);
    expect(hung(8).judge(agentHung, { pool: 'workers', agent: 'w-02' })).toMatchObject({
      verdict: 'breach',
      finding: { title: 'Agent w-02 hangs', onsetMs: ms(4), value: 5, unit: 'min', impact: { slotsLost: 2 } },
    });
    expect(hung(8).breaching(agentHung)).toEqual(['w-02']);
  });

  test('is no hang when it has stopped, and stays as it is when it has died', () => {
    expect(poolAt(9, { 'w-02': { works: 3, state: 'stopped' } }).verdict(agentHung, 'w-02')).toBe('clear');
    expect(poolAt(12, { 'w-02': { works: 3, beats: 8 } }).verdict(agentHung, 'w-02')).toBe('unknown');
  });

  test('is told although its dispatcher gives up on its tasks, unless it ends others itself', () => {
    const given = (done: Done) => poolAt(9, { 'w-02': { works: 9 } }, { 'w-02': done });
    expect(given({ timeout: 1 }).breaching(agentHung)).toEqual(['w-02']);
    expect(given({ timeout: 1, completed: 1 }).breaching(agentHung)).toEqual([]);
    expect(given({ timeout: 1, failed: 1 }).breaching(agentHung)).toEqual([]);
    expect(given({}).breaching(agentHung)).toEqual([]);
  });

  test('is not one whose clock is a minute ahead', () => {
    expect(poolAt(12, { 'w-02': { works: 13, samples: 13, beats: 13 } }).breaching(agentHung)).toEqual([]);
  });

  test('is one alert of the pool when half of it hangs', () => {
    const hangs = (count: number) =>
      poolAt(9, Object.fromEntries(agents.slice(0, count).map((it) => [it, { works: 2 }])));
    expect(hangs(2).breaching(agentHung)).toEqual(['w-01', 'w-02']);
    expect(hangs(2).judge(poolHung, { pool: 'workers' })).toMatchObject({ verdict: 'clear' });
    expect(hangs(3).breaching(agentHung)).toEqual([]);
    expect(hangs(3).judge(poolHung, { pool: 'workers' })).toMatchObject({
      verdict: 'breach',
      finding: { title: 'Pool workers: 3 of 6 agents hang', onsetMs: ms(3), impact: { agents: 3, slotsLost: 6 } },
    });
  });
});

describe('an agent whose reports are lost', () => {
  const mute = { works: 2, samples: 2, counterUntil: 12 };

  test('is told, as an anomaly, since its last report', () => {
    expect(poolAt(12, { 'w-04': mute }).judge(agentMute, { pool: 'workers', agent: 'w-04' })).toMatchObject({
      verdict: 'breach',
      finding: { title: 'Agent w-04 works, but does not report what it does', impact: { agentsUnseen: 1 } },
    });
    expect(poolAt(12, { 'w-04': mute }).breaching(agentMute)).toEqual(['w-04']);
    expect(poolAt(6, { 'w-04': { ...mute, counterUntil: 6 } }).breaching(agentMute)).toEqual([]);
    expect(poolAt(7, { 'w-04': { ...mute, counterUntil: 7 } }).breaching(agentMute)).toEqual(['w-04']);
    // Its counter stands, too: that is no work.
    expect(poolAt(12, { 'w-04': { ...mute, counterUntil: 9, state: 'ready' } }).breaching(agentMute)).toEqual([]);
    expect(poolAt(12, { 'w-04': mute }).breaching(agentHung)).toEqual([]);
  });

  test('is not told with half of its pool, or when the pool is told to be silent', () => {
    const lives = Object.fromEntries(agents.slice(0, 3).map((agent) => [agent, mute]));
    expect(poolAt(12, lives).breaching(agentMute)).toEqual([]);
    const pool = poolAt(12, { 'w-04': mute });
    pool.firing.add(alertFingerprint('pool-silent', { pool: 'workers' }));
    expect(pool.verdict(agentMute, 'w-04')).toBe('unknown');
  });
});
