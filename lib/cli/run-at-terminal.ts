import { askAtTerminal } from './ask-at-terminal.ts';
import { CommandError } from './command-error.ts';
import type { DeploySurroundings } from './deploy-environment.ts';

/** Runs a program with the arguments, the output and the terminal of this process, whose exit code is the program's; 2 for wrong arguments. */
export async function runAtTerminal(
  program: (args: readonly string[], surroundings: DeploySurroundings) => Promise<number>,
): Promise<void> {
  try {
    const surroundings = { print: console.log, env: process.env, ask: askAtTerminal() };
    process.exitCode = await program(process.argv.slice(2), surroundings);
  } catch (error) {
    // parseArgs throws TypeErrors that say what was wrong.
    if (!(error instanceof CommandError || error instanceof TypeError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
