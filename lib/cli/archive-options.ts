/** How `backup` and `restore` say which tables they mean. */
export const archiveOptions = {
  'state-table': { takes: 'NAME', summary: 'the table State of an environment of AWS' },
  'rollups-table': { takes: 'NAME', summary: 'its table Rollups' },
  local: { takes: 'URL', summary: 'a local cloud that runs, instead of both' },
} as const;
