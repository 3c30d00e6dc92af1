import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cloudAccount } from '../aws/operator-deps.ts';
import { accessProblem } from '../doctor/access-problem.ts';
import { nextSteps } from '../doctor/next-steps.ts';
import { findingLines } from '../doctor/report-lines.ts';
import { stackPrefix } from '../doctor/state-table.ts';
import { CommandError } from './command-error.ts';
import { examine } from './doctor.ts';
import { readEnvironment } from './read-environment.ts';
import { readEnvironmentArguments } from './read-environment-arguments.ts';
import { runCdk } from './run-cdk.ts';
import { surroundingRegion } from './surrounding-region.ts';

const COMMAND_LINE = fileURLToPath(new URL('main.ts', import.meta.url));
/** For how large a fleet it says what an environment costs: what it costs idle is told beside it. */
const TOLD_FOR_AGENTS = 1_000;
const USAGE = 'npm run deploy -- ENV [--yes] [-- options of cdk deploy]';

export interface DeploySurroundings {
  print: (line: string) => void;
  env: Readonly<Record<string, string | undefined>>;
  /** null where nobody can be asked. */
  ask: ((question: string) => Promise<string>) | null;
}

/**
 * Examines an environment, says what it costs, asks, deploys it, and says what to do next.
 * @returns the exit code: 1 when something would have made it fail, or nobody agreed, else that of `cdk deploy`
 */
export async function deployEnvironment(
  args: readonly string[],
  { print, env: surroundings, ask }: DeploySurroundings,
) {
  const { env, yes, forCdk } = readEnvironmentArguments(args, USAGE);
  const { findings } = await examine(env, surroundings);
  for (const line of findingLines(findings)) print(line);
  if (findings.some(({ status }) => status === 'failed')) {
    print(`\n${env} is not deployed: put right what failed`);
    return 1;
  }
  print(`\n${await costOf(env, surroundings)}\n`);
  if (!yes) {
    if (!ask) throw new CommandError('there is no terminal to ask at: add --yes to deploy without being asked');
    const said = await ask(`deploy ${env}? [y/N] `);
    if (!/^y(es)?$/i.test(said)) {
      print(`${env} is not deployed`);
      return 1;
    }
  }
  // Who has agreed here is not asked again for each stack.
  const approval = forCdk.some((one) => one.startsWith('--require-approval')) ? [] : ['--require-approval', 'never'];
  const code = await runCdk(['deploy', '--all', '-c', `env=${env}`, ...approval, ...forCdk], surroundings);
  if (code !== 0) {
    print(`\ncdk deploy ended with ${code}: npm run -s cli -- doctor --env ${env} tells what state the stacks are in`);
    return code;
  }
  for (const line of ['', ...(await stepsAfter(env, surroundings))]) print(line);
  return 0;
}

/** By a process of its own, so that deploying does not depend on it. */
async function costOf(env: string, surroundings: DeploySurroundings['env']): Promise<string> {
  try {
    const args = ['cost', '--agents', String(TOLD_FOR_AGENTS), '--env', env];
    const asked = promisify(execFile)(process.execPath, [COMMAND_LINE, ...args], { env: { ...surroundings } });
    return (await asked).stdout.trimEnd();
  } catch {
    return `what ${env} costs is not known: npm run -s cli -- cost --agents N --env ${env} says why`;
  }
}

/** It is deployed by now: what cannot be read any more fails nothing. */
async function stepsAfter(env: string, surroundings: DeploySurroundings['env']): Promise<string[]> {
  const environment = await readEnvironment(env);
  const configured = environment.status === 'valid' ? environment.config.region : undefined;
  const region = configured ?? surroundingRegion(surroundings);
  try {
    return nextSteps(env, await cloudAccount(region).stacks(stackPrefix(env)));
  } catch (error) {
    return [`${env} is deployed; its outputs cannot be read: ${accessProblem(error).says}`];
  }
}
