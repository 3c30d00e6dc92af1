import { writeFileSync } from 'node:fs';
import { grafanaDashboard } from '../lib/api/grafana-dashboard.ts';

// The program behind `npm run grafana-dashboard`.

const text = `${JSON.stringify(grafanaDashboard(), null, 2)}\n`;
writeFileSync(new URL('../docs/grafana-dashboard.json', import.meta.url), text);
