import { describe, expect, test } from 'vitest';
import type { BenchmarkEntry, IndustryDomain } from '../../../../lib/core/benchmark/industry/benchmark-entry.ts';
import { catalogue } from '../../../../lib/core/benchmark/industry/catalogue.ts';
import type { Competitor, CompetitorFigure } from '../../../../lib/core/benchmark/industry/competitor.ts';
import {
  entriesInForce,
  type IndustryQuestion,
  industryPosition,
} from '../../../../lib/core/benchmark/industry/industry-position.ts';
import type { MeasuredFigure } from '../../../../lib/core/benchmark/industry/measured-figures.ts';

const NOW_MS = Date.parse('2026-11-27T00:00:00Z');

const satisfied = (value: number, n = 1_200): MeasuredFigure => ({
  ...{ kpi: 'customer_satisfaction', statistic: 'share', unit: 'ratio', value, n, minimumSample: 10, better: 'higher' },
});
const latency = (statistic: 'mean' | 'median' | 'p95' | 'p99', ms: number): MeasuredFigure => ({
  ...{ kpi: 'average_response_time', statistic, unit: 'ms', value: ms, n: 50_000, minimumSample: 20, better: 'lower' },
});
const metric = (name: string, unit: string, value: number, more: Partial<MeasuredFigure> = {}) =>
  ({
    ...{ metric: name, statistic: 'mean', unit, value, n: 500, minimumSample: 10, better: null, ...more },
  }) as MeasuredFigure;

const entry = (more: Partial<BenchmarkEntry>): BenchmarkEntry => ({
  ...{ name: 'e', domain: 'llm-agents', population: 'fleets of peers', unit: 'percent', better: 'higher' },
  ...{ reference: 'observed', statistic: 'share', values: { average: 80 }, year: 2026, source: 'a survey', url: null },
  ...{ confidence: 'primary', note: '', comparesWith: { kpi: 'task_completion_rate' }, ...more },
});
const completed = (value: number, n = 10_000): MeasuredFigure => ({
  ...{ kpi: 'task_completion_rate', statistic: 'share', unit: 'ratio', value, n, minimumSample: 20, better: 'higher' },
});

function compare(
  values: readonly MeasuredFigure[],
  domain: IndustryDomain | null,
  more: Partial<IndustryQuestion> = {},
) {
  return industryPosition({ values, domain, entries: catalogue, competitors: [], ...more }, NOW_MS);
}

/** What became of one figure against one entry. */
const against = (value: MeasuredFigure, more: Partial<BenchmarkEntry>) =>
  compare([value], null, { entries: [entry(more)] }).positions[0];

