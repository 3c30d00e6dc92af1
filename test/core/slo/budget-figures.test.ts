import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkColumns } from '../../../lib/core/kpi/chunk-columns.ts';
import { foldBatch } from '../../../lib/core/kpi/folding.ts';
import { budgetedKpiIds, kpiBudget } from '../../../lib/core/kpi/registry.ts';
import { emptyRollupChunk, type RollupChunk } from '../../../lib/core/kpi/rollup-chunk.ts';
import { type Tile, TileBuilder } from '../../../lib/core/kpi/tile.ts';
import type { Batch } from '../../../lib/core/model/batch.ts';
import { enterBatch, poolOf, type Roster } from '../../../lib/core/model/roster.ts';
import type { Minute } from '../../../lib/core/model/time.ts';
import { budgetFigures } from '../../../lib/core/slo/budget-figures.ts';
import { arbitraryBatches, BASE_MINUTE } from '../../fixtures/arbitrary-batch.ts';

function tileOf(batches: readonly Batch[]): { tile: Tile; roster: Roster; pools: Set<string> } {
  const chunks = new Map<Minute, RollupChunk>();
  const roster: Roster = new Map();
  for (const batch of batches) {
    enterBatch(roster, batch);
    foldBatch(batch, (minute) => {
      const chunk = chunks.get(minute) ?? emptyRollupChunk(minute, 0, 1);
      chunks.set(minute, chunk);
      return chunk;
    });
  }
  const [from, to] = [BASE_MINUTE - 60, BASE_MINUTE + 60];
  const builder = new TileBuilder(from, to, roster);
  const known = [...chunks.values()].filter(({ minute }) => minute >= from && minute < to);
  builder.add(known.map(chunkColumns), undefined);
  const tile = builder.finish();
  return {
    tile,
    roster,
    pools: new Set([
      ...[...roster.values()].map(poolOf),
      ...tile.agents.ids.map((id) => poolOf(roster.get(id))),
      ...tile.rejected.ids,
    ]),
  };
}

/** The KPIs whose budgets are shares of tasks or minutes; runs of workflows belong to no pool. */
const shares = budgetedKpiIds.filter((kpi) => kpi !== 'end_to_end_latency' && kpiBudget(kpi).of === 'share');

function countsOf(figures: ReturnType<ReturnType<typeof budgetFigures>>): [good: number, total: number][] {
  return shares.map((kpi) => {
    const counting = kpiBudget(kpi);
    if (counting.of !== 'share' || figures === null) return [0, 0];
    const { good, total } = counting.count(figures, 500);
    return [good, total];
  });
}

const summed = (all: [number, number][][]) =>
  shares.map((_, i) => [0, 1].map((j) => all.reduce((sum, counts) => sum + (counts[i]?.[j as 0 | 1] ?? 0), 0)));

test('good and total of the fleet are the sums of those of its pools', () => {
  let counted = 0;
  fc.assert(
    fc.property(arbitraryBatches(30), (batches) => {
      const { tile, roster, pools } = tileOf(batches);
      const figuresOf = budgetFigures(tile, roster);
      const fleet = countsOf(figuresOf({ kind: 'fleet' }));
      expect(summed([...pools].map((id) => countsOf(figuresOf({ kind: 'pool', id }))))).toEqual(fleet);
      counted += fleet.flat().reduce((a, b) => a + b, 0);
    }),
  );
  expect(counted).toBeGreaterThan(100);
});

test('a team has the pools that it owns: each pool counts for one team, the first of its agents’ in the alphabet', () => {
  const describeAgent = (agent: string, pool: string, team?: string) =>
    ({ type: 'agent', agent, pool, ...(team ? { team } : {}) }) as const;
  const ended = (agent: string, status: 'completed' | 'failed') =>
    ({ type: 'task', task: agent, agent, taskType: 't', status, attempt: 1, endedAtMs: BASE_MINUTE * 60_000 }) as const;
  const batch = {
    ...{
      id: '00000000-0000-4000-8000-000000000001',
      system: 's',
      bucket: BASE_MINUTE,
      receivedAtMs: BASE_MINUTE * 60_000,
    },
    events: [
      describeAgent('a1', 'writers', 'content'),
      describeAgent('a2', 'writers', 'zeta'),
      describeAgent('a3', 'editors', 'content'),
      describeAgent('a4', 'readers', 'zeta'),
      describeAgent('a5', 'nobodys'),
      ...['a1', 'a2', 'a3', 'a4', 'a5'].map((agent) => ended(agent, agent === 'a2' ? 'failed' : 'completed')),
    ],
  } as unknown as Batch;
  const { tile, roster } = tileOf([batch]);
  const figuresOf = budgetFigures(tile, roster);
  const of = (id: string) => {
    const counters = figuresOf({ kind: 'team', id })?.tasks.counters;
    return counters ? [counters.completed, counters.failed] : null;
  };
  // writers (a1, a2) and editors (a3); of writers, a2 too.
  expect(of('content')).toEqual([2, 1]);
  expect(of('zeta')).toEqual([1, 0]);
  expect(of('nobody')).toBeNull();
  // Asking does not add to what was counted.
  expect(of('content')).toEqual([2, 1]);
});
