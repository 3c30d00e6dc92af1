import { run } from './run.ts';
import { ownTerminal } from './terminal.ts';

// The program behind `npm run -s cli -- COMMAND`.

// Whoever reads standard output may stop reading: then there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await run(process.argv.slice(2), ownTerminal());
