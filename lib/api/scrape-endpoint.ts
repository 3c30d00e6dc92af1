import { type Alert, severities } from '../core/alert/alert.ts';
import { type AgentStateName, agentStates } from '../core/detect/agent-state.ts';
import type { Freshness } from '../core/kpi/freshness.ts';
import { sketchQuantiles } from '../core/kpi/latency-sketch.ts';
import { queueDepth } from '../core/kpi/queue-depth.ts';
import { type RunningTotals, sumOf, type Tallies, type Tally } from '../core/kpi/running-totals.ts';
import type { ScopeFigures } from '../core/kpi/scope-figures.ts';
import { systemAvailability } from '../core/kpi/system-availability.ts';
import type { LedgerSummary } from '../core/ledger/ledger.ts';
import { startOfMinute } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { expose, expositionTypes, formatFor, type MetricFamily, type Sample } from './exposition.ts';
import { textField } from './field.ts';
import { textSchema } from './json-schema.ts';
import type { HttpAnswer } from './problem.ts';
import { VERSION } from './version.ts';

export const scrapeEndpoint = {
  method: 'GET',
  path: '/metrics',
  scope: 'read',
  summary:
    'Counters and gauges of the fleet, its pools and task types for monitoring systems that scrape: in OpenMetrics 1.0 where Accept names it, else in the Prometheus text format 0.0.4',
  parameters: {},
  headers: { accept: textField(1_000) },
  answer: textSchema,
  answerTypes: ['application/openmetrics-text', 'text/plain'],
} as const satisfies Endpoint;

export interface ScrapedVitals {
  totals: RunningTotals | null;
  freshness: Freshness;
  report: {
    agents: readonly { pool: string; state: { state: AgentStateName } }[];
    figures: ScopeFigures;
    firing: readonly Alert[];
  };
  pools: ReadonlyMap<string, ScopeFigures>;
  taskTypes: ReadonlyMap<string, ScopeFigures>;
  poolName: (pool: string) => string;
  ledger: LedgerSummary;
}

export function scrapeAnswer(vitals: ScrapedVitals, accept: string | undefined): HttpAnswer {
  const format = formatFor(accept);
  return {
    statusCode: 200,
    headers: { 'content-type': expositionTypes[format], vary: 'accept' },
    body: expose(vitalFamilies(vitals), format),
  };
}

const QUANTILES = [0.5, 0.95, 0.99];
const statuses = ['completed', 'failed', 'timeout', 'cancelled', 'rejected'] as const;
const tokenKinds = {
  input: 'inputTokens',
  cached_input: 'cachedInputTokens',
  cache_write: 'cacheWriteTokens',
  output: 'outputTokens',
  reasoning: 'reasoningTokens',
} as const satisfies Record<string, keyof Tally>;

/** One of the things that are told apart: the labels that name it, what it came to, and its last quarter of an hour. */
interface Subject {
  labels: Readonly<Record<string, string>>;
  tally: Tally | undefined;
  figures: ScopeFigures | undefined;
}

export function vitalFamilies(vitals: ScrapedVitals): MetricFamily[] {
  const { totals, freshness, report, ledger } = vitals;
  const limits = totals?.limits;
  const inAll: Subject = { labels: {}, tally: totals ? sumOf(totals.pools) : undefined, figures: report.figures };
  const ofPools = subjects('pool', totals?.pools, vitals.pools);
  const ofTypes = subjects('task_type', totals?.taskTypes, vitals.taskTypes);
  const others = (what: string, limit = 0) => `; at most ${limit} ${what} by name, all others together as "other"`;
  const scopes = [
    { prefix: 'fleetpulse', of: 'of the fleet', subjects: [inAll], hasAgents: true },
    {
      ...{ prefix: 'fleetpulse_pool', of: `by pool${others('pools', limits?.pools)}`, subjects: ofPools },
      hasAgents: true,
    },
    {
      ...{ prefix: 'fleetpulse_task_type', of: `by task type${others('task types', limits?.taskTypes)}` },
      ...{ subjects: ofTypes, hasAgents: false },
    },
  ];
  return [
    {
      name: 'fleetpulse_build',
      type: 'info',
      help: 'The version that answers.',
      samples: [sample('_info', { version: VERSION }, 1)],
    },
    ...scopes.flatMap(({ prefix, of, subjects: all, hasAgents }) => [
      ...counterFamilies(prefix, of, all, totals),
      ...(hasAgents ? gaugeFamilies(prefix, of, all) : []),
    ]),
    agentsFamily('fleetpulse_agents', 'Agents by state, of the fleet.', report.agents, () => ({}), [{}]),
    agentsFamily(
      'fleetpulse_pool_agents',
      `Agents by state, by pool${others('pools', limits?.pools)}.`,
      report.agents,
      ({ pool }) => ({ pool: vitals.poolName(pool) }),
      ofPools.map(({ labels }) => labels),
    ),
    {
      ...{ name: 'fleetpulse_alerts_firing', type: 'gauge', help: 'Alerts that are firing, by severity.' },
      samples: severities.map((severity) =>
        sample('', { severity }, report.firing.filter((alert) => alert.severity === severity).length),
      ),
    },
    gauge(
      'fleetpulse_data_age_seconds',
      'seconds',
      'Since the end of the newest complete minute, of which the gauges are.',
      inSeconds(freshness.dataAgeMs),
    ),
    gauge(
      'fleetpulse_counted_through_timestamp_seconds',
      'seconds',
      'End of the newest minute that is in the counters: minutes are counted when no run of the minute job computes them anew.',
      totals ? startOfMinute(totals.through + 1) / 1_000 : null,
    ),
    ...ledgerFamilies(ledger),
  ];
}

