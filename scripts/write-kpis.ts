import { writeFileSync } from 'node:fs';
import { kpiDocument } from '../lib/core/kpi/kpi-document.ts';

// The program behind `npm run kpis`.

writeFileSync(new URL('../docs/kpis.md', import.meta.url), kpiDocument());
