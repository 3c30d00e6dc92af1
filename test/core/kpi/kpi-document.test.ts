import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kpiDocument } from '../../../lib/core/kpi/kpi-document.ts';
import { kpiIds } from '../../../lib/core/kpi/registry.ts';

test('docs/kpis.md says what is declared: npm run kpis writes it anew', () => {
  const written = readFileSync(new URL('../../../docs/kpis.md', import.meta.url), 'utf8');
  expect(written).toBe(kpiDocument());
  for (const id of kpiIds) expect(written).toContain(`| \`${id}\` |`);
});