function subjects(label: string, tallies: Tallies | undefined, figures: ReadonlyMap<string, ScopeFigures>): Subject[] {
  const names = new Set([...(tallies?.keys() ?? []), ...figures.keys()]);
  return [...names].sort().map((name) => ({
    labels: { [label]: name },
    tally: tallies?.get(name),
    figures: figures.get(name),
  }));
}

/** Of nothing that was counted yet there is nothing to tell: a counter must not begin before its time of creation. */
function counterFamilies(
  prefix: string,
  of: string,
  all: readonly Subject[],
  totals: RunningTotals | null,
): MetricFamily[] {
  const createdSeconds = (totals?.sinceMs ?? 0) / 1_000;
  const counter = (labels: Sample['labels'], value: number): Sample[] => [
    sample('_total', labels, value),
    sample('_created', labels, createdSeconds),
  ];
  const each = (samplesOf: (tally: Tally, labels: Sample['labels']) => Sample[]) =>
    all.flatMap(({ tally, labels }) => (tally ? samplesOf(tally, labels) : []));
  return [
    {
      ...{ name: `${prefix}_tasks`, type: 'counter', help: `Tasks that ended, by status, ${of}.` },
      samples: each((tally, labels) => statuses.flatMap((status) => counter({ ...labels, status }, tally[status]))),
    },
    {
      ...{ name: `${prefix}_response_seconds`, type: 'summary', unit: 'seconds' },
      help: `Response times of completed, failed and timed-out tasks ${of}; the quantiles are of the last 15 minutes, within 1 %.`,
      samples: all.flatMap(({ tally, figures, labels }) => [
        ...quantileSamples(figures, labels),
        ...(tally
          ? [
              sample('_count', labels, tally.responseCount),
              sample('_sum', labels, tally.responseUs / 1e6),
              sample('_created', labels, createdSeconds),
            ]
          : []),
      ]),
    },
    {
      ...{ name: `${prefix}_cost_usd`, type: 'counter', unit: 'usd' },
      help: `Cost of tasks as reported, or of their tokens by the price table, ${of}.`,
      samples: each((tally, labels) => counter(labels, tally.costNanoUsd / 1e9)),
    },
    {
      ...{ name: `${prefix}_tokens`, type: 'counter', help: `Tokens of tasks, by kind, ${of}.` },
      samples: each((tally, labels) =>
        Object.entries(tokenKinds).flatMap(([kind, name]) => counter({ ...labels, kind }, tally[name])),
      ),
    },
  ];
}

function quantileSamples(figures: ScopeFigures | undefined, labels: Sample['labels']): Sample[] {
  const values = figures ? sketchQuantiles(figures.tasks.response, QUANTILES) : [];
  return values.flatMap((us, i) =>
    us === null ? [] : [sample('', { ...labels, quantile: String(QUANTILES[i]) }, us / 1e6)],
  );
}

/** Where nothing is known there is no sample, as everywhere no value stands for no data. */
function gaugeFamilies(prefix: string, of: string, all: readonly Subject[]): MetricFamily[] {
  const each = (kpi: typeof queueDepth) =>
    all.flatMap(({ figures, labels }) => {
      const value = figures ? kpi.of(figures).value : null;
      return value === null ? [] : [sample('', labels, value)];
    });
  return [
    {
      ...{ name: `${prefix}_availability_ratio`, type: 'gauge', unit: 'ratio' },
      help: `Of the minutes in which agents should have sent heartbeats, those in which they were live: the last 15 minutes, ${of}.`,
      samples: each(systemAvailability),
    },
    {
      ...{ name: `${prefix}_queue_depth`, type: 'gauge' },
      help: `Tasks that wait, mean of the last 15 minutes, ${of}.`,
      samples: each(queueDepth),
    },
  ];
}

function agentsFamily(
  name: string,
  help: string,
  agents: ScrapedVitals['report']['agents'],
  labelsOf: (agent: { pool: string }) => Sample['labels'],
  groups: readonly Sample['labels'][],
): MetricFamily {
  const counts = new Map<string, number>();
  const keyOf = (labels: Sample['labels'], state: string) => JSON.stringify([labels, state]);
  for (const agent of agents) {
    const key = keyOf(labelsOf(agent), agent.state.state);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const samples = groups.flatMap((labels) =>
    agentStates.map((state) => sample('', { ...labels, state }, counts.get(keyOf(labels, state)) ?? 0)),
  );
  return { name, type: 'gauge', help, samples };
}

function ledgerFamilies({ difference, ignored, rejected, ...counts }: LedgerSummary): MetricFamily[] {
  const sum = (byReason: Record<string, number>) => Object.values(byReason).reduce((all, count) => all + count, 0);
  const outcomes = { ...counts, ignored: sum(ignored), rejected: sum(rejected) };
  return [
    {
      ...{ name: 'fleetpulse_ledger_events', type: 'gauge' },
      help: 'Events received in the last hour, and what became of them: received is the sum of the others.',
      samples: Object.entries(outcomes).map(([outcome, events]) => sample('', { outcome }, events)),
    },
    {
      ...{ name: 'fleetpulse_ledger_difference', type: 'gauge' },
      help: 'Events of the last hour that were received and that nothing became of: 0 unless something was lost.',
      samples: [sample('', {}, difference)],
    },
  ];
}

function gauge(name: string, unit: string, help: string, value: number | null): MetricFamily {
  return { name, type: 'gauge', unit, help, samples: value === null ? [] : [sample('', {}, value)] };
}

function sample(suffix: Sample['suffix'], labels: Sample['labels'], value: number): Sample {
  return { suffix, labels, value };
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}
