import { type Figures, type Load, useCounters } from './figures.ts';
import type { LatencySketch } from './latency-sketch.ts';
import { namedCounters, trimZeros } from './packed-counters.ts';
import { type Beat, presenceCounters } from './presence-rollup.ts';
import { taskCounters } from './task-rollup.ts';
import { lazyTasks, RESPONSE } from './task-table.ts';
import { workflowCounters } from './workflow-rollup.ts';

/**
 * Figures as JSON that takes little room, in arrays: empty ones at the end are left out. What is not known when it is
 * read (a part that is added later, at the end) is ignored; what is absent is empty.
 */
export type PackedFigures = [
  taskCounters?: number[],
  response?: number[],
  service?: number[],
  presenceCounters?: number[],
  beat?: [] | [atMs: number, state: Beat['state'], intervalMs: number, progress: number | null],
  useCounters?: number[],
  queueSpan?: number[],
  workflowCounters?: number[],
  duration?: number[],
  /** [level, minutes, completed, busyMilli, level, ...] in order of levels. */
  loads?: number[],
];

/** Exact, but for the names of the rollups in it, which are empty in figures. */
export function packFigures({ tasks, presence, use, queueSpan, workflows, loads }: Figures): PackedFigures {
  const { beat } = presence;
  const packed: PackedFigures = [
    trimZeros(taskCounters.map((name) => tasks.counters[name])),
    packSketch(tasks.response),
    packSketch(tasks.service),
    trimZeros(presenceCounters.map((name) => presence.counters[name])),
    beat ? [beat.atMs, beat.state, beat.intervalMs, beat.progress] : [],
    trimZeros(useCounters.map((name) => use[name])),
    queueSpan ? [queueSpan.from, queueSpan.to] : [],
    trimZeros(workflowCounters.map((name) => workflows.counters[name])),
    packSketch(workflows.duration),
    [...loads]
      .sort(([a], [b]) => a - b)
      .flatMap(([level, load]) => [level, load.minutes, load.completed, load.busyMilli]),
  ];
  while (packed.at(-1)?.length === 0) packed.pop();
  return packed;
}

export function unpackFigures(packed: PackedFigures): Figures {
  const [tasks = [], response = [], service = [], presence = [], beat = [], use = [], queueSpan = []] = packed;
  const [, , , , , , , workflows = [], duration = [], loads = []] = packed;
  return {
    tasks: lazyTasks(namedCounters(taskCounters, tasks), (sketch) =>
      unpackSketch(sketch === RESPONSE ? response : service),
    ),
    presence: { agent: '', counters: namedCounters(presenceCounters, presence), beat: unpackBeat(beat) },
    use: namedCounters(useCounters, use),
    queueSpan: queueSpan.length === 0 ? null : { from: queueSpan[0] ?? 0, to: queueSpan[1] ?? 0 },
    workflows: {
      workflowType: '',
      counters: namedCounters(workflowCounters, workflows),
      duration: unpackSketch(duration),
    },
    loads: unpackLoads(loads),
  };
}

/** [zeros, bin, count, bin, count, ...] in order of bins, each bin but the first as its distance from the one before. */
function packSketch({ zeros, bins }: LatencySketch): number[] {
  if (zeros === 0 && bins.size === 0) return [];
  const packed = [zeros];
  let before = 0;
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) {
    packed.push(bin - before, count);
    before = bin;
  }
  return packed;
}

function unpackSketch(packed: readonly number[]): LatencySketch {
  const bins = new Map<number, number>();
  let bin = 0;
  for (let i = 1; i < packed.length; i += 2) {
    bin += packed[i] ?? 0;
    bins.set(bin, packed[i + 1] ?? 0);
  }
  return { zeros: packed[0] ?? 0, bins };
}

function unpackBeat([atMs, state, intervalMs, progress = null]: NonNullable<PackedFigures[4]>): Beat | null {
  return atMs === undefined || state === undefined || intervalMs === undefined
    ? null
    : { atMs, state, intervalMs, progress };
}

function unpackLoads(packed: readonly number[]): Map<number, Load> {
  const loads = new Map<number, Load>();
  for (let i = 0; i < packed.length; i += 4) {
    const [level = 0, minutes = 0, completed = 0, busyMilli = 0] = packed.slice(i, i + 4);
    loads.set(level, { minutes, completed, busyMilli });
  }
  return loads;
}
