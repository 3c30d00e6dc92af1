import { useCounters } from '../../core/kpi/figures.ts';
import type { HistoryPoint, HistoryScope } from '../../core/kpi/history-point.ts';
import type { MetricRollup } from '../../core/kpi/metric-rollup.ts';
import { trimZeros } from '../../core/kpi/packed-counters.ts';
import { type PackedFigures, packFigures, unpackFigures } from '../../core/kpi/packed-figures.ts';
import { presenceCounters } from '../../core/kpi/presence-rollup.ts';
import { taskCounters } from '../../core/kpi/task-rollup.ts';
import { type Minute, startOfMinute } from '../../core/model/time.ts';
import { packJson, unpackJson } from './packed-json.ts';

/** Points of some subjects, one after the other: like figures of all stand side by side. */
interface PackedTogether {
  scopes: HistoryScope[];
  /** How many points each has. */
  lengths: number[];
  at: Minute[];
  figures: (PackedFigures | null)[];
  metrics: (MetricRollup | null)[];
}

/** Points of subjects that are written together. They take half of what they take each by itself: docs/decisions/history-layout.md. */
export function packTogether(points: ReadonlyMap<HistoryScope, readonly HistoryPoint[]>): Uint8Array {
  const scopes = [...points.keys()].sort();
  const rows = scopes.map((scope) => (points.get(scope) ?? []).toSorted((a, b) => a.at - b.at));
  const all = rows.flat();
  const packed: PackedTogether = {
    ...{ scopes, lengths: rows.map(({ length }) => length), at: all.map(({ at }) => at) },
    figures: all.map(({ figures, at }) => figures && lessWhatFollows(packFigures(figures), at)),
    metrics: all.map(({ metric }) => metric),
  };
  return packJson(packed);
}

/** @returns null where the scope is not among them */
export function unpackOf(scope: HistoryScope, bytes: Uint8Array): HistoryPoint[] | null {
  const { scopes, lengths, at, figures, metrics } = unpackJson<PackedTogether>(bytes);
  const place = scopes.indexOf(scope);
  if (place < 0) return null;
  const first = lengths.slice(0, place).reduce((sum, length) => sum + length, 0);
  return Array.from({ length: lengths[place] ?? 0 }, (_, i) => {
    const row = first + i;
    const [minute, packed] = [at[row] ?? 0, figures[row] ?? null];
    return {
      ...{ scope, at: minute, metric: metrics[row] ?? null },
      figures: packed && unpackFigures(withWhatFollows(packed, minute)),
    };
  });
}

type PackedBeat = NonNullable<PackedFigures[4]>;

const [TASKS, PRESENCE, BEAT, USE, QUEUE_SPAN] = [0, 3, 4, 5, 6] as const;
const taskAt = (name: (typeof taskCounters)[number]) => taskCounters.indexOf(name);
const presenceAt = (name: (typeof presenceCounters)[number]) => presenceCounters.indexOf(name);
const useAt = (name: (typeof useCounters)[number]) => useCounters.indexOf(name);

/** What follows from other figures of the minute, or nearly so, as its distance to that: it is mostly 0. */
function lessWhatFollows(packed: PackedFigures, at: Minute): PackedFigures {
  return changed(packed, at, -1);
}

function withWhatFollows(packed: PackedFigures, at: Minute): PackedFigures {
  return changed(packed, at, 1);
}

function changed(packed: PackedFigures, at: Minute, sign: 1 | -1): PackedFigures {
  const next = [...packed] as PackedFigures;
  const tasks = [...(packed[TASKS] ?? [])];
  const presence = packed[PRESENCE] ?? [];
  const use = [...(packed[USE] ?? [])];
  const task = (name: (typeof taskCounters)[number]) => tasks[taskAt(name)] ?? 0;
  const add = (counters: number[], place: number, amount: number) => {
    while (counters.length <= place) counters.push(0);
    // Beyond that, sums would be rounded.
    if (Math.abs(amount) < 2 ** 51) counters[place] = (counters[place] as number) + sign * amount;
  };
  // Run time is service time, but for tasks that ran in other minutes; and that is response time without waiting.
  const served = () => task('responseUs') - task('waitUs');
  if (sign < 0) add(tasks, taskAt('busyUs'), task('serviceUs'));
  add(tasks, taskAt('serviceUs'), served());
  if (sign > 0) add(tasks, taskAt('busyUs'), task('serviceUs'));
  const mean = (sum: 'utilizationPpm' | 'queued', number: 'utilizationCount' | 'queuedCount') => {
    const samples = presence[presenceAt(number)] ?? 0;
    return samples === 0 ? 0 : (presence[presenceAt(sum)] ?? 0) / samples;
  };
  const capacity = use[useAt('capacitySlotUs')] ?? 0;
  add(use, useAt('busySlotUs'), Math.round((Math.round(mean('utilizationPpm', 'utilizationCount')) * capacity) / 1e6));
  add(use, useAt('queuedMilliMinutes'), Math.round(1_000 * mean('queued', 'queuedCount')));
  next[TASKS] = trimZeros(tasks);
  next[USE] = trimZeros(use);
  const [beatMs, ...rest] = packed[BEAT] ?? [];
  if (beatMs !== undefined) next[BEAT] = [beatMs + sign * startOfMinute(at), ...rest] as PackedBeat;
  const [from, to] = packed[QUEUE_SPAN] ?? [];
  if (from !== undefined && to !== undefined) next[QUEUE_SPAN] = [from + sign * at, to + sign * at];
  return Array.from(next, (part) => part ?? []) as PackedFigures;
}
