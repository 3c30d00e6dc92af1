import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flowLayout, type Link, NODE } from '../../../lib/dashboard/flow/flow-layout.ts';

const link = (from: string, to: string, perMin = 1): Link => ({ from, to, perMin });
const column = (layout: ReturnType<typeof flowLayout>, pool: string) =>
  layout.nodes.find((node) => node.pool === pool)?.x ?? Number.NaN;

test('pools stand from left to right in the order in which work passes them', () => {
  const links = [
    link('intake', 'triage'),
    link('triage', 'writers'),
    link('triage', 'archive'),
    link('writers', 'review'),
  ];
  const layout = flowLayout(['archive', 'intake', 'review', 'triage', 'writers'], links, new Set(['intake']), 1200);
  const order = ['intake', 'triage', 'writers', 'review'].map((pool) => column(layout, pool));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(column(layout, 'archive')).toBe(column(layout, 'writers'));
  expect(layout.nodes.filter(({ isEntry }) => isEntry).map(({ pool }) => pool)).toEqual(['intake']);
  expect(layout.nodes.filter(({ isExit }) => isExit).map(({ pool }) => pool)).toEqual(
    expect.arrayContaining(['archive', 'review']),
  );
});

test('of a circle the smaller part is drawn back', () => {
  const layout = flowLayout(['a', 'b'], [link('a', 'b', 10), link('b', 'a', 2)], new Set(['a']), 1200);
  expect(layout.links.map(({ from, isBack }) => [from, isBack])).toEqual([
    ['a', false],
    ['b', true],
  ]);
});

test('pools that hand nothing to each other are lanes, as many beside each other as there is room for', () => {
  const pools = Array.from({ length: 30 }, (_, i) => `pool-${i}`);
  const wide = flowLayout(pools, [], new Set(), 1200);
  expect(new Set(wide.nodes.map(({ x }) => x)).size).toBe(3);
  expect(wide.nodes.every(({ isEntry, isExit }) => isEntry && isExit)).toBe(true);
  const narrow = flowLayout(pools, [], new Set(), 350);
  expect(new Set(narrow.nodes.map(({ x }) => x)).size).toBe(1);
});

test('no pool lies on another, all are within the map, and every link to a known pool is drawn', () => {
  const pools = Array.from({ length: 12 }, (_, i) => `p${i}`);
  const anyLink = fc.record({
    from: fc.constantFrom(...pools, 'gone'),
    to: fc.constantFrom(...pools),
    perMin: fc.double({ min: 0, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(anyLink, { selector: ({ from, to }) => `${from} ${to}` }),
      fc.integer({ min: 300, max: 2_000 }),
      (links, room) => {
        const { nodes, links: drawn, width, height } = flowLayout(pools, links, new Set(['p0']), room);
        expect(nodes).toHaveLength(pools.length);
        for (const [i, a] of nodes.entries()) {
          expect(a.x >= 0 && a.x + NODE.width <= width && a.y >= 0 && a.y + NODE.height <= height).toBe(true);
          for (const b of nodes.slice(i + 1)) {
            const isApart = Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height;
            expect([a, b, isApart]).toEqual([a, b, true]);
          }
        }
        expect(drawn).toHaveLength(links.filter(({ from, to }) => from !== 'gone' && from !== to).length);
      },
    ),
  );
});
