import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { restore as restoreTables } from '../app/restore.ts';
import { BackupError } from '../core/backup/backup-error.ts';
import { archiveNamed } from './archive-named.ts';
import { CommandError } from './command-error.ts';
import { restoreCommand } from './commands/restore.ts';
import { asJson } from './figure.ts';
import { readCommand } from './read-command.ts';
import { tellingProgress } from './telling-progress.ts';

export interface RestoreStreams {
  print: (line: string) => void;
  tell: (line: string) => void;
  nowMs: () => number;
}

/** `cli restore --from FILE`: writes a backup into the tables of an environment that nobody has reported to. */
export async function restore(args: string[], { print, tell, nowMs }: RestoreStreams): Promise<void> {
  const { options: values } = readCommand(restoreCommand, args);
  const { from, overwrite } = values;
  const deps = await archiveNamed(values);
  try {
    const { head, items, expired, deleted, keysKept } = await restoreTables(deps, {
      read: () => linesOf(from),
      overwrite,
      tell: tellingProgress(tell, nowMs, 'written'),
    });
    if (values.json) {
      print(asJson({ takenAt: head.takenAt, items, expired, deleted, keysKept }));
      return;
    }
    if (deleted > 0) print(`${deleted} items that were there are deleted`);
    print(`${items.state} items of State and ${items.rollups} of Rollups are restored, as of ${head.takenAt}`);
    if (expired > 0) print(`${expired} items have passed their time to live since and were left out`);
    if (keysKept > 0) print('API keys that were there stay as they are');
    print('keys that were revoked, and settings that were changed, after that moment are as they were at it');
  } catch (error) {
    if (error instanceof BackupError) throw new CommandError(error.message);
    throw error;
  }
}

async function* linesOf(file: string): AsyncIterable<string> {
  const raw = createReadStream(file);
  const unpacked = raw.pipe(createGunzip());
  let failure: Error | undefined;
  for (const stream of [raw, unpacked]) {
    stream.once('error', (error: Error) => {
      failure = error;
      unpacked.destroy();
    });
  }
  for await (const line of createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  if (failure) throw new CommandError(`--from ${file} cannot be read to its end: ${failure.message}`);
}