describe('a position', () => {
  test('is the ratio to an average, in the unit of the KPI, with the arithmetic in words', () => {
    const { positions, notComparable } = compare([satisfied(0.831)], 'customer-service');
    expect(notComparable).toEqual([]);
    expect(positions.map(({ entry }) => entry)).toEqual(['csat_helpdesk', 'csat']);
    expect(positions[1]).toMatchObject({
      ...{ kpi: 'customer_satisfaction', statistic: 'share', value: 0.831, unit: 'ratio', n: 1_200, reference: 0.77 },
      ...{ kind: 'observed average', standing: 'better', band: 'reaches "good", short of "world class"' },
      ...{ year: 2023, dated: false, confidence: 'secondary', source: 'Surveypal - 10 Customer Service Benchmarks' },
      url: 'https://surveypal.com/customer-service-benchmarks/',
    });
    // 0.831 ÷ 0.77
    expect(positions[1]?.ratio).toBeCloseTo(1.07922, 5);
    expect(positions[1]?.reasoning).toBe(
      '83.1 % (0.831), share of ratings of 4 or better, n 1200 against an observed average of 77 %, 83.1 ÷ 77 = 1.079: better; reaches "good", short of "world class" (world class 85 %, good 75 %); of customer service of all industries (Surveypal - 10 Customer Service Benchmarks, 2023; confidence secondary); the percentage is taken as the share of satisfied answers, which the KPI counts as ratings of 4 or better of 5',
    );
  });

  test('of a share that chance may explain is unsure: 83.1 % of 1,200 against 82 %', () => {
    // The 90 % interval of Wilson is 0.812 to 0.848.
    expect(compare([satisfied(0.831)], 'customer-service').positions[0]).toMatchObject({
      ...{ entry: 'csat_helpdesk', reference: 0.82, standing: 'unsure', dated: true },
      reasoning: expect.stringMatching(/: unsure, because the difference may be chance; .*2013, which is dated/),
    });
    const many = compare([satisfied(0.831, 120_000)], 'customer-service').positions[0];
    expect(many).toMatchObject({ entry: 'csat_helpdesk', standing: 'better' });
  });

  test('of fewer than the KPI needs is unsure, and says so', () => {
    expect(against(completed(1, 8), { values: { average: 20 } })).toMatchObject({
      standing: 'unsure',
      reasoning: expect.stringContaining('unsure, because it takes 20 to rely on'),
    });
  });

  test('of trading latencies is converted from microseconds, and matched by percentile', () => {
    const { positions } = compare(
      [latency('mean', 0.189), latency('p99', 0.147), latency('median', 0.026)],
      'financial-trading',
    );
    expect(positions.map(({ entry, statistic, ratio, standing }) => ({ entry, statistic, ratio, standing }))).toEqual([
      { entry: 'order_latency_cme_inbound', statistic: 'median', ratio: expect.closeTo(0.5, 9), standing: 'better' },
      { entry: 'order_latency_exchange_mean', statistic: 'mean', ratio: expect.closeTo(1.5, 9), standing: 'worse' },
      { entry: 'order_latency_exchange_p99', statistic: 'p99', ratio: expect.closeTo(0.7, 9), standing: 'better' },
      { entry: 'order_latency_nyse_mean', statistic: 'mean', ratio: expect.closeTo(189 / 98, 9), standing: 'worse' },
    ]);
    expect(positions[1]).toMatchObject({
      ...{ reference: 0.126, unit: 'ms', kind: 'single case', dated: true },
      reasoning: expect.stringContaining(
        '189 µs (0.189 ms), mean, n 50000 against a single case of 126 µs, 189 ÷ 126 = 1.5: worse',
      ),
    });
  });

  test.each([
    [0.2, 'better than the top quartile', 'better'],
    [0.258, 'between median and top quartile', 'better'],
    [0.3, 'between median and top quartile', 'better'],
    [0.5, 'between bottom quartile and median', 'worse'],
    [0.9, 'worse than the bottom quartile', 'worse'],
  ])('among quartiles of seconds to the first token, where less is better: %d s is %s', (seconds, band, standing) => {
    const { positions } = compare([metric('time_to_first_token_p50', 's', seconds)], null);
    expect(positions).toMatchObject([
      { band, standing, reference: 0.45, kind: 'observed median', ratio: seconds / 0.45 },
    ]);
  });

  test.each([
    [3, 'better than the published range', 'better'],
    [5, 'within the published range', 'within'],
    [9, 'worse than the published range', 'worse'],
  ])('among a range, of which no middle is made up: %d %%', (percent, band, standing) => {
    const [position] = compare([metric('abandonment_rate', '%', percent)], 'customer-service').positions.filter(
      ({ entry }) => entry === 'abandonment_rate',
    );
    expect(position).toMatchObject({ band, standing, reference: [5, 8], kind: 'observed range' });
    expect(position).not.toHaveProperty('ratio');
    expect(position?.reasoning).toContain(
      `${percent} %, mean of the observations, n 500 against an observed range; ${band} (5 to 8 %)`,
    );
  });

  test.each([
    [0.5, 'reaches "elite"', 'better'],
    [20, 'reaches "high", short of "elite"', 'within'],
    [168, 'reaches "medium", short of "high"', 'within'],
    [200, 'short of "medium"', 'worse'],
  ])('among grades: restored in %d h', (hours, band, standing) => {
    const { positions } = compare([metric('time_to_restore_service', 'min', hours * 60)], null);
    expect(positions).toMatchObject([{ band, standing, kind: 'threshold', reference: [10_080, 1_440, 60] }]);
  });

  test('against a promise is no industry average, and tells what is missing to the whole', () => {
    const availability: MeasuredFigure = {
      ...completed(0.999, 4_000_000),
      kpi: 'system_availability',
    } as MeasuredFigure;
    const { positions } = compare([availability], null);
    expect(new Set(positions.map(({ kind }) => kind))).toEqual(new Set(['commitment', 'vendor claim']));
    const multiZone = positions.find(({ entry }) => entry === 'availability_compute_multi_az');
    expect(multiZone).toMatchObject({
      ...{ standing: 'worse', reference: expect.closeTo(0.9999, 12), ratio: expect.closeTo(0.999 / 0.9999, 12) },
    });
    // 0.1 % ÷ 0.01 %
    expect(multiZone?.reasoning).toContain(
      'against a commitment of 99.99 %, 99.9 ÷ 99.99 = 0.9990999: worse; 0.1 % is missing to the whole against 0.01 %, 10 times as much',
    );
  });

  test('is of the newest edition of a figure alone', () => {
    const { positions } = compare([metric('cart_abandonment_rate', 'percent', 63.2)], 'e-commerce');
    expect(positions).toMatchObject([{ entry: 'cart_abandonment_rate_50_studies', year: 2025, standing: 'better' }]);
    expect(positions[0]?.ratio).toBeCloseTo(0.9, 4);
  });

  test('is marked as dated after more than five years', () => {
    const dated = (year: number) => against(completed(0.9), { year })?.dated;
    expect([dated(2021), dated(2020)]).toEqual([false, true]);
  });

  test('of a KPI of which no way is better has no verdict', () => {
    const utilization = {
      ...completed(0.7),
      kpi: 'resource_utilization',
      statistic: 'mean',
      better: null,
    } as MeasuredFigure;
    const more = { statistic: 'mean', comparesWith: { kpi: 'resource_utilization' } } as const;
    expect(against(utilization, more)).toMatchObject({ standing: 'neither', ratio: expect.closeTo(0.875, 12) });
  });

  test('against 0 has no ratio', () => {
    const position = against(completed(0.4), { values: { average: 0 } });
    expect(position).toMatchObject({ reference: 0, standing: 'better' });
    expect(position).not.toHaveProperty('ratio');
  });
});

