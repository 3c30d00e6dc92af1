import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { backUp } from '../app/back-up.ts';
import { BackupError } from '../core/backup/backup-error.ts';
import { archiveNamed } from './archive-named.ts';
import { CommandError } from './command-error.ts';
import { backupCommand } from './commands/backup.ts';
import { asJson } from './figure.ts';
import { readCommand } from './read-command.ts';
import { tellingProgress } from './telling-progress.ts';

export interface BackupStreams {
  print: (line: string) => void;
  tell: (line: string) => void;
  isStopped: () => boolean;
  nowMs: () => number;
}

/**
 * `cli backup --to FILE|DIRECTORY`: writes what the tables hold into one file. The file has its name only when it is
 * complete.
 */
export async function backup(args: string[], { print, tell, isStopped, nowMs }: BackupStreams): Promise<void> {
  const { options: values } = readCommand(backupCommand, args);
  const { to } = values;
  const holdMinutes = Number(values['hold-minutes']);
  if (!(holdMinutes > 0)) {
    throw new CommandError(`--hold-minutes must be a number above 0; got ${values['hold-minutes']}`);
  }
  const deps = await archiveNamed(values);
  const file = existsSync(to) && statSync(to).isDirectory() ? join(to, fileName(nowMs())) : to;
  if (existsSync(file)) throw new CommandError(`--to ${file}: the file is there already; name another`);
  const unfinished = `${file}.unfinished`;
  const gzip = createGzip();
  const out = createWriteStream(unfinished, { mode: 0o600 });
  const written = finished(out);
  // Told by the writes that follow, and by the wait for the end.
  written.catch(() => undefined);
  gzip.pipe(out);
  try {
    const { items, takenMs, heldMs, expired } = await backUp(deps, {
      write: (line) => writeLine(gzip, line),
      isStopped,
      longestHoldMs: holdMinutes * 60_000,
      tell: tellingProgress(tell, nowMs, 'read'),
    });
    gzip.end();
    await written;
    renameSync(unfinished, file);
    if (values.json) {
      print(asJson({ file, items, takenAt: new Date(takenMs).toISOString(), heldMs, expired }));
      return;
    }
    print(
      `${file}: ${items.state} items of State and ${items.rollups} of Rollups, as of ${new Date(takenMs).toISOString()}`,
    );
    if (expired > 0) print(`${expired} items past their time to live were left out`);
    print(`the minute job waited for ${(heldMs / 1_000).toFixed(0)} s and goes on now`);
  } catch (error) {
    gzip.destroy();
    out.destroy();
    rmSync(unfinished, { force: true });
    if (error instanceof BackupError) throw new CommandError(error.message);
    throw error;
  }
}

function writeLine(gzip: ReturnType<typeof createGzip>, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    gzip.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

function fileName(nowMs: number): string {
  return `fleetpulse-${new Date(nowMs).toISOString().replaceAll(':', '-').slice(0, 19)}.jsonl.gz`;
}
