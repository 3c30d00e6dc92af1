import type { MinuteLog, MinuteProgress, MinuteTurn } from '../../ports/minute-log.ts';
import { type Condition, type Item, type ItemTable, numberOf, textOf } from './item-table.ts';

const NEVER_RUN: MinuteProgress = { doneThrough: null, chunks: 1, openDigests: {} };

/** The minute job's lease and progress, one item a system in the State table. */
export function dynamoMinuteLog(table: ItemTable): MinuteLog {
  return {
    async take(system, owner, nowMs, untilMs) {
      const item = await table.update(keyOf(system), 'LOG', {
        set: { owner, until: untilMs, taken: nowMs, endedWell: 0 },
        add: { fence: 1 },
        condition: {
          expression: 'attribute_not_exists(pk) OR #until < :now OR #owner = :me',
          names: { '#until': 'until', '#owner': 'owner' },
          values: { ':now': nowMs, ':me': owner },
        },
      });
      return item && { fence: numberOf(item, 'fence'), progress: progressOf(item) };
    },

    async saveProgress(system, progress, fence) {
      const change = { set: { progress: JSON.stringify(progress) }, condition: heldUnder(fence) };
      return (await table.update(keyOf(system), 'LOG', change)) !== null;
    },

    async release(system, fence, endedWell = true) {
      const set = { until: 0, endedWell: endedWell ? 1 : 0 };
      await table.update(keyOf(system), 'LOG', { set, condition: heldUnder(fence) });
    },

    async progress(system) {
      const item = await table.get(keyOf(system), 'LOG');
      return item ? { ...progressOf(item), lastTurn: lastTurnOf(item) } : NEVER_RUN;
    },
  };
}

function keyOf(system: string): string {
  return `MINUTES#${system}`;
}

function heldUnder(fence: number): Condition {
  return { expression: '#fence = :fence', names: { '#fence': 'fence' }, values: { ':fence': fence } };
}

/** Items of earlier versions have no `taken`: their turn is the longest ago. */
function lastTurnOf(item: Item): MinuteTurn {
  return { owner: textOf(item, 'owner'), takenMs: Number(item['taken'] ?? 0), endedWell: item['endedWell'] === 1 };
}

function progressOf(item: Item): MinuteProgress {
  const progress = item['progress'];
  return typeof progress === 'string' ? (JSON.parse(progress) as MinuteProgress) : NEVER_RUN;
}
