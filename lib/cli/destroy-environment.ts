import { CommandError } from './command-error.ts';
import type { DeploySurroundings } from './deploy-environment.ts';
import { readEnvironment } from './read-environment.ts';
import { readEnvironmentArguments } from './read-environment-arguments.ts';
import { runCdk } from './run-cdk.ts';

const USAGE = 'npm run destroy -- ENV [--yes] [-- options of cdk destroy]';

/**
 * Takes an environment that keeps no data away, with all that is in it.
 * @returns the exit code: 1 when nobody agreed, else that of `cdk destroy`
 * @throws CommandError for one that keeps its data
 */
export async function destroyEnvironment(
  args: readonly string[],
  { print, env: surroundings, ask }: DeploySurroundings,
) {
  const { env, yes, forCdk } = readEnvironmentArguments(args, USAGE);
  const environment = await readEnvironment(env);
  if (environment.status === 'invalid') throw new CommandError(environment.because);
  if (environment.config.retainData) {
    throw new CommandError(
      `${env} keeps its data (retainData in infra/config/${env}.ts), and its stacks are protected: docs/operations/teardown.md says how to take it away`,
    );
  }
  if (!yes) {
    if (!ask) throw new CommandError('there is no terminal to ask at: add --yes to destroy without being asked');
    const said = await ask(`this deletes ${env} with its keys, figures and alerts for good; type ${env} to go on: `);
    if (said !== env) {
      print(`${env} stays`);
      return 1;
    }
  }
  return runCdk(['destroy', '--all', '--force', '-c', `env=${env}`, ...forCdk], surroundings);
}
