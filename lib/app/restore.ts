import {
  type ArchivedItem,
  type ArchivedTable,
  archivedTables,
  type ItemKey,
  isExpired,
  keyIn,
  keyText,
} from '../core/backup/archived-item.ts';
import { BackupError } from '../core/backup/backup-error.ts';
import { type BackupEnd, type BackupHead, readHead, readLine } from '../core/backup/backup-lines.ts';
import type { ItemRoles } from '../ports/item-roles.ts';
import type { TableArchive } from '../ports/table-archive.ts';
import type { BackUpDeps } from './back-up.ts';
import { HeldMinuteJob } from './hold-minute-job.ts';

const WRITTEN_TOGETHER = 400;

export interface RestoreDeps extends Omit<BackUpDeps, 'cut' | 'fleet'> {
  roles: ItemRoles;
}

export interface RestoreOptions {
  /** The lines of a backup from the first on, as often as they are asked for. */
  read: () => AsyncIterable<string>;
  /** Whether to take away what is in the tables. */
  overwrite: boolean;
  tell: (progress: { table: ArchivedTable; items: number }) => void;
}

export interface RestoreSummary {
  head: BackupHead;
  items: Record<ArchivedTable, number>;
  /** What has passed its time to live since. */
  expired: number;
  /** API keys that were there and stay as they are. */
  keysKept: number;
  deleted: number;
}

/**
 * Writes a backup into tables that nobody has reported to. The whole of it is checked before anything is written. The
 * minute job of its systems waits, and begins where it stood when the backup was taken.
 * @throws BackupError when the backup is damaged, or when the tables are in use
 */
export async function restore(deps: RestoreDeps, options: RestoreOptions): Promise<RestoreSummary> {
  const { head, end } = await verify(deps, options.read());
  const there = await lookAround(deps);
  if (there.isInUse && !options.overwrite) {
    throw new BackupError(
      'not-empty',
      `${Object.values(deps.tableNames).join(' and ')} are in use: restore into another environment, or take away what is in them with --overwrite`,
    );
  }
  const systems = [...new Set([...head.systems, ...there.systems])];
  const held = await HeldMinuteJob.take(deps, systems, `restore ${deps.uniqueId()}`);
  try {
    const deleted = options.overwrite ? await clear(deps, held) : 0;
    const leftOut = new Set(end.leftOut.map(keyText));
    const nowMs = deps.nowMs();
    const summary = { head, items: { state: 0, rollups: 0 }, expired: 0, keysKept: there.keys.size, deleted };
    const [logs, known]: [ArchivedItem[], ArchivedItem[]] = [[], []];
    const some: Record<ArchivedTable, ArchivedItem[]> = { state: [], rollups: [] };
    const flush = async (table: ArchivedTable) => {
      await held.keep();
      await deps.tables[table].put(some[table]);
      summary.items[table] += some[table].length;
      some[table] = [];
      options.tell({ table, items: summary.items[table] });
    };
    for await (const { table, item } of itemsOf(options.read())) {
      const key = keyIn(item);
      if (table === 'rollups' && leftOut.has(keyText(key))) continue;
      if (table === 'state' && there.keys.has(keyText(key))) continue;
      if (isExpired(item, nowMs)) summary.expired += 1;
      else if (table === 'state' && deps.roles.isMinuteLog(key)) logs.push(item);
      else if (table === 'state' && deps.roles.isSystem(key)) known.push(item);
      else if (some[table].push(item) === WRITTEN_TOGETHER) await flush(table);
    }
    for (const table of archivedTables) await flush(table);
    await held.confirm();
    // Last: with its log the minute job goes on, and all that it builds on must be there. A restore that stops before leaves
    // tables of which no system is known, so that it can be repeated.
    await deps.tables.state.put(logs.map((log) => deps.roles.freed(log)));
    await deps.tables.state.put(known);
    summary.items.state += logs.length + known.length;
    return summary;
  } finally {
    await held.release();
  }
}

/** @throws BackupError unless every line is there as it was written */
async function verify(
  { newDigest }: Pick<RestoreDeps, 'newDigest'>,
  lines: AsyncIterable<string>,
): Promise<{ head: BackupHead; end: BackupEnd }> {
  const digest = newDigest();
  const counted: Record<ArchivedTable, number> = { state: 0, rollups: 0 };
  let [head, end]: [BackupHead | null, BackupEnd | null] = [null, null];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (end) throw new BackupError('torn', `line ${number} of the backup comes after its end: use another backup`);
    if (head === null) head = readHead(line);
    else {
      const read = readLine(line, number);
      if ('end' in read) end = read.end;
      else counted[read.table] += 1;
    }
    if (!end) digest.feed(`${line}\n`);
  }
  if (head === null) readHead(undefined);
  if (head === null || end === null) {
    throw new BackupError('torn', `the backup ends at line ${number} without its last line: use another backup`);
  }
  for (const table of archivedTables) {
    if (counted[table] === end.items[table]) continue;
    const message = `the backup has ${counted[table]} items of ${table} where ${end.items[table]} were written: use another backup`;
    throw new BackupError('torn', message);
  }
  if (digest.hex() !== end.sha256) {
    throw new BackupError('torn', 'the backup is not as it was written (its checksum differs): use another backup');
  }
  return { head, end };
}

async function* itemsOf(lines: AsyncIterable<string>) {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (number === 1) continue;
    const read = readLine(line, number);
    if (!('end' in read)) yield read;
  }
}

/** Whether anybody has reported to these tables, which systems they know, and the keys that work already. */
async function lookAround({ tables, roles }: RestoreDeps) {
  const found = { isInUse: false, systems: [] as string[], keys: new Set<string>() };
  await tables.state.scanKeys(async (page) => {
    for (const item of page) {
      const key = keyIn(item);
      const known = roles.systemIn(item);
      if (known) {
        found.systems.push(known.system);
        if (known.hasReported) found.isInUse = true;
      }
      if (roles.isApiKey(key)) found.keys.add(keyText(key));
    }
  }, roles.attributes);
  await tables.rollups.scanKeys(async (page) => {
    if (page.some((item) => roles.isHistory(keyIn(item)))) found.isInUse = true;
  });
  return found;
}

/** Takes away everything but API keys, the audit log, and the leases of the minute job. */
async function clear({ tables, roles }: RestoreDeps, held: HeldMinuteJob): Promise<number> {
  let deleted = 0;
  const clearTable = async (table: TableArchive, stays: (key: ItemKey) => boolean) => {
    await table.scanKeys(async (page) => {
      await held.keep();
      const keys = page.map(keyIn).filter((key) => !stays(key));
      await table.delete(keys);
      deleted += keys.length;
    });
  };
  await clearTable(
    tables.state,
    (key) => roles.isApiKey(key) || roles.isAudit(key) || roles.isMinuteLog(key) || roles.isSystem(key),
  );
  await clearTable(tables.rollups, () => false);
  return deleted;
}
