import { describe, expect, test } from 'vitest';
import {
  type BenchmarkEntry,
  confidences,
  industryDomains,
  referenceKinds,
} from '../../../../lib/core/benchmark/industry/benchmark-entry.ts';
import { catalogue } from '../../../../lib/core/benchmark/industry/catalogue.ts';
import { convertUnit, dimensionOf } from '../../../../lib/core/benchmark/industry/convert-unit.ts';
import { metricTells, unitOfStatistic } from '../../../../lib/core/benchmark/industry/figure-statistic.ts';
import { kpis } from '../../../../lib/core/kpi/registry.ts';

const numbersIn = ({ values: { range, grades = [], ...rest } }: BenchmarkEntry) => [
  ...Object.values(rest),
  ...(range ?? []),
  ...grades.map(({ edge }) => edge),
];

describe('the catalogue', () => {
  test('has 89 entries of different names', () => {
    expect(catalogue).toHaveLength(89);
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(89);
  });

  test.each(catalogue.map((entry) => [entry.name, entry] as const))(
    '%s says what it is and where it was read',
    (_, entry) => {
      expect(industryDomains).toContain(entry.domain);
      expect(referenceKinds).toContain(entry.reference);
      expect(confidences).toContain(entry.confidence);
      expect(entry.source).not.toBe('');
      expect(entry.population).not.toBe('');
      expect(entry.note).not.toBe('');
      expect(entry.url).toMatch(/^https:\/\/\S+$/);
      expect(entry.year).toBeGreaterThanOrEqual(2010);
      expect(entry.year).toBeLessThanOrEqual(2026);
      expect(numbersIn(entry).length).toBeGreaterThan(0);
      expect(numbersIn(entry).every(Number.isFinite)).toBe(true);
    },
  );

  const ofKpis = catalogue.flatMap((entry) => ('kpi' in entry.comparesWith ? [{ entry, ...entry.comparesWith }] : []));
  test.each(ofKpis.map((it) => [it.entry.name, it] as const))(
    '%s is of a statistic, a unit and a direction of its KPI',
    (_, { entry, kpi }) => {
      const unit = entry.statistic && unitOfStatistic(kpi, entry.statistic);
      expect(unit).not.toBeNull();
      expect(convertUnit(1, entry.unit, unit ?? '')).not.toBeNull();
      expect(kpis[kpi].better).toBe(entry.better);
    },
  );

  const ofMetrics = catalogue.flatMap((entry) =>
    'metric' in entry.comparesWith ? [{ entry, ...entry.comparesWith }] : [],
  );
  test.each(ofMetrics.map((it) => [it.entry.name, it] as const))(
    '%s is of a unit that is known and a statistic that its metric tells',
    (_, { entry, metric }) => {
      expect(dimensionOf(entry.unit)).not.toBeNull();
      expect(entry.statistic !== null && metricTells(metric, entry.statistic)).toBe(true);
    },
  );

  test('says why the others are compared with nothing', () => {
    const others = catalogue.filter(({ comparesWith }) => 'notComparable' in comparesWith);
    expect([ofKpis.length, ofMetrics.length, others.length]).toEqual([16, 31, 42]);
    for (const { comparesWith } of others) expect(Object.values(comparesWith)[0]).toMatch(/\w+ \w+/);
  });

  test('calls nothing an average, a median or a quartile of others that was not observed', () => {
    const named = catalogue.filter(({ values }) =>
      ['average', 'median', 'topQuartile', 'bottomQuartile'].some((name) => name in values),
    );
    expect(named.filter(({ reference }) => reference !== 'observed').map(({ name }) => name)).toEqual([]);
    // And nothing that a contract, a rule or an intention says was observed.
    const said = catalogue.filter(({ name }) => /_sla$|_constraint|_budget_|availability_|service_level/.test(name));
    expect(said.length).toBeGreaterThan(10);
    expect(said.filter(({ reference }) => reference === 'observed').map(({ name }) => name)).toEqual([]);
  });

  test('has quartiles, grades and ranges in order', () => {
    for (const { better, values } of catalogue) {
      const { bottomQuartile, median, topQuartile, range, grades = [] } = values;
      const upwards = better === 'higher' ? 1 : -1;
      const quartiles = [bottomQuartile, median, topQuartile].filter((it) => it !== undefined);
      expect(quartiles).toEqual(quartiles.toSorted((a, b) => (a - b) * upwards));
      const edges = grades.map(({ edge }) => edge);
      expect(edges).toEqual(edges.toSorted((a, b) => (b - a) * upwards));
      if (range) expect(range[0]).toBeLessThan(range[1]);
    }
  });

  test('compares a score on a benchmark, a bound of its rules and the best listed with nothing', () => {
    const kinds = ['benchmark score', 'bound', 'best listed'];
    const scores = catalogue.filter(({ reference }) => kinds.includes(reference));
    expect(scores.length).toBeGreaterThan(20);
    expect(scores.filter(({ comparesWith }) => !('notComparable' in comparesWith))).toEqual([]);
  });
});
