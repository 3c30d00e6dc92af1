import type { DeployedStack } from '../ports/cloud-account.ts';

/** Stacks of one environment begin with this; the rest of the name is what the code calls them. */
export function stackPrefix(env: string): string {
  return `Fleetpulse-${env}-`;
}

/** Where the State table of an environment is told: an output of its stack. */
export const STATE_TABLE_OUTPUT = 'StateTableName';

export type StateTable = { status: 'found'; table: string } | { status: 'missing'; because: string };

/** @param stack null where the environment is not deployed */
export function stateTableOf(env: string, stack: DeployedStack | null): StateTable {
  const name = `${stackPrefix(env)}State`;
  if (!stack) {
    return {
      status: 'missing',
      because: `there is no stack ${name} in this account and region: deploy it (npm run deploy -- ${env}), or see which account and region the credentials are for (npm run -s cli -- doctor --env ${env})`,
    };
  }
  const table = stack.outputs[STATE_TABLE_OUTPUT];
  if (table) return { status: 'found', table };
  return {
    status: 'missing',
    because: `stack ${name} (${stack.status}) has no output ${STATE_TABLE_OUTPUT}: deploy it again (npm run deploy -- ${env}), or name the table with --table`,
  };
}
