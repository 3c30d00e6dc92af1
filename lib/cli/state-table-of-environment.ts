import { cloudAccount } from '../aws/operator-deps.ts';
import { accessProblem } from '../doctor/access-problem.ts';
import { stackPrefix, stateTableOf } from '../doctor/state-table.ts';
import { CommandError } from './command-error.ts';
import { readEnvironment } from './read-environment.ts';
import { surroundingRegion } from './surrounding-region.ts';

/** @throws CommandError where the environment is unknown or not deployed, or AWS refuses */
export async function stateTableOfEnvironment(env: string): Promise<string> {
  const environment = await readEnvironment(env);
  if (environment.status === 'invalid') throw new CommandError(environment.because);
  const { account, region } = environment.config;
  const cloud = cloudAccount(region ?? surroundingRegion(process.env));
  const stack = await refusedInWords(async () => {
    const { account: own } = await cloud.identity();
    if (account !== undefined && account !== own) {
      throw new CommandError(
        `the AWS credentials are for account ${own}, and ${env} is in account ${account}: use a profile of that account (AWS_PROFILE)`,
      );
    }
    return cloud.stack(`${stackPrefix(env)}State`);
  });
  const found = stateTableOf(env, stack);
  if (found.status === 'missing') throw new CommandError(found.because);
  return found.table;
}

async function refusedInWords<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { says, fix } = accessProblem(error);
    throw new CommandError(`${says}: ${fix}`);
  }
}
