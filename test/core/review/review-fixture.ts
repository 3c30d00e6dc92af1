import type { KpiTrend } from '../../../lib/core/benchmark/benchmark.ts';
import type { KpiValue } from '../../../lib/core/kpi/kpi-value.ts';
import { type KpiId, kpis } from '../../../lib/core/kpi/registry.ts';
import type { AdviceRecord, AdviceState } from '../../../lib/core/recommend/lifecycle.ts';
import { recommendation, type StrategyName } from '../../../lib/core/recommend/recommendation.ts';
import type { DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import type { PastAlert } from '../../../lib/core/review/incident-cluster.ts';
import type { ReviewInput } from '../../../lib/core/review/review-input.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** Of 2026-W12. */
export const WEEK = { fromMs: Date.UTC(2026, 2, 16), toMs: Date.UTC(2026, 2, 23) };

const value = (kpi: KpiId, of: number, n = 48_210): KpiValue => ({ value: of, n, unit: kpis[kpi].unit });

/** What users may call things, as far as names are not checked. */
export const hostileNames = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "' onmouseover='alert(3)",
  '[click](javascript:alert(4))',
  '| broken | table |\n# heading 5\n---\n1. item',
  '![x](https://evil.example/6.png) https://evil.example/7 www.evil8.example me9@evil.example',
  '`code10` **bold11** ~~gone12~~ &lt;13&gt; $x_14$',
  '\u202egnp.exe15 \u0000\u0007 16',
  '</svg><style>*{display:none}</style><!-- 17',
];

