import type { ControlAction, PoolMinuteResult, SimResult } from '../sim/engine/sim-result.ts';
import { MINUTE_US } from '../sim/engine/sim-time.ts';
import { judgedMinutes, judgeRun, type RunVerdict } from '../sim/judge/judge-run.ts';
import { type FaultSummary, type RunsSummary, sumUpRuns } from '../sim/judge/sum-up-runs.ts';
import type { FaultKind, Scenario } from '../sim/scenario/scenario.ts';
import { tableLines } from './table.ts';

// What `cli simulate --json` prints of each policy; docs/simulate.md describes it.

/** What the product said and did in one run: as its API answers. */
export interface ProductReport {
  seed: number;
  alerts: readonly Record<string, unknown>[];
  directives: readonly Record<string, unknown>[];
}

export interface PolicyReport {
  policy: string;
  /** Where it was the product that steered: for each seed. */
  product?: readonly ProductReport[];
  fleet: RunsSummary;
  pools: Record<string, RunsSummary>;
  runs: RunReport[];
}

interface RunReport {
  seed: number;
  fleet: RunVerdict;
  pools: Record<string, RunVerdict>;
  /** Times in minutes from the start of the scenario. */
  faults: { kind: FaultKind; from: number; until: number; agents: readonly string[] }[];
  actions: readonly Omit<ControlAction, 'at'>[];
  /** By pool, by minute: the truth, each response time aside. */
  minutes: Record<string, Omit<PoolMinuteResult, 'responseMs'>[]>;
}

/** @param results of the same scenario and policy, one for each seed, at least one */
export function judgePolicy(policy: string, results: readonly SimResult[], scenario: Scenario): PolicyReport {
  const runs = results.map((result) => reportRun(result, scenario));
  return {
    policy,
    fleet: sumUpRuns(runs.map(({ fleet }) => fleet)),
    pools: Object.fromEntries(
      scenario.pools.map(({ pool }) => [pool, sumUpRuns(runs.flatMap(({ pools }) => pools[pool] ?? []))]),
    ),
    runs,
  };
}

function reportRun(result: SimResult, scenario: Scenario): RunReport {
  return {
    seed: result.seed,
    fleet: judgeRun(result, scenario),
    pools: Object.fromEntries(scenario.pools.map(({ pool }) => [pool, judgeRun(result, scenario, pool)])),
    faults: result.faults.map(({ spec, from, until, agents }) => ({
      ...{ kind: spec.kind, from: from / MINUTE_US, until: until / MINUTE_US, agents },
    })),
    actions: result.actions.map(({ at, ...action }) => action),
    minutes: Object.fromEntries(
      [...result.pools].map(([pool, rows]) => [pool, rows.map(({ responseMs, ...row }) => row)]),
    ),
  };
}

/** Tables for a person: the fleet, each pool where there are several, each fault. */
export function reportLines(scenario: Scenario, seeds: readonly number[], reports: readonly PolicyReport[]): string[] {
  const { from, to } = judgedMinutes(scenario);
  const of = seeds.length === 1 ? `seed ${seeds[0]}` : `means of ${seeds.length} seeds`;
  return [
    `${scenario.name}: minutes ${from} to ${to} of ${scenario.minutes} are judged; ${of}`,
    '',
    ...fleetTable(scenario, reports),
    ...(scenario.pools.length > 1 ? ['', ...poolTable(scenario, reports)] : []),
    ...(scenario.faults.length > 0 ? ['', ...faultTables(reports)] : []),
    ...reports.flatMap(({ policy, product }) => (product ? ['', ...productLines(policy, product)] : [])),
  ];
}

const MOST_LINES = 12;

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), `  and ${lines.length - MOST_LINES} more: --json has all`];
}

/** The first alerts and directives of the first run; of several runs also how many there were. */
function productLines(policy: string, [first, ...others]: readonly ProductReport[]): string[] {
  if (!first) return [];
  const all = [first, ...others];
  const count = (of: 'alerts' | 'directives') => all.reduce((sum, run) => sum + run[of].length, 0);
  const minuteOf = (at: unknown) => String(at).slice(11, 16);
  const text = (value: unknown) => String(value);
  const effect = ({ effect }: Record<string, unknown>) => {
    const { state, verdict } = (effect ?? {}) as { state?: string; verdict?: string };
    return verdict ?? state ?? '';
  };
  return [
    `${policy}, seed ${first.seed}: ${first.alerts.length} alerts, ${first.directives.length} directives${others.length > 0 ? ` (${count('alerts')} and ${count('directives')} in ${all.length} runs)` : ''}`,
    ...shortened(
      first.alerts
        .toReversed()
        .map(({ detectedAt, severity, title }) => `  ${minuteOf(detectedAt)} ${text(severity)}: ${text(title)}`),
    ),
    ...shortened(
      first.directives
        .toReversed()
        .map((it) => `  ${minuteOf(it['issuedAt'])} ${text(it['kind'])}, ${text(it['status'])}: ${effect(it)}`),
    ),
  ];
}

