import { archiveOptions } from '../archive-options.ts';
import { type CommandDeclaration, jsonOption } from '../command.ts';

export const backupCommand = {
  name: 'backup',
  group: 'Environments and their data',
  summary: 'write what the tables hold into one file, while work goes on',
  about: [
    'The minute job waits meanwhile. Ctrl-C lets it go on first; a second one ends at once, and then it waits for three minutes at most. How far it has come is told on standard error.',
  ],
  options: {
    to: {
      takes: 'FILE|DIRECTORY',
      summary: 'where the file is written; a name is made in a directory',
      required: true,
    },
    ...archiveOptions,
    'hold-minutes': { takes: 'MINUTES', summary: 'how long the minute job waits at most', default: '15' },
    ...jsonOption,
  },
  examples: [
    { args: '--local http://127.0.0.1:8787 --to backups/', does: 'of a local cloud that runs' },
    { args: '--state-table STATE --rollups-table ROLLUPS --to backups/', does: 'of AWS, with your credentials' },
  ],
  page: 'docs/operations/backup-and-restore.md',
} as const satisfies CommandDeclaration;
