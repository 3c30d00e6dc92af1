import { destroyEnvironment } from './destroy-environment.ts';
import { runAtTerminal } from './run-at-terminal.ts';

// The program behind `npm run destroy -- ENV`.

await runAtTerminal(destroyEnvironment);
