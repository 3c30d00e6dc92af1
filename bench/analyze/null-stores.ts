import type { AlertMarks } from '../../lib/core/alert/alert-marks.ts';
import { noWatch } from '../../lib/core/detect/watch.ts';
import type { Batch } from '../../lib/core/model/batch.ts';
import type { Roster } from '../../lib/core/model/roster.ts';
import type { Minute } from '../../lib/core/model/time.ts';
import type { MinuteProgress } from '../../lib/ports/minute-log.ts';
import { fleetMinute } from './fleet-minute.ts';

/** Stores that give the job its input from memory and keep nothing that it does not need for its next run. */
export function nullStores(agents: number) {
  // One minute's, made before the run that is measured; older ones again when they are asked for.
  let batches: Batch[] = [];
  let [newest, fence] = [0, 0];
  let [roster, progress]: [Roster, MinuteProgress] = [
    new Map(),
    { doneThrough: null, chunks: 1, openDigests: {} } as MinuteProgress,
  ];
  let firstMinute: Minute | null = null;
  const saved = async () => true;
  const nothing = async () => {};
  const batchesOf = (minute: Minute) => fleetMinute(agents, minute, minute === firstMinute);
  return {
    prepare(minute: Minute) {
      firstMinute ??= minute;
      newest = minute;
      batches = batchesOf(minute);
    },
    journal: {
      read: async (_: string, bucket: Minute, known: ReadonlySet<string> = new Set()) => {
        if (known.size > 0 || firstMinute === null || bucket < firstMinute || bucket > newest) return [];
        const made = bucket === newest ? batches : [];
        if (bucket === newest) batches = [];
        return made.length > 0 ? made : batchesOf(bucket);
      },
      ...{ dirtyMarks: async () => [], clearDirty: nothing, markDirty: nothing, count: async () => new Map() },
      ...{ claim: async () => ({ contentHash: '', bucket: 0 }), has: async () => true },
      append: async () => 'stored' as const,
    },
    rollups: {
      ...{ read: async () => [], readClosed: async () => [], save: saved },
      ...{ readColumns: async () => [], readTasks: async () => [], readChunkColumns: async () => [] },
    },
    tiles: { read: async () => [], save: saved },
    ledger: { read: async () => [], set: saved, addUnjournaled: nothing },
    carry: { read: async () => ({ spans: [], points: [] }), save: saved },
    fleet: {
      systems: async () => [{ system: 'default', sinceMs: null }],
      knowSystem: nothing,
      roster: async () => roster,
      saveRoster: async (_: string, next: Roster) => {
        roster = next;
        return true;
      },
      ...{ saveChanges: nothing, changes: async () => [], forgotten: async () => new Map(), forget: nothing },
    },
    alerts: {
      ...{ open: async () => new Map(), save: saved, enter: nothing, history: async () => [], find: async () => null },
      ...{ groups: async () => new Map(), saveGroup: saved, deleteGroup: saved },
    },
    words: {
      ...{ silences: async () => [], saveSilence: nothing, marks: async () => new Map() },
      mark: async (_: string, __: string, change: (before: null) => AlertMarks) => change(null),
    },
    budgets: { list: async () => [] },
    watch: { read: async () => noWatch(), save: saved },
    directives: {
      ...{ open: async () => [], history: async () => [], find: async () => null, save: saved },
      ...{
        recent: async () => [],
        acknowledge: async () => null,
        rule: async () => null,
        version: async () => 1,
        bumpVersion: nothing,
      },
    },
    totals: { read: async () => null, save: saved },
    nameLimits: { pools: 100, taskTypes: 100 },
    audit: { write: nothing, read: async () => [] },
    policies: { read: async () => null, save: saved },
    poolSettings: { list: async () => [] },
    knowledge: {
      readLearned: async () => null,
      saveLearned: async () => true,
      ...{ imports: async () => [], notes: async () => [] },
    },
    plans: { readPlanHead: async () => null },
    recommendations: { open: async () => [] },
    metrics: { write: nothing, read: async () => [] },
    log: {
      take: async () => ({ fence: ++fence, progress }),
      saveProgress: async (_: string, next: MinuteProgress) => {
        progress = next;
        return true;
      },
      release: nothing,
      progress: async () => progress,
    },
  };
}
