import { type ArchiveAccess, archiveDeps } from '../aws/deps.ts';
import { isJsonObject } from '../local/json.ts';
import { CommandError } from './command-error.ts';

/** Of deployed tables, with the AWS credentials of the shell; or of a local cloud that runs. */
export async function archiveNamed(values: {
  'state-table'?: string | undefined;
  'rollups-table'?: string | undefined;
  local?: string | undefined;
}): Promise<ReturnType<typeof archiveDeps>> {
  const { 'state-table': state, 'rollups-table': rollups, local } = values;
  if (local !== undefined) {
    if (state !== undefined || rollups !== undefined) {
      throw new CommandError('--local finds the tables by itself: leave out --state-table and --rollups-table');
    }
    return archiveDeps(await accessToLocal(local));
  }
  if (state === undefined || rollups === undefined) {
    throw new CommandError(
      'name the tables with --state-table and --rollups-table (docs/operations/backup-and-restore.md says where they stand), or a local cloud with --local http://127.0.0.1:8787',
    );
  }
  return archiveDeps({ state, rollups });
}

async function accessToLocal(url: string): Promise<ArchiveAccess> {
  const address = `${url.replace(/\/+$/, '')}/_local/tables`;
  let found: unknown;
  try {
    const response = await fetch(address);
    found = await response.json();
  } catch {
    throw new CommandError(`--local ${url}: no local cloud answers at ${address}; start it with npm start`);
  }
  const { names, ...endpoint } = found as { names?: Record<string, string> } & Record<string, string>;
  const [state, rollups] = [names?.['State'], names?.['Rollups']];
  const { endpoint: at, region, accessKeyId, secretAccessKey } = endpoint;
  if (!isJsonObject(found as never) || !state || !rollups || !at || !region || !accessKeyId || !secretAccessKey) {
    throw new CommandError(`--local ${url}: what answers at ${address} is not a local cloud of Fleetpulse`);
  }
  return { state, rollups, endpoint: { url: at, region, accessKeyId, secretAccessKey } };
}