describe('what is not comparable', () => {
  test.each([
    [
      'no figure is published',
      [latency('p95', 800)],
      { entries: [] as BenchmarkEntry[] },
      /^no published figure of it is known/,
    ],
    [
      'the domain is another',
      [satisfied(0.9)],
      {},
      /^other domain: what is published is of customer-service; the system's is e-commerce$/,
    ],
    [
      'the statistic is another',
      [latency('p95', 800)],
      { domain: 'financial-trading' as const },
      /^other statistic: published is the mean, p99, median, p95 - median; measured is the p95$/,
    ],
    [
      'the unit is another',
      [metric('cost_per_ticket', 's', 3)],
      { domain: 'customer-service' as const },
      /^other unit: published in usd; measured in s$/,
    ],
  ])('says that %s', (_, values, more, reason) => {
    const { positions, notComparable } = compare(values, 'e-commerce', more);
    expect(positions).toEqual([]);
    expect(notComparable).toEqual([{ kpi: expect.any(String), reason: expect.stringMatching(reason) }]);
  });

  test('says that no domain was declared', () => {
    expect(compare([satisfied(0.9)], null).notComparable[0]?.reason).toContain('the system has declared none');
  });

  test('has what was not measured, with the reason', () => {
    const unmeasured = [{ name: 'cost_per_task', reason: 'not measured: no cost is known' }];
    expect(compare([], null, { unmeasured }).notComparable).toEqual([
      { kpi: 'cost_per_task', reason: 'not measured: no cost is known' },
    ]);
  });

  test('names the first fifty metrics that nobody publishes anything of, and counts the rest', () => {
    const values = Array.from({ length: 60 }, (_, i) => metric(`m${100 + i}`, 'ms', 1));
    const unmeasured = [{ name: 'm099', reason: 'its unit "parsec" is not known' }];
    const { notComparable } = compare(values, null, { unmeasured });
    expect(notComparable.map(({ kpi }) => kpi)).toEqual([
      'm099',
      ...values.slice(0, 49).map((it) => ('metric' in it ? it.metric : '')),
      '11 further metrics',
    ]);
  });

  test('never has a KPI that has a position', () => {
    const { positions, notComparable } = compare([latency('mean', 1), latency('p95', 2)], 'financial-trading');
    expect(positions.length).toBeGreaterThan(0);
    expect(notComparable).toEqual([]);
  });
});

