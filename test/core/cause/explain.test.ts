import { describe, expect, test } from 'vitest';
import type { CauseCell, CauseWindow, PartCell } from '../../../lib/core/cause/cause-input.ts';
import { CauseWindowBuilder } from '../../../lib/core/cause/cause-window.ts';
import { explain } from '../../../lib/core/cause/explain.ts';
import { chunkColumns } from '../../../lib/core/kpi/chunk-columns.ts';
import { addDuration } from '../../../lib/core/kpi/latency-sketch.ts';
import { emptyRollupChunk, errorRollupIn, partRollupIn, type RollupChunk } from '../../../lib/core/kpi/rollup-chunk.ts';
import { emptyTaskRollup } from '../../../lib/core/kpi/task-rollup.ts';
import type { Roster } from '../../../lib/core/model/roster.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';

const START = 29_000_000;
const ONSET_MS = START * MINUTE_MS;

/** 100 tasks of a second. */
function cell(agent: string, bad: number, more: Partial<CauseCell> = {}): CauseCell {
  return {
    ...{ pool: agent.slice(0, 1), agent, taskType: 'solve', version: null, tasks: 100, bad },
    ...{ timed: 100, serviceUs: 1e8, logSum: 100 * Math.log(1e6), logSquares: 100 * Math.log(1e6) ** 2 },
    ...more,
  };
}

const windowOf = (cells: readonly CauseCell[], more: Partial<CauseWindow> = {}): CauseWindow => {
  return { minutes: 10, cells, parts: [], errors: [], ...more };
};
const well = windowOf(['a-1', 'a-2', 'a-3', 'b-1'].map((agent) => cell(agent, 2)));
const about = { onsetMs: ONSET_MS, beforeMs: ONSET_MS - 16 * MINUTE_MS, changes: [], measures: ['bad'] as const };

describe('what is behind an alert', () => {
  const failing = windowOf([cell('a-1', 30), cell('a-2', 30), cell('a-3', 30), cell('b-1', 2)], {
    errors: ['a-1', 'a-2', 'a-3'].map((agent) => ({
      ...{ signature: 'SchemaError', agent, pool: 'a', taskType: 'solve', n: 28 },
    })),
  });
  const deploy = {
    id: 'deploy-1',
    event: { type: 'change', kind: 'deploy', pool: 'a', version: 'v2', atMs: ONSET_MS } as const,
  };

  test('of a pool that fails is not that pool, nor a task type that is all that it does, but the error', () => {
    const { causes } = explain({ ...about, scope: { pool: 'a' }, now: failing, before: well });
    expect(causes).toMatchObject([{ dimension: 'errorType', id: 'SchemaError', share: 1 }]);
  });

  test('of the system that fails is the pool', () => {
    const { causes } = explain({ ...about, scope: {}, now: failing, before: well });
    expect(causes.map(({ dimension, id }) => `${dimension} ${id}`)).toEqual(['pool a', 'errorType SchemaError']);
  });

  test('is a change before the version that it brought, and the error', () => {
    const now = { ...failing, cells: failing.cells.map((it) => (it.pool === 'a' ? { ...it, version: 'v2' } : it)) };
    const { causes } = explain({ ...about, changes: [deploy], scope: { pool: 'a' }, now, before: well });
    expect(causes.map(({ dimension, id }) => `${dimension} ${id}`)).toEqual([
      ...['change deploy-1', 'version v2', 'errorType SchemaError'],
    ]);
  });

  test('is no change that was in force in all of the time before, or most of it', () => {
    const now = { ...failing, cells: failing.cells.map((it) => ({ ...it, version: 'v2' })) };
    const at = (minutes: number) => [{ ...deploy, event: { ...deploy.event, atMs: ONSET_MS - minutes * MINUTE_MS } }];
    const causesOf = (minutes: number, before: CauseWindow) =>
      explain({ ...about, changes: at(minutes), scope: { pool: 'a' }, now, before }).causes.map((it) => it.dimension);
    const had = { ...well, cells: well.cells.map((it) => ({ ...it, version: 'v2' })) };
    expect(causesOf(10, well)).toContain('change');
    expect(causesOf(17, well)).not.toContain('change');
    expect(causesOf(10, had)).toEqual(['errorType']);
  });

  test('of another pool is nothing', () => {
    expect(explain({ ...about, scope: { pool: 'b' }, now: failing, before: well })).toEqual({ causes: [] });
  });

  test('is not known where too little was known before', () => {
    const before = windowOf([cell('a-1', 0, { tasks: 19 })]);
    expect(explain({ ...about, scope: { pool: 'a' }, now: failing, before })).toEqual({ causes: [] });
  });

  test('of a task type is looked for among its tasks alone', () => {
    const mixed = (bad: number) =>
      windowOf(
        ['a-1', 'a-2'].flatMap((agent) => [
          cell(agent, agent === 'a-1' ? bad : 2),
          cell(agent, 90, { taskType: 'write' }),
        ]),
      );
    const { causes } = explain({ ...about, scope: { taskType: 'solve' }, now: mixed(60), before: mixed(2) });
    expect(causes).toMatchObject([{ dimension: 'agent', id: 'a-1' }]);
  });
});