/** A week with something of everything. @param name what agents, pools, titles and people are called; of the nth that is named */
export function fullInput(name: (usual: string) => string = (usual) => usual): ReviewInput {
  const pool = name('writers');
  return {
    system: name('default'),
    week: '2026-W12',
    madeMs: WEEK.toMs + 10 * MINUTE_MS,
    kpis: [
      {
        scope: 'fleet',
        week: {
          task_completion_rate: value('task_completion_rate', 0.9874),
          average_response_time: value('average_response_time', 12_345.6),
          error_ratio: value('error_ratio', 0.0126),
          overall_throughput: value('overall_throughput', 4.78),
          cost_per_task: value('cost_per_task', 0.01834),
          customer_satisfaction: { value: null, n: 0, unit: 'score', reason: 'no ratings' },
          revenue_impact: value('revenue_impact', 12_345.678),
        },
        before: {
          task_completion_rate: value('task_completion_rate', 0.9921, 45_001),
          average_response_time: value('average_response_time', 10_222, 45_001),
          error_ratio: value('error_ratio', 0.0079, 45_001),
          overall_throughput: value('overall_throughput', 4.46, 45_001),
          customer_satisfaction: value('customer_satisfaction', 4.31, 120),
        },
      },
      {
        scope: `pool:${pool}`,
        week: { average_response_time: value('average_response_time', 18_900, 20_000) },
        before: { average_response_time: value('average_response_time', 14_000, 19_000) },
      },
    ],
    trends: [{ scope: 'fleet', trends: [slower(name), cheaper] }],
    histories: [
      {
        ...{ scope: 'fleet', kpi: 'average_response_time' },
        days: Array.from({ length: 56 }, (_, i) => ({
          atMs: WEEK.toMs - (56 - i) * DAY_MS,
          value:
            i === 20
              ? { value: null, n: 0, unit: 'ms', reason: 'no tasks' }
              : value('average_response_time', 10_000 + 900 * Math.sin(i) + (i > 48 ? 2_300 : 0), 7_000),
        })),
      },
    ],
    budgets: [
      {
        budget: {
          ...{
            name: name('writers-sla'),
            kpi: 'service_level_agreement_compliance',
            scope: { kind: 'pool', id: pool },
          },
          ...{ objective: 0.99, period: '30d', limit: 30_000, owner: null, updatedAtMs: 0, updatedBy: name('ada') },
        },
        report: {
          remaining: { value: 0.12, n: 81_000, unit: 'ratio' },
          ...{ burnRate: {}, exhausts: { atMs: WEEK.toMs + 3 * DAY_MS } },
        },
        before: {
          remaining: { value: 0.41, n: 80_000, unit: 'ratio' },
          burnRate: {},
          exhausts: { atMs: null, reason: '' },
        },
      },
    ],
    alerts: alertsOf(name),
    alertsFromMs: WEEK.toMs - 90 * DAY_MS,
    directives: [
      directive(name, 'd1', 'route', 'helped', -2_400, { tasksSaved: 120, usdSaved: 3.2 }),
      directive(name, 'd2', 'route', 'no_effect', -150),
      directive(name, 'd3', 'tune', 'harmed', 900, { tasksSaved: -14, usdSaved: -0.4 }),
      directive(name, 'd4', 'scale', 'unmeasurable', 0),
      directive(name, 'd5', 'degrade', 'helped', -5_200, { tasksSaved: 310, usdSaved: null }),
    ],
    advice: [
      advice(name, 'load_balancing_adjustment', 'Place by what agents have to do', { status: 'proposed' }),
      advice(name, 'cache_optimization', 'Cache what is asked again', {
        ...{ status: 'measured', atMs: WEEK.fromMs + DAY_MS, by: name('ada'), adoptedMs: WEEK.fromMs - 6 * DAY_MS },
        results: [
          {
            ...{ afterDays: 7, atMs: WEEK.fromMs + DAY_MS, status: 'measured', gain: 21.5, low: 12, high: 31 },
            ...{ unit: 'usd/day', verdict: 'as_expected', hours: 24 },
          },
        ],
      }),
      advice(name, 'capacity_planning', 'Two more agents from April on', {
        ...{ status: 'dismissed', atMs: WEEK.fromMs + DAY_MS, by: name('ada'), reason: null, gain: 2 },
      }),
    ],
    forecasts: [{ scope: 'fleet', week: { mean: 0.083, n: 168 }, before: { mean: 0.071, n: 168 } }],
    coverage: [
      { gap: 'heartbeat', missing: [name('writer-07')], of: 41 },
      { gap: 'owner', missing: [], of: 3 },
      { gap: 'cost', missing: [name('coder-1'), name('coder-2')], of: 41 },
      { gap: 'budget', missing: [name('coders')], of: 3 },
      { gap: 'sla', missing: [], of: 4 },
    ],
    ledger: {
      ...{ received: 1_204_311, stored: 1_190_000, pending: 0, duplicate: 12_000, difference: 0 },
      ...{ rejected: { too_old: 2_300 }, ignored: { [name('unknown_span')]: 11 } },
    },
    minutesWithoutTasks: 14,
    personnel: [
      {
        ...{ scope: `agent:${name('writer-07')}`, title: `${name('writer-07')} is slower than its peers at drafts` },
        evidence: [{ text: '1.4 times as long as 11 peers (n 1,204)' }],
        recommendation: 'Give it version 2.1, as its 11 peers have.',
      },
    ],
  };
}

/** The first week of a system in which nothing happened. */
export const emptyInput: ReviewInput = {
  ...{
    system: 'default',
    week: '2026-W12',
    madeMs: WEEK.toMs,
    kpis: [],
    trends: [],
    histories: [],
    budgets: [],
    alerts: [],
  },
  ...{ alertsFromMs: WEEK.fromMs, directives: [], advice: [], forecasts: [], coverage: [], ledger: null },
  ...{ minutesWithoutTasks: null, personnel: [] },
};

function slower(name: (usual: string) => string): KpiTrend {
  return {
    ...{ kpi: 'average_response_time', unit: 'ms', changeUnit: 'ratio', value: 12_345.6, reference: 10_310, n: 48_210 },
    ...{
      change: 0.197,
      low: 0.14,
      high: 0.26,
      mixEffect: 0.02,
      mix: { taskTypes: 0.015, agents: 0.003, hours: 0.002 },
    },
    performanceEffect: { value: 0.177, low: 0.12, high: 0.24 },
    perWeek: null,
    verdict: 'worse',
    since: { atMs: WEEK.fromMs + 2 * DAY_MS, changes: [`deploy of pool ${name('writers')}, version 2.0`] },
  };
}

