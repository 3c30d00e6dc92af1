import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { industryDomains } from '../../../../lib/core/benchmark/industry/benchmark-entry.ts';
import { catalogue } from '../../../../lib/core/benchmark/industry/catalogue.ts';
import {
  type CompetitorFigureDraft,
  checkedCompetitor,
  checkedEntry,
  type EntryDraft,
} from '../../../../lib/core/benchmark/industry/check-entry.ts';
import { unitNames } from '../../../../lib/core/benchmark/industry/convert-unit.ts';
import { figureStatistics } from '../../../../lib/core/benchmark/industry/figure-statistic.ts';
import { industryPosition } from '../../../../lib/core/benchmark/industry/industry-position.ts';
import { measuredFigures } from '../../../../lib/core/benchmark/industry/measured-figures.ts';
import { kpiIds } from '../../../../lib/core/kpi/registry.ts';
import { figuresWith } from '../../../fixtures/scope-figures.ts';

const context = { declared: 'customer-service', catalogue, nowMs: Date.parse('2026-11-27T00:00:00Z') } as const;

/** Undefined takes a field away. */
type Changes = { [Field in keyof EntryDraft]?: EntryDraft[Field] | undefined };
const draft = (more: Changes = {}): EntryDraft => ({
  ...{ kpi: 'customer_satisfaction', statistic: 'share', unit: 'percent', domain: 'customer-service' },
  ...{ population: 'service centres of our group', reference: 'observed', average: 81, year: 2025, source: 'a survey' },
  ...(more as Partial<EntryDraft>),
});
const of = (metric: string, more: Changes): Changes => ({ kpi: undefined, metric, better: 'lower', ...more });
const faultsOf = (more: Changes, name = 'peers') => {
  const checked = checkedEntry(name, draft(more), context);
  return 'faults' in checked ? checked.faults : [];
};