describe('where the extra time lies', () => {
  const calls = (tool: number): PartCell[] =>
    ['a-1', 'a-2'].map((agent) => ({
      ...{ agent, pool: 'a', kind: 'tool', name: 'search', calls: 100, failed: 0, durationUs: 100 * tool },
    }));
  const taking = (us: number, tool: number) =>
    windowOf(
      ['a-1', 'a-2'].map((agent) =>
        cell(agent, 0, { serviceUs: 100 * us, logSum: 100 * Math.log(us), logSquares: 100 * Math.log(us) ** 2 }),
      ),
      { parts: calls(tool) },
    );
  const ofTime = { ...about, measures: ['time'] as const, scope: { pool: 'a' } };

  test('by hand: of 3.4 s more a task 3.1 s are in a tool, which is the cause', () => {
    const found = explain({ ...ofTime, now: taking(4.4e6, 3.5e6), before: taking(1e6, 0.4e6) });
    expect(found.layer).toBe('the tool layer: +3.1 s of +3.4 s a task');
    expect(found.causes).toMatchObject([{ dimension: 'tool', id: 'search', share: expect.closeTo(0.91, 2) }]);
  });

  test("in the agents' own work, where the tool takes no longer", () => {
    const found = explain({ ...ofTime, now: taking(4e6, 0.4e6), before: taking(1e6, 0.4e6) });
    expect(found).toEqual({ causes: [], layer: "the agents' own work: +3.0 s of +3.0 s a task" });
  });

  test('is not said where tasks fail, or take no longer', () => {
    expect(explain({ ...ofTime, measures: ['bad'], now: taking(4e6, 3e6), before: taking(1e6, 0.4e6) }).layer).toBe(
      undefined,
    );
    expect(explain({ ...ofTime, now: taking(1e6, 0.4e6), before: taking(4e6, 3e6) })).toEqual({ causes: [] });
  });
});

describe('a window', () => {
  const roster: Roster = new Map(
    ['w-1', 'w-2'].map((agent) => {
      const description = { type: 'agent', agent, pool: 'writers', version: 'v2' } as const;
      const seen = { firstSeenMs: 0, lastSeenMs: 0, firstBeatMs: 0, lastBeat: null };
      return [agent, { agent, ...seen, description, describedBy: { atMs: 0, mark: 'b' } }];
    }),
  );
  const change = { type: 'change', kind: 'deploy', pool: 'writers', version: 'v2' } as const;
  const changes = [{ id: 'c', event: { ...change, atMs: (START + 1) * MINUTE_MS } }];

  /** Of each agent two tasks of a second, of which one failed, with one call and one error. */
  function chunk(minute: number, agents: readonly string[]): RollupChunk {
    const made = emptyRollupChunk(minute, 0, 1);
    for (const agent of agents) {
      const rollup = emptyTaskRollup(agent, agent === '' ? 'writers' : '', 'draft');
      Object.assign(rollup.counters, { completed: 1, failed: 1, cancelled: 4, serviceCount: 2, serviceUs: 2e6 });
      for (let i = 0; i < 2; i++) addDuration(rollup.service, 1e6);
      made.tasks.set(agent, rollup);
      if (agent === '') continue;
      Object.assign(
        partRollupIn(made, agent, { kind: 'tool', name: 'search', status: 'failed', durationUs: 5 }).counters,
        {
          ...{ calls: 1, failed: 1, durationUs: 5 },
        },
      );
      errorRollupIn(made, { agent, pool: '', taskType: 'draft', signature: 'E' }).n += 1;
    }
    return made;
  }

  function built(minutes: readonly number[], agents: readonly string[]): CauseWindow {
    const builder = new CauseWindowBuilder({ from: START, through: START + 1 }, { roster, changes });
    for (const minute of minutes) builder.add(chunkColumns(chunk(minute, agents)));
    return builder.finish();
  }

  test('has what its chunks have, and nothing of other minutes or of agents that were forgotten', () => {
    const { minutes, cells, parts, errors } = built([START - 1, START, START + 2], ['w-1', 'gone', '']);
    expect(minutes).toBe(2);
    expect(cells).toMatchObject([
      { pool: 'writers', agent: 'w-1', taskType: 'draft', tasks: 2, bad: 1, timed: 2, serviceUs: 2e6 },
      { pool: 'writers', agent: '', tasks: 2, bad: 1 },
    ]);
    expect((cells[0]?.logSum ?? 0) / 2).toBeCloseTo(Math.log(1e6), 1);
    expect(parts).toEqual([
      { agent: 'w-1', pool: 'writers', kind: 'tool', name: 'search', calls: 1, failed: 1, durationUs: 5 },
    ]);
    expect(errors).toEqual([{ signature: 'E', agent: 'w-1', pool: 'writers', taskType: 'draft', n: 1 }]);
  });

  test('adds up its minutes, but those before a deploy were of another version', () => {
    const { cells, errors } = built([START, START + 1, START + 1], ['w-1']);
    expect(cells.map(({ version, tasks }) => ({ version, tasks }))).toEqual([
      { version: null, tasks: 2 },
      { version: 'v2', tasks: 4 },
    ]);
    expect(errors).toMatchObject([{ n: 3 }]);
  });
});