const isNumber = (column: number) => column > 0;

function fleetTable({ workflows }: Scenario, reports: readonly PolicyReport[]): string[] {
  const hasFlows = workflows.some(({ steps }) => steps.length > 1);
  const hasSeeds = reports.some(({ fleet }) => fleet.seeds > 1);
  const header = [
    ...['policy', 'attained %'],
    ...(hasSeeds ? ['worst %'] : []),
    ...(hasFlows ? ['workflows %'] : []),
    ...[
      'p50 s',
      'p95 s',
      'p99 s',
      'unserved',
      'agent-h',
      'agents $',
      'tokens $',
      'cost $',
      'actions',
      'false ejections',
    ],
  ];
  const rows = reports.map(({ policy, fleet }) => [
    ...[policy, percent(fleet.attainment)],
    ...(hasSeeds ? [percent(fleet.worstAttainment)] : []),
    ...(hasFlows ? [percent(fleet.workflowAttainment)] : []),
    ...responses(fleet),
    ...[
      whole(fleet.unserved),
      fleet.agentHours.toFixed(1),
      fleet.agentCostUsd.toFixed(2),
      fleet.tokenCostUsd.toFixed(2),
    ],
    ...[(fleet.agentCostUsd + fleet.tokenCostUsd).toFixed(2), whole(fleet.actions), whole(fleet.falseEjections)],
  ]);
  return tableLines(header, rows, isNumber);
}

function poolTable({ pools }: Scenario, reports: readonly PolicyReport[]): string[] {
  const header = [
    'pool',
    'policy',
    'attained %',
    'p50 s',
    'p95 s',
    'p99 s',
    'unserved',
    'agent-h',
    'cost $',
    'actions',
  ];
  const rows = pools.flatMap(({ pool }) =>
    reports.flatMap(({ policy, pools: summaries }) => {
      const own = summaries[pool];
      if (!own) return [];
      const costUsd = own.agentCostUsd + own.tokenCostUsd;
      return [
        [
          ...[pool, policy, percent(own.attainment), ...responses(own)],
          ...[whole(own.unserved), own.agentHours.toFixed(1), costUsd.toFixed(2), whole(own.actions)],
        ],
      ];
    }),
  );
  return tableLines(header, rows, (column) => column > 1);
}

/** A column for each fault: attainment while it was in force, minutes to mitigate, minutes below. */
function faultTables(reports: readonly PolicyReport[]): string[] {
  const faults = reports[0]?.runs[0]?.faults ?? [];
  const legend = faults.map(({ kind, from, until }, i) => `fault ${i + 1}: ${kind}, minutes ${from} to ${until}`);
  const header = ['policy', ...faults.map((_, i) => `fault ${i + 1}`)];
  const rows = reports.map(({ policy, fleet }) => [policy, ...fleet.faults.map(faultCell)]);
  return [
    'during each fault: attained %; minutes until it was mitigated (three in a row of 95 % or more); minutes below 95 %',
    ...tableLines(header, rows, isNumber),
    ...legend.map((line) => `  ${line}`),
  ];
}

function faultCell({ attainment, minutesToMitigate, watchedMinutes, minutesBelow }: FaultSummary): string {
  if (watchedMinutes === 0) return '-';
  return `${percent(attainment)}; ${minutesToMitigate ?? `${watchedMinutes}+`}; ${whole(minutesBelow)}`;
}

function responses({ responseMs }: RunsSummary): string[] {
  if (responseMs === null) return ['-', '-', '-'];
  return [responseMs.p50, responseMs.p95, responseMs.p99].map((ms) => (ms / 1_000).toFixed(1));
}

function percent(share: number | null): string {
  return share === null ? '-' : (100 * share).toFixed(2);
}

/** Means over seeds are not whole. */
function whole(count: number): string {
  return Number.isInteger(count) ? String(count) : count.toFixed(1);
}
