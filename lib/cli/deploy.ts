import { askAtTerminal } from './ask-at-terminal.ts';
import { CommandError } from './command-error.ts';
import { deployEnvironment } from './deploy-environment.ts';

// The program behind `npm run deploy -- ENV`.

try {
  const surroundings = { print: console.log, env: process.env, ask: askAtTerminal() };
  process.exitCode = await deployEnvironment(process.argv.slice(2), surroundings);
} catch (error) {
  // parseArgs throws TypeErrors that say what was wrong.
  if (!(error instanceof CommandError || error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
