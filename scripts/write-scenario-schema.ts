import { writeFileSync } from 'node:fs';
import { scenarioJsonSchema } from '../lib/sim/scenario/scenario-document.ts';

// The program behind `npm run scenario-schema`.

writeFileSync(
  new URL('../docs/scenario.schema.json', import.meta.url),
  `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`,
);
