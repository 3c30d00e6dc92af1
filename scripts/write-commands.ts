import { writeFileSync } from 'node:fs';
import { commandDocument } from '../lib/cli/command-document.ts';
import { commands } from '../lib/cli/registry.ts';

// The program behind `npm run commands`.

const declarations = commands.map(({ declaration }) => declaration);
writeFileSync(new URL('../docs/cli.md', import.meta.url), commandDocument(declarations));
