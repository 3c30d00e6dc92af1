import { type HistoryLevel, type HistoryPoint, type HistoryScope, historyBlocks } from '../core/kpi/history-point.ts';
import { type PackedFigures, packFigures, unpackFigures } from '../core/kpi/packed-figures.ts';
import { DAY_MINUTES, type Minute, minuteOf } from '../core/model/time.ts';
import type { MetricStore } from '../ports/metric-store.ts';

interface Kept {
  at: Minute;
  figures: PackedFigures | null;
  metric: HistoryPoint['metric'];
}

interface Block {
  version: number;
  /** In order of time. */
  points: Kept[];
}

/**
 * History in the memory of this process: in the arrays that the tables have it in, so that it is the same when it is read, but
 * neither written as columns nor compressed.
 * @param days how long points of each level are kept
 */
export function memoryMetricStore(days: Record<HistoryLevel, number>, nowMs: () => number): MetricStore {
  /** By system, level and scope, by the number of the block. */
  const series = new Map<string, Map<number, Block>>();
  const keyOf = (system: string, level: HistoryLevel, scope: HistoryScope) => `${system}\n${level}\n${scope}`;

  return {
    async write(system, level, points, version) {
      for (const [scope, its] of Map.groupBy(points, (point) => point.scope)) {
        const key = keyOf(system, level, scope);
        const blocks = series.get(key) ?? new Map<number, Block>();
        series.set(key, blocks);
        for (const [number, together] of Map.groupBy(its, ({ at }) => Math.floor(at / historyBlocks[level]))) {
          if ((blocks.get(number)?.version ?? version) > version) continue;
          const sorted = together.toSorted((one, other) => one.at - other.at);
          blocks.set(number, { version, points: sorted.map(kept) });
        }
      }
    },

    async read(system, scope, level, from, to) {
      const blocks = series.get(keyOf(system, level, scope));
      if (!blocks) return [];
      const length = historyBlocks[level];
      const keptFrom = minuteOf(nowMs()) - days[level] * DAY_MINUTES - length;
      const first = Math.floor(Math.max(from, keptFrom) / length);
      const last = Math.ceil(to / length) - 1;
      return [...blocks.keys()]
        .filter((number) => number >= first && number <= last)
        .sort((one, other) => one - other)
        .flatMap((number) => blocks.get(number)?.points ?? [])
        .filter(({ at }) => at >= from && at < to)
        .map(({ at, figures, metric }) => ({
          ...{ scope, at, figures: figures && unpackFigures(figures) },
          metric: structuredClone(metric),
        }));
    },
  };
}

function kept({ at, figures, metric }: HistoryPoint): Kept {
  return { at, figures: figures && packFigures(figures), metric: structuredClone(metric) };
}
