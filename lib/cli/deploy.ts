import { deployEnvironment } from './deploy-environment.ts';
import { runAtTerminal } from './run-at-terminal.ts';

// The program behind `npm run deploy -- ENV`.

await runAtTerminal(deployEnvironment);
