import type { PartKind } from '../model/event.ts';
import type { CauseWindow, PartCell } from './cause-input.ts';

/** What a change of the mean service time lies in: tools, models, waiting, or the agents' own work. */
export interface Layer {
  layer: PartKind | 'rest';
  /** By how much longer a task takes in it, µs; below 0 for shorter. */
  deltaUs: number;
  /** Of the whole change; null where the mean did not change. */
  share: number | null;
}

/**
 * Splits the change of the mean service time of a task into its layers; they add up to the whole.
 * @returns the largest change first; nothing where one of the windows has no timed task
 */
export function layersOf(now: CauseWindow, before: CauseWindow): Layer[] {
  const [tasksNow, tasksBefore] = [timed(now), timed(before)];
  if (tasksNow === 0 || tasksBefore === 0) return [];
  const whole = service(now) / tasksNow - service(before) / tasksBefore;
  const kinds = ['tool', 'model', 'wait'] as const;
  const ofKinds = kinds.map((kind) => ({
    layer: kind,
    deltaUs: timeIn(now, kind) / tasksNow - timeIn(before, kind) / tasksBefore,
  }));
  const rest = whole - ofKinds.reduce((sum, { deltaUs }) => sum + deltaUs, 0);
  return [...ofKinds, { layer: 'rest' as const, deltaUs: rest }]
    .map((layer) => ({ ...layer, share: whole === 0 ? null : layer.deltaUs / whole }))
    .sort((a, b) => Math.abs(b.deltaUs) - Math.abs(a.deltaUs));
}

/** How a tool or model changed for those who call it. */
export interface PartChange {
  kind: PartKind;
  name: string;
  calls: number;
  /** Failed calls, or µs, beyond what each caller's own past lets expect. */
  excess: number;
  /** Callers with calls enough in both windows, and those of them for whom it got at least half as much worse. */
  callers: string[];
  worseFor: string[];
}

/** A caller with fewer calls does not tell. */
const FEWEST_CALLS = 5;

export function partChanges(now: CauseWindow, before: CauseWindow, measure: 'bad' | 'time'): PartChange[] {
  const past = Map.groupBy(before.parts, partKey);
  const perTask = timed(before) === 0 ? 1 : timed(now) / timed(before);
  return [...Map.groupBy(now.parts, partKey)].map(([key, cells]): PartChange => {
    const { kind, name } = cells[0] as PartCell;
    const earlier = past.get(key) ?? [];
    const byAgent = new Map(earlier.map((cell) => [cell.agent, cell]));
    const [allCalls, allFailed] = [sum(earlier, ({ calls }) => calls), sum(earlier, ({ failed }) => failed)];
    const rateOf = (cell: PartCell | undefined) => {
      const typical = (allFailed + 0.5) / (allCalls + 1);
      return ((cell?.failed ?? 0) + 20 * typical) / ((cell?.calls ?? 0) + 20);
    };
    const excess =
      measure === 'bad'
        ? sum(cells, (cell) => cell.failed - cell.calls * rateOf(byAgent.get(cell.agent)))
        : sum(cells, ({ durationUs }) => durationUs) - perTask * sum(earlier, ({ durationUs }) => durationUs);
    const worse = cells.flatMap((cell) => {
      const its = byAgent.get(cell.agent);
      if (cell.calls < FEWEST_CALLS || !its || its.calls < FEWEST_CALLS) return [];
      const by =
        measure === 'bad'
          ? cell.failed / cell.calls - rateOf(its)
          : Math.log(cell.durationUs / cell.calls) - Math.log(its.durationUs / its.calls);
      return { agent: cell.agent, calls: cell.calls, by };
    });
    const typical =
      sum(worse, ({ calls, by }) => calls * by) /
      Math.max(
        1,
        sum(worse, ({ calls }) => calls),
      );
    const isWorse = ({ by }: { by: number }) => by > 0 && by >= typical / 2;
    return {
      ...{ kind, name, excess, calls: sum(cells, ({ calls }) => calls) },
      callers: worse.map(({ agent }) => agent),
      worseFor: worse.filter(isWorse).map(({ agent }) => agent),
    };
  });
}

function partKey({ kind, name }: PartCell): string {
  return `${kind}\n${name}`;
}

function timed({ cells }: CauseWindow): number {
  return sum(cells, (cell) => cell.timed);
}

function service({ cells }: CauseWindow): number {
  return sum(cells, ({ serviceUs }) => serviceUs);
}

function timeIn({ parts }: CauseWindow, of: PartKind): number {
  return sum(parts, ({ kind, durationUs }) => (kind === of ? durationUs : 0));
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
