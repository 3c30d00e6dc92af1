import {
  type ArchivedItem,
  type ArchivedTable,
  archivedTables,
  isExpired,
  keyIn,
} from '../core/backup/archived-item.ts';
import { BackupError } from '../core/backup/backup-error.ts';
import { backupHead, endLine, itemLine } from '../core/backup/backup-lines.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { JournalCut, TableArchive } from '../ports/table-archive.ts';
import { HeldMinuteJob, type HoldDeps } from './hold-minute-job.ts';

export interface BackUpDeps extends HoldDeps {
  fleet: Pick<FleetStore, 'systems'>;
  tables: Record<ArchivedTable, TableArchive>;
  tableNames: Record<ArchivedTable, string>;
  cut: JournalCut;
  /** Digest of what it was fed with. */
  newDigest: () => { feed: (text: string) => void; hex: () => string };
  uniqueId: () => string;
}

export interface BackUpOptions {
  /** Takes one line, without its line break. */
  write: (line: string) => Promise<void>;
  /** Whether it should end now, without a backup. */
  isStopped: () => boolean;
  /** How long the minute job may wait. */
  longestHoldMs: number;
  tell: (progress: { table: ArchivedTable; items: number }) => void;
}

export interface BackUpSummary {
  takenMs: EpochMs;
  heldMs: number;
  items: Record<ArchivedTable, number>;
  expired: number;
}

/**
 * Writes all items of both tables as lines, while events are taken in. The tables cannot be read at one moment, so the
 * minute job waits until they are read, and batches that are not complete when it begins to are left out: what is written
 * is what the tables hold at that moment. See docs/decisions/backup.md.
 * @throws BackupError when they changed under the reader's hands all the same; what was written by then is no backup
 */
export async function backUp(deps: BackUpDeps, options: BackUpOptions): Promise<BackUpSummary> {
  const systems = await deps.fleet.systems();
  const names = systems.map(({ system }) => system);
  const held = await HeldMinuteJob.take(deps, names, `backup ${deps.uniqueId()}`);
  try {
    const takenMs = deps.nowMs();
    const stands = systems.map(async (known) => {
      const { doneThrough } = await deps.log.progress(known.system);
      return { ...known, doneThrough };
    });
    await deps.cut.begin(await Promise.all(stands));
    const digest = deps.newDigest();
    const write = (line: string) => {
      digest.feed(`${line}\n`);
      return options.write(line);
    };
    const takenAt = new Date(takenMs).toISOString();
    await write(JSON.stringify(backupHead({ takenAt, tables: deps.tableNames, systems: names })));
    const items: Record<ArchivedTable, number> = { state: 0, rollups: 0 };
    let expired = 0;
    for (const table of archivedTables) {
      const isKept = (item: ArchivedItem) => table !== 'rollups' || deps.cut.keeps(keyIn(item));
      await deps.tables[table].scan(async (page) => {
        if (options.isStopped()) throw new BackupError('stopped', 'stopped: there is no backup');
        refuseLongHold(deps.nowMs() - takenMs, options.longestHoldMs);
        await held.keep();
        for (const item of page) {
          if (isExpired(item, takenMs)) expired += 1;
          else if (isKept(item)) {
            items[table] += 1;
            await write(itemLine({ table, item }));
          }
        }
        options.tell({ table, items: items[table] });
      });
    }
    const leftOut = await deps.cut.end();
    await refuseNewSystems(deps, names);
    await held.confirm();
    await options.write(endLine({ items, leftOut, sha256: digest.hex() }));
    return { takenMs, heldMs: Math.max(0, deps.nowMs() - takenMs), items, expired };
  } finally {
    await held.release();
  }
}

function refuseLongHold(heldMs: number, longestMs: number): void {
  if (heldMs <= longestMs) return;
  const minutes = (longestMs / 60_000).toFixed(0);
  throw new BackupError(
    'busy',
    `the tables could not be read within ${minutes} minutes, and alerts wait for as long: allow more with --hold-minutes, run it nearer to the tables, or use AWS Backup (docs/operations/backup-and-restore.md)`,
  );
}

/** The minute job of a system that reports for the first time does not wait. */
async function refuseNewSystems({ fleet }: BackUpDeps, names: readonly string[]): Promise<void> {
  const fresh = (await fleet.systems()).filter(({ system }) => !names.includes(system));
  if (fresh.length === 0) return;
  const named = fresh.map(({ system }) => system).join(', ');
  throw new BackupError('new-system', `a system appeared while the tables were read (${named}): try again`);
}
