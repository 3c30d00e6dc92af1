import { writeFileSync } from 'node:fs';
import { ruleDocument } from '../lib/core/alert/rule-document.ts';

// The program behind `npm run alert-rules`.

writeFileSync(new URL('../docs/alert-rules.md', import.meta.url), ruleDocument());