describe('an entry of somebody’s own', () => {
  test('is kept with what makes it comparable', () => {
    expect(checkedEntry('peers', draft({ topQuartile: 88, url: 'https://example.com' }), context)).toEqual({
      entry: {
        ...{ name: 'peers', domain: 'customer-service', population: 'service centres of our group', unit: 'percent' },
        ...{ better: 'higher', reference: 'observed', statistic: 'share', values: { average: 81, topQuartile: 88 } },
        ...{ year: 2025, source: 'a survey', url: 'https://example.com', confidence: 'uncertain', note: '' },
        comparesWith: { kpi: 'customer_satisfaction' },
      },
    });
  });

  test.each<[string, Changes, string, RegExp]>([
    [
      'a unit that does not convert',
      { unit: 'ms' },
      'unit',
      /ms does not convert into ratio, in which the share of customer_satisfaction/,
    ],
    ['a unit that is not known', { unit: 'stars' }, 'unit', /stars is not known: use ratio, percent/],
    [
      'a statistic that the KPI does not have',
      { statistic: 'p95' },
      'statistic',
      /p95 cannot be told of customer_satisfaction: use mean, share/,
    ],
    [
      'a percentile of a metric that is none',
      of('answer_time', { statistic: 'p95', unit: 'ms' }),
      'statistic',
      /p95 cannot be told of answer_time/,
    ],
    [
      'another domain',
      { domain: 'e-commerce' },
      'domain',
      /domain e-commerce is not what the system has declared \(customer-service\)/,
    ],
    ['neither KPI nor metric', { kpi: undefined }, 'kpi', /or metric must say what it is of/],
    ['both KPI and metric', { metric: 'csat' }, 'kpi', /one of both/],
    [
      'a metric that nobody says which way is better',
      of('m', { better: undefined }),
      'better',
      /higher or lower, because of m it is not known/,
    ],
    [
      'a direction that is not that of the KPI',
      { better: 'lower' },
      'better',
      /lower is not that of customer_satisfaction, higher/,
    ],
    ['a year to come', { year: 2027 }, 'year', /2027 is yet to come/],
    ['a source that is blank', { source: '  ' }, 'source', /must say where it was published/],
    ['a population that is blank', { population: ' ' }, 'population', /must say of whom/],
    ['a link that is no address', { url: 'javascript:alert(1)' }, 'url', /must begin with https/],
    ['no value at all', { average: undefined }, 'average', /must be given/],
    ['a value that does not say what it is', { value: 80 }, 'value', /does not say what it is of those observed/],
    [
      'an average of a target',
      { reference: 'target' },
      'average',
      /average is only of what was observed; of a target give value/,
    ],
    [
      'quartiles out of order',
      { topQuartile: 70, bottomQuartile: 75 },
      'topQuartile',
      /topQuartile 70 must not be worse than bottomQuartile 75/,
    ],
    ['a median beyond the top', { topQuartile: 70, median: 75 }, 'topQuartile', /worse than median 75/],
    [
      'quartiles of a metric that is better low, out of order',
      of('m', { topQuartile: 9, bottomQuartile: 5 }),
      'topQuartile',
      /worse/,
    ],
    ['a range upside down', { range: [80, 70] }, 'range', /must be \[low, high\]; got \[80, 70\]/],
    [
      'grades out of order',
      {
        grades: [
          { name: 'good', edge: 75 },
          { name: 'best', edge: 85 },
        ],
      },
      'grades[1].edge',
      /the best grade comes first/,
    ],
    ['a share of more than the whole', { average: 8_100 }, 'average', /0 to 100 percent; got 8100/],
    ['a rating beyond the scale', { statistic: 'mean', unit: 'points', average: 8 }, 'average', /1 to 5 points; got 8/],
    ['a time below 0', of('m', { statistic: 'mean', unit: 's', average: -1 }), 'average', /0 or more s; got -1/],
  ])('is refused for %s', (_, more, path, message) => {
    const faults = faultsOf(more);
    expect(faults.map((fault) => fault.path)).toContain(path);
    expect(faults.find((fault) => fault.path === path)?.message).toMatch(message);
  });

  test('is refused in place of an entry of the catalogue that is of something else', () => {
    expect(faultsOf({ kpi: 'task_completion_rate' }, 'csat')).toEqual([
      { path: 'kpi', message: expect.stringContaining('is not that of the catalogue, customer_satisfaction') },
    ]);
    expect(faultsOf({ domain: 'llm-agents' }, 'csat')).toEqual([
      { path: 'domain', message: expect.stringContaining('is not that of the catalogue, customer-service') },
    ]);
    expect(faultsOf({}, 'csat')).toEqual([]);
  });

  test('holds for any system where its domain does', () => {
    expect(checkedEntry('peers', draft({ domain: 'llm-agents' }), { ...context, declared: null })).toHaveProperty(
      'entry',
    );
    expect(checkedEntry('peers', draft(), { ...context, declared: null })).toHaveProperty('faults');
  });

  test('that is taken converts into what is measured, whatever was tried', () => {
    const drafts = fc.record({
      kpi: fc.constantFrom(...kpiIds),
      statistic: fc.constantFrom(...figureStatistics),
      unit: fc.constantFrom(...unitNames),
      domain: fc.constantFrom(...industryDomains),
      average: fc.double({ min: -1, max: 200, noNaN: true }),
      year: fc.integer({ min: 1990, max: 2030 }),
    });
    const figures = figuresWith({
      ...{ tasks: { completed: 90, failed: 10, csatCount: 50, csatMilli: 200_000, csatGood: 40 }, responsesMs: [5, 7] },
    });
    const { values, unmeasured } = measuredFigures('fleet', figures, []);
    fc.assert(
      fc.property(drafts, (some) => {
        const checked = checkedEntry('peers', draft(some), context);
        if ('faults' in checked) {
          expect(checked.faults.length).toBeGreaterThan(0);
          return;
        }
        const question = { values, unmeasured, domain: context.declared, entries: [checked.entry], competitors: [] };
        const { positions, notComparable } = industryPosition(question, context.nowMs);
        const isMeasured = values.some((it) => 'kpi' in it && it.kpi === some.kpi && it.statistic === some.statistic);
        expect(positions).toHaveLength(isMeasured ? 1 : 0);
        if (!isMeasured) expect(notComparable.some(({ kpi }) => kpi === some.kpi)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the profile of a competitor', () => {
  const figure = (more: Partial<CompetitorFigureDraft> = {}): CompetitorFigureDraft => ({
    ...{ kpi: 'average_response_time', statistic: 'p95', unit: 'seconds', value: 2, year: 2025, source: 'their page' },
    ...more,
  });

  test('is kept figure by figure', () => {
    const figures = [figure(), figure({ statistic: 'mean', value: 0.8 })];
    expect(checkedCompetitor({ domain: 'customer-service', figures }, context)).toEqual({
      figures: figures.map((it) => ({ ...it, url: null, note: '' })),
    });
  });

  test.each<[string, Parameters<typeof checkedCompetitor>[0], string]>([
    ['no figure', { figures: [] }, 'figures'],
    ['another domain', { domain: 'e-commerce', figures: [figure()] }, 'domain'],
    [
      'a unit that does not convert',
      { figures: [figure(), figure({ statistic: 'mean', unit: 'percent' })] },
      'figures[1].unit',
    ],
    ['a statistic that is not measured', { figures: [figure({ statistic: 'p99.9' })] }, 'figures[0].statistic'],
    ['a value out of bounds', { figures: [figure({ value: -1 })] }, 'figures[0].value'],
    ['two figures of one thing', { figures: [figure(), figure({ value: 3 })] }, 'figures[1]'],
  ])('is refused for %s, which is named', (_, profile, path) => {
    const checked = checkedCompetitor(profile, context);
    expect('faults' in checked && checked.faults.map((fault) => fault.path)).toEqual([path]);
    expect('faults' in checked && checked.faults[0]?.message.startsWith(path)).toBe(true);
  });
});
