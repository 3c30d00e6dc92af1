import { spawn } from 'node:child_process';
import { CommandError } from './command-error.ts';

/**
 * Runs the CDK command line that PATH has, which by npm is the project's own, at this terminal.
 * @returns its exit code
 * @throws CommandError where there is none
 */
export function runCdk(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('cdk', args, { stdio: 'inherit', env: { ...env } });
    child.once('error', (error) => {
      reject(new CommandError(`cdk cannot be run (${error.message}): run this by npm, after npm ci`));
    });
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
}