const cheaper: KpiTrend = {
  ...{ kpi: 'cost_per_task', unit: 'usd', changeUnit: 'ratio', value: 0.0183, reference: 0.0202, n: 48_210 },
  ...{
    change: -0.094,
    low: -0.12,
    high: -0.06,
    mixEffect: -0.081,
    mix: { taskTypes: -0.07, agents: -0.01, hours: -0.001 },
  },
  ...{ performanceEffect: { value: -0.013, low: -0.03, high: 0.01 }, perWeek: null, verdict: 'better' },
};

function alertsOf(name: (usual: string) => string): PastAlert[] {
  const writers = name('writers');
  const mondays = [3, 2, 1, 0].map((weeks, i) => {
    const onsetMs = WEEK.fromMs - weeks * 7 * DAY_MS + 9 * HOUR_MS + [10, -12, 25, 4][i]! * MINUTE_MS;
    return alert(`mon-${i}`, 'latency_increase', { pool: writers }, onsetMs, `${writers} is slow: 3.2 times as usual`);
  });
  const dead = alert(
    'dead-1',
    'system_failure',
    { pool: writers, agent: name('writer-07') },
    WEEK.fromMs + 3.4 * DAY_MS,
    `${name('writer-07')} is dead`,
  );
  return [
    ...mondays,
    { ...dead, acknowledged: { by: name('ada'), note: null, atMs: dead.detectedMs + 4 * MINUTE_MS } },
    alert('old', 'anomaly', { pool: name('coders') }, WEEK.fromMs - 4 * DAY_MS, 'coders: an anomaly'),
    {
      ...alert(
        'open',
        'performance_degradation',
        { pool: name('coders') },
        WEEK.toMs - 5 * HOUR_MS,
        `${name('coders')}: 14 % fail`,
      ),
      resolvedMs: null,
    },
    alert('advice', 'optimization_suggestion', { recommendation: 'r1' }, WEEK.fromMs + DAY_MS, 'a recommendation'),
  ];
}

function alert(
  id: string,
  kind: PastAlert['kind'],
  scope: PastAlert['scope'],
  onsetMs: number,
  title: string,
): PastAlert {
  return { id, kind, scope, title, onsetMs, detectedMs: onsetMs + 3 * MINUTE_MS, resolvedMs: onsetMs + 47 * MINUTE_MS };
}

function directive(
  name: (usual: string) => string,
  id: string,
  kind: string,
  verdict: 'helped' | 'no_effect' | 'harmed' | 'unmeasurable',
  estimate: number,
  worth: { tasksSaved: number; usdSaved: number | null } | null = null,
): DirectiveRecord {
  const around = (of: number | null) => (of === null ? null : { estimate: of, low: of - 12, high: of + 15 });
  const effect =
    verdict === 'unmeasurable'
      ? { state: 'measured', verdict, reason: 'no work' }
      : {
          ...{ state: 'measured', verdict, estimate, low: estimate - 700, high: estimate + 600, unit: 'ms', n: 412 },
          ...{ from: 0, to: 1, evidence: [] },
          worth: worth && { tasksSaved: around(worth.tasksSaved), usdSaved: around(worth.usdSaved) },
        };
  return {
    directive: {
      ...{
        id,
        kind,
        mode: 'auto',
        issuedMs: WEEK.fromMs + DAY_MS,
        leaseUntilMs: WEEK.fromMs + DAY_MS + HOUR_MS,
        ended: null,
        effect,
      },
      summary: `${kind} around ${name('writer-07')}`,
      expected: { kpi: 'average_response_time', scope: `pool:${name('writers')}`, direction: 'down' },
    },
    ...{ unsent: [], ack: null, approved: null, rejected: null, rolledBack: null },
  } as unknown as DirectiveRecord;
}

function advice(
  name: (usual: string) => string,
  strategy: StrategyName,
  title: string,
  state: AdviceState,
): AdviceRecord {
  return {
    recommendation: recommendation(
      strategy,
      { pool: 'writers' },
      {
        ...{
          title: `${title} (${name('writers')})`,
          evidence: [],
          confidence: 0.93,
          action: 'Weights by work, not by count.',
          basis: {},
        },
        ...{ expectedGain: { value: 1_800, unit: 'ms', low: 900, high: 2_700 }, measure: null },
      },
    ),
    ...{ firstProposedMs: WEEK.fromMs, lastProposedMs: WEEK.toMs, course: [], state },
  };
}
