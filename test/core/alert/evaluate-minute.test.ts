import { describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../../lib/core/alert/alert.ts';
import { evaluateMinute } from '../../../lib/core/alert/evaluate-minute.ts';
import type { MinuteRollups } from '../../../lib/core/detect/detection-context.ts';
import { noErrors } from '../../../lib/core/detect/error-memory.ts';
import { ClosedTasks } from '../../../lib/core/kpi/closed-tasks.ts';
import { addDuration } from '../../../lib/core/kpi/latency-sketch.ts';
import { emptyTaskRollup, type TaskRollup } from '../../../lib/core/kpi/task-rollup.ts';
import type { FleetChange } from '../../../lib/core/model/fleet-change.ts';
import type { Roster, RosterEntry } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS, type Minute } from '../../../lib/core/model/time.ts';
import { noForesight } from '../../../lib/core/predict/foresight.ts';

const START = 29_000_000;
const agents = Array.from({ length: 8 }, (_, i) => `w-${i + 1}`);

interface Minutely {
  silent?: string[];
  serviceMs?: Record<string, number>;
  tasks?: number;
  /** How often the minute is judged. */
  judged?: number;
}

/** A fleet told minute by minute: who beats, and how long each agent's tasks take. */
class Story {
  readonly roster: Roster = new Map();
  readonly #minutes = new Map<Minute, MinuteRollups>();
  #records = new Map<string, AlertRecord>();
  #minute = START;
  readonly changes: FleetChange[] = [];
  readonly told: string[] = [];

  constructor() {
    for (const agent of agents) this.roster.set(agent, member(agent));
  }