test('own entries stand beside the catalogue, and in place of those of their names', () => {
  const own = entry({ name: 'csat', domain: 'customer-service', comparesWith: { kpi: 'customer_satisfaction' } });
  const more = entry({ name: 'peers' });
  const inForce = entriesInForce(catalogue, [own, more]);
  expect(inForce).toHaveLength(90);
  expect(inForce.filter(({ name }) => name === 'csat')).toEqual([own]);
});

describe('a competitor', () => {
  const figure = (more: Partial<CompetitorFigure>) =>
    ({
      ...{ kpi: 'customer_satisfaction', statistic: 'share', unit: 'percent', value: 75, year: 2025 },
      ...{ source: 'annual report', url: null, note: '', ...more },
    }) as CompetitorFigure;
  const rival = (figures: CompetitorFigure[], domain: IndustryDomain | null = null): Competitor => ({
    ...{ name: 'Rival', domain, figures, updatedAtMs: NOW_MS, updatedBy: 'ann' },
  });
  const beside = (values: MeasuredFigure[], competitor: Competitor) =>
    compare(values, 'customer-service', { competitors: [competitor] }).competitors[0];

  test('is compared figure by figure, in words too', () => {
    expect(beside([satisfied(0.9)], rival([figure({})]))).toEqual({
      name: 'Rival',
      figures: [
        {
          ...{ kpi: 'customer_satisfaction', statistic: 'share', unit: 'ratio', value: 0.9, n: 1_200, theirs: 0.75 },
          ...{ ratio: expect.closeTo(1.2, 9), standing: 'better', year: 2025, dated: false },
          ...{ source: 'annual report', url: null },
          reasoning:
            '90 % (0.9), share of ratings of 4 or better, n 1200 against 75 % of Rival, 90 ÷ 75 = 1.2: better (annual report, 2025)',
        },
      ],
      notComparable: [],
    });
  });

  test.each([
    [
      'the statistic',
      figure({ statistic: 'mean', unit: 'points', value: 4.1 }),
      'other statistic: theirs is the mean; measured is the share',
    ],
    [
      'what was not measured',
      figure({ kpi: 'cost_per_task', statistic: 'mean', unit: 'usd' } as Partial<CompetitorFigure>),
      'not measured',
    ],
    ['the unit', { ...figure({ unit: 'ms' }), unit: 'ms' }, 'other unit: theirs is in ms; measured in ratio'],
  ])('is not compared where %s does not fit', (_, theirs, reason) => {
    const { figures, notComparable } = beside([satisfied(0.9)], rival([theirs])) ?? {};
    expect(figures).toEqual([]);
    expect(notComparable).toEqual([{ kpi: expect.any(String), reason }]);
  });

  test('of another domain is not compared', () => {
    expect(beside([satisfied(0.9)], rival([figure({})], 'e-commerce'))?.notComparable).toEqual([
      {
        kpi: 'customer_satisfaction',
        reason: 'other domain: Rival is of e-commerce; the system is of customer-service',
      },
    ]);
  });

  test('in a custom metric is better or worse by what its senders said', () => {
    const { kpi: _, ...rest } = { kpi: undefined, ...figure({ statistic: 'mean', unit: 'percent', value: 2 }) };
    const theirs = { ...rest, metric: 'conversion_rate' };
    const of = (better: 'higher' | null) =>
      beside([metric('conversion_rate', 'ratio', 0.03, { better })], rival([theirs]));
    expect(of('higher')?.figures[0]).toMatchObject({ standing: 'better', theirs: 0.02 });
    expect(of(null)?.figures[0]).toMatchObject({ standing: 'neither' });
  });
});
