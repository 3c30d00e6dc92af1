import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { grafanaDashboard } from '../../lib/api/grafana-dashboard.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; refId: string }[];
}

const dashboard = grafanaDashboard() as { panels: Panel[]; templating: { list: { name: string }[] } };

test('docs/grafana-dashboard.json is what is declared: npm run grafana-dashboard writes it anew', () => {
  const file = new URL('../../docs/grafana-dashboard.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(dashboard);
});

test('panels have ids of their own, lie within the grid and beside each other', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect([title, taken.get(`${x} ${y}`)]).toEqual([title, undefined]);
        taken.set(`${x} ${y}`, title);
      }
    }
  }
});

test('every variable that a query uses is declared', () => {
  const declared = dashboard.templating.list.map(({ name }) => name);
  const used = [...JSON.stringify(dashboard.panels).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(0);
  expect(declared).toEqual(expect.arrayContaining([...new Set(used)]));
});