  /** Lets a minute pass and judges it. */
  pass({ silent = [], serviceMs = {}, tasks = 20, judged = 1 }: Minutely = {}) {
    const startMs = this.#minute * MINUTE_MS;
    for (const [agent, entry] of this.roster) {
      if (silent.includes(agent)) continue;
      const beat = { atMs: startMs + 50_000, state: 'ready' as const, intervalMs: 15_000, progress: null };
      this.roster.set(agent, { ...entry, lastSeenMs: beat.atMs, firstBeatMs: START * MINUTE_MS, lastBeat: beat });
    }
    const rollups = agents
      .filter((agent) => !silent.includes(agent))
      .map((agent, i) => worked(agent, serviceMs[agent] ?? 1_000 + i * 20, tasks));
    this.#minutes.set(this.#minute, {
      tasks: [new ClosedTasks(new Map(rollups.map((rollup) => [rollup.agent, rollup])))],
      ...{ presence: [], parts: [], metrics: [], workflows: [], errors: [] },
    });
    for (let i = 0; i < judged; i++) this.judge();
    this.#minute += 1;
  }

  judge() {
    const context = {
      minute: this.#minute,
      nowMs: (this.#minute + 1) * MINUTE_MS,
      roster: this.roster,
      minutes: new Map([...this.#minutes].filter(([minute]) => minute > this.#minute - 5)),
      ...{
        changes: this.changes,
        readings: new Map(),
        budgets: [],
        memory: new Map(),
        hot: new Map(),
        inUse: new Map(),
        peaks: new Map(),
        volumes: new Map(),
        errors: noErrors,
        plan: null,
        courses: new Map(),
        foresight: noForesight,
        strictness: () => 1,
      },
    };
    this.#records = evaluateMinute(this.#records, context, { silences: [], marks: new Map() });
    for (const [fingerprint, record] of this.#records) {
      for (const { state } of record.unsent) {
        this.told.push(
          `${this.#minute - START} min: ${state} ${record.alert.rule} ${record.alert.scope.agent ?? record.alert.scope.pool}`,
        );
      }
      if (record.alert.state === 'resolved') this.#records.delete(fingerprint);
      else this.#records.set(fingerprint, { ...record, unsent: [] });
    }
  }

  alert(rule: string) {
    return [...this.#records.values()].find((record) => record.alert.rule === rule)?.alert;
  }
}

function member(agent: string): RosterEntry {
  const description = { type: 'agent' as const, agent, pool: 'workers', team: 'core', capacity: 2 };
  return {
    agent,
    firstSeenMs: START * MINUTE_MS,
    lastSeenMs: START * MINUTE_MS,
    firstBeatMs: null,
    lastBeat: null,
    description,
    describedBy: { atMs: 0, mark: 'b' },
  };
}

/** Tasks around a typical time, spread by a factor of two in both directions. */
function worked(agent: string, typicalMs: number, tasks: number): TaskRollup {
  const rollup = emptyTaskRollup(agent, '', 'default');
  for (let i = 0; i < tasks; i++) {
    const us = Math.round(typicalMs * 1_000 * 2 ** ((2 * i) / (tasks - 1) - 1));
    addDuration(rollup.service, us);
  }
  return rollup;
}

describe('alerts over time', () => {
  test('a healthy fleet with agents of somewhat different speed alerts nobody for an hour', () => {
    const story = new Story();
    for (let i = 0; i < 60; i++) story.pass();
    expect(story.told).toEqual([]);
  });

  test('an agent that dies is told once, and again when it comes back', () => {
    const story = new Story();
    for (let i = 0; i < 3; i++) story.pass();
    for (let i = 0; i < 4; i++) story.pass({ silent: ['w-3'] });
    for (let i = 0; i < 3; i++) story.pass();
    expect(story.told).toEqual(['3 min: firing agent-dead w-3', '7 min: resolved agent-dead w-3']);
  });

  test('an agent eight times slower than its peers is told after its first slow minute, and resolved after three normal ones', () => {
    const story = new Story();
    for (let i = 0; i < 3; i++) story.pass();
    for (let i = 0; i < 4; i++) story.pass({ serviceMs: { 'w-5': 8_000 } });
    for (let i = 0; i < 5; i++) story.pass();
    expect(story.told).toEqual(['3 min: firing agent-degraded w-5', '9 min: resolved agent-degraded w-5']);
  });

  test('an agent two and a half times slower is told once it has been slow for three of five minutes', () => {
    const story = new Story();
    for (let i = 0; i < 3; i++) story.pass();
    for (let i = 0; i < 4; i++) story.pass({ serviceMs: { 'w-5': 2_600 } });
    expect(story.told).toEqual(['5 min: firing agent-slower w-5']);
    expect(story.alert('agent-slower')).toMatchObject({
      severity: 'medium',
      onsetMs: (START + 3) * MINUTE_MS,
      detectedMs: (START + 6) * MINUTE_MS,
      team: 'core',
    });
  });

  test('a pool that becomes slow as a whole is no agent’s fault', () => {
    const story = new Story();
    for (let i = 0; i < 3; i++) story.pass();
    const slow = Object.fromEntries(agents.map((agent) => [agent, 9_000]));
    for (let i = 0; i < 6; i++) story.pass({ serviceMs: slow });
    expect(story.told).toEqual([]);
  });

  test('an agent with too few tasks in a minute is judged by those of three', () => {
    const story = new Story();
    for (let i = 0; i < 2; i++) story.pass({ serviceMs: { 'w-5': 20_000 }, tasks: 2 });
    expect(story.told).toEqual([]);
    story.pass({ serviceMs: { 'w-5': 20_000 }, tasks: 2 });
    expect(story.told).toEqual(['2 min: firing agent-degraded w-5']);
  });

  test('when most of a pool falls silent, one alert names the pool and none its agents', () => {
    const story = new Story();
    for (let i = 0; i < 3; i++) story.pass();
    for (let i = 0; i < 3; i++) story.pass({ silent: agents.slice(0, 4) });
    for (let i = 0; i < 2; i++) story.pass();
    expect(story.told).toEqual(['3 min: firing pool-silent workers', '6 min: resolved pool-silent workers']);
  });

  test('judging a minute again tells nothing again', () => {
    const story = new Story();
    for (let i = 0; i < 3; i++) story.pass();
    story.pass({ silent: ['w-1'], serviceMs: { 'w-5': 9_000 }, judged: 3 });
    expect(story.told).toEqual(['3 min: firing agent-dead w-1', '3 min: firing agent-degraded w-5']);
  });

  test('an alert names what changed for its agent in the hour before', () => {
    const story = new Story();
    const change = (id: string, agent: string, minutesAgo: number): FleetChange => ({
      id,
      event: { type: 'change', atMs: (START + 3 - minutesAgo) * MINUTE_MS, kind: 'deploy', agent, version: 'v2' },
    });
    story.changes.push(change('hit', 'w-5', 10), change('other agent', 'w-6', 10), change('too old', 'w-5', 90));
    for (let i = 0; i < 3; i++) story.pass();
    story.pass({ serviceMs: { 'w-5': 9_000 } });
    expect(story.alert('agent-degraded')?.changes.map(({ id }) => id)).toEqual(['hit']);
  });

  test('an alert names the latest twenty changes, however many were reported', () => {
    const story = new Story();
    for (let i = 0; i < 3_000; i++) {
      const atMs = (START + 3) * MINUTE_MS - i;
      story.changes.push({ id: `c-${i}`, event: { type: 'change', atMs, kind: 'config', note: 'x'.repeat(256) } });
    }
    for (let i = 0; i < 3; i++) story.pass();
    story.pass({ serviceMs: { 'w-5': 9_000 } });
    const named = story.alert('agent-degraded')?.changes.map(({ id }) => id);
    expect(named).toEqual(Array.from({ length: 20 }, (_, i) => `c-${19 - i}`));
  });

  test('an alert about a pool of thousands fits into an item and a message, and counts them all', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `${'n'.repeat(120)}${i}`);
    const story = new Story();
    for (const agent of many) story.roster.set(agent, member(agent));
    for (let i = 0; i < 3; i++) story.pass();
    story.pass({ silent: many });
    const alert = story.alert('pool-silent');
    expect(alert).toMatchObject({ value: 5_000, n: 5_008, impact: { agents: 5_000 }, team: 'core' });
    expect(alert?.contributors).toHaveLength(100);
    expect(JSON.stringify(alert).length).toBeLessThan(50_000);
  });
});
