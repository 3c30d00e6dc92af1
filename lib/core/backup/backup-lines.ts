import { type ArchivedItem, type ArchivedTable, archivedTables, type ItemKey } from './archived-item.ts';
import { BackupError } from './backup-error.ts';

const FORMAT = 'fleetpulse-backup';
/** Of the lines, not of what the items hold: that is restored as it was. */
export const BACKUP_VERSION = 1;

/** The first line. */
export interface BackupHead {
  format: typeof FORMAT;
  version: typeof BACKUP_VERSION;
  /** When the minute job began to wait: the moment that the backup is of. */
  takenAt: string;
  /** The names of the tables that were read. */
  tables: Record<ArchivedTable, string>;
  systems: string[];
}

/** The last line, without which there is no backup. */
export interface BackupEnd {
  items: Record<ArchivedTable, number>;
  /** Items of the Rollups table above that are not part of the backup: they came while it was read. */
  leftOut: ItemKey[];
  /** SHA-256 of all lines before this one, each with its line break, in hexadecimal. */
  sha256: string;
}

/** What a line in between holds: one item. */
export interface BackupItem {
  table: ArchivedTable;
  item: ArchivedItem;
}

export function backupHead(head: Omit<BackupHead, 'format' | 'version'>): BackupHead {
  return { format: FORMAT, version: BACKUP_VERSION, ...head };
}

export function itemLine({ table, item }: BackupItem): string {
  return JSON.stringify([table, item]);
}

export function endLine(end: BackupEnd): string {
  return JSON.stringify({ end });
}

/** @throws BackupError when the line begins no backup, or one that this version cannot read */
export function readHead(line: string | undefined): BackupHead {
  const head = parsed(line ?? '') as Partial<Record<keyof BackupHead, unknown>> | null;
  if (head?.format !== FORMAT) {
    throw new BackupError('not-a-backup', `the file is not a backup: its first line has no "format":"${FORMAT}"`);
  }
  if (head.version !== BACKUP_VERSION) {
    throw new BackupError(
      'newer',
      `the backup is of version ${String(head.version)}, and this program reads version ${BACKUP_VERSION}: restore it with the version of Fleetpulse that wrote it, or a later one`,
    );
  }
  return head as BackupHead;
}

/** @throws BackupError when the line is neither an item nor the end */
export function readLine(line: string, number: number): BackupItem | { end: BackupEnd } {
  const content = parsed(line);
  if (Array.isArray(content)) {
    const [table, item] = content as [unknown, unknown];
    const known = archivedTables.find((it) => it === table);
    if (known && typeof item === 'object' && item !== null) return { table: known, item: item as ArchivedItem };
  } else if (typeof content === 'object' && content !== null && 'end' in content) {
    return content as { end: BackupEnd };
  }
  throw new BackupError('torn', `line ${number} of the backup is damaged: use another backup`);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
