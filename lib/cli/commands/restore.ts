import { archiveOptions } from '../archive-options.ts';
import { type CommandDeclaration, jsonOption } from '../command.ts';

export const restoreCommand = {
  name: 'restore',
  group: 'Environments and their data',
  summary: 'write a backup into an environment that nobody has reported to',
  options: {
    from: { takes: 'FILE', summary: 'a file that backup wrote', required: true },
    ...archiveOptions,
    overwrite: { summary: 'delete what is there first, whoever has reported' },
    ...jsonOption,
  },
  examples: [
    { args: '--local http://127.0.0.1:8787 --from FILE', does: 'into a local cloud that runs' },
    { args: '--state-table STATE --rollups-table ROLLUPS --from FILE', does: 'into AWS, with your credentials' },
  ],
  page: 'docs/operations/backup-and-restore.md',
} as const satisfies CommandDeclaration;
