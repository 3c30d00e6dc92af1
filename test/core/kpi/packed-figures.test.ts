import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFigures, type Figures } from '../../../lib/core/kpi/figures.ts';
import { type PackedFigures, packFigures, unpackFigures } from '../../../lib/core/kpi/packed-figures.ts';
import { arbitraryFigures } from '../../fixtures/arbitrary-history.ts';

const throughJson = (figures: Figures) =>
  unpackFigures(JSON.parse(JSON.stringify(packFigures(figures))) as PackedFigures);

test('figures are read as they were packed', () => {
  fc.assert(
    fc.property(arbitraryFigures(), (figures) => {
      expect(throughJson(figures)).toEqual(figures);
    }),
  );
});

test('what is packed does not depend on the order in which bins and loads were counted', () => {
  const backwards = (figures: Figures): Figures => {
    const { response } = figures.tasks;
    const bins = new Map([...response.bins].reverse());
    return {
      ...figures,
      tasks: { ...figures.tasks, response: { ...response, bins } },
      loads: new Map([...figures.loads].reverse()),
    };
  };
  fc.assert(
    fc.property(arbitraryFigures(), (figures) => {
      expect(packFigures(backwards(figures))).toEqual(packFigures(figures));
    }),
  );
});

test('empty figures take no room', () => {
  expect(packFigures(emptyFigures())).toEqual([]);
  expect(unpackFigures([])).toEqual(emptyFigures());
});

test('an idle minute takes little room', () => {
  const figures = emptyFigures();
  figures.presence.counters.samples = 4;
  figures.presence.beat = { atMs: 1_740_000_000_123, state: 'ready', intervalMs: 15_000, progress: null };
  figures.use.thereMinutes = 1;
  expect(JSON.stringify(packFigures(figures))).toBe('[[],[],[],[4],[1740000000123,"ready",15000,null],[1]]');
});
