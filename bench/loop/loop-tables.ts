import { gain, type Paired, shareOfGap } from '../gap.ts';
import { mean } from '../mean.ts';
import { shown } from './loop-aims.ts';
import {
  addCounts,
  BEST,
  costOf,
  type LoopGroup,
  mitigations,
  pairedBy,
  pairedOf,
  rank,
  ratio,
  runsOf,
  SCALED,
  WORST,
} from './loop-figures.ts';
import type { LoopFault, LoopRun } from './loop-run.ts';

export interface Table {
  title: string;
  header: string[];
  rows: string[][];
}

/** As the policies are called where they are compared. */
const letters: Readonly<Record<string, string>> = {
  'round-robin': 'A',
  'power-of-two': 'B',
  'round-robin+autoscaler': 'C',
  'power-of-two+autoscaler': 'D',
  'round-robin+autoscaler-40': 'C',
  'power-of-two+autoscaler-50': 'D',
  'envoy-ejection': 'E',
  'power-of-two+envoy-ejection': 'E',
  runbook: 'F',
  oracle: 'Z',
};
/** Of a smaller distance between the ends, in points of attainment, no share is told. */
const LEAST_GAP = 0.1;

/** All scenarios of the groups together. */
export function overallTable(title: string, groups: readonly LoopGroup[], policies: readonly string[]): Table {
  return {
    title,
    header: [
      ...['policy', 'attained %', 'more than A', 'of the gap %', 'unserved %', 'p95 s', 'agent-h', '/ Z', 'cost $'],
      ...['/ Z', '/ C'],
      ...['detect', 'act', 'mitigate', 'p90', 'false', 'harmful', 'reversals', 'scale/pool-h'],
    ],
    rows: policies.map((policy) => {
      const paired = groups.map((group) => pairedOf(group, policy));
      const runs = groups.flatMap((group) => runsOf(group, policy));
      const perGroup = (figure: (run: (typeof runs)[number]) => number) =>
        groups.reduce((sum, group) => sum + mean(runsOf(group, policy).map(figure)), 0);
      const faults = runs.flatMap((run) => run.faults);
      const actions = addCounts(runs.flatMap(({ duringFaults, otherwise }) => [duringFaults, otherwise]));
      return [
        ...[nameOf(policy), ...attainedCells(paired, policy)],
        ((100 * perGroup(({ unserved, arrived }) => unserved / Math.max(1, arrived))) / groups.length).toFixed(2),
        (perGroup(({ p95Ms }) => (p95Ms ?? 0) / 1_000) / groups.length).toFixed(0),
        perGroup(hoursOf).toFixed(0),
        ratio(groups, policy, BEST, hoursOf).estimate.toFixed(3),
        perGroup(costOf).toFixed(0),
        ...[BEST, SCALED].map((to) => ratio(groups, policy, to, costOf).estimate.toFixed(3)),
        ...responseCells(faults),
        `${actions.wrong} of ${actions.judged}`,
        ...[String(actions.harmful), String(actions.reversals)],
        (perGroup(({ scaleActions, poolHours }) => scaleActions / poolHours) / groups.length).toFixed(2),
      ];
    }),
  };
}

/**
 * What steering adds: how far a policy comes from each of the others to the best, over all scenarios, in the median one and in that in
 * which it comes least far. Turns are so poor a beginning that much seems to be much.
 */
export function steeringTable(groups: readonly LoopGroup[], policies: readonly string[], policy: string): Table {
  const others = policies.filter((other) => other !== policy && other !== BEST);
  return {
    title: `how far ${policy} comes from each to the oracle`,
    header: ['from', 'of the gap %', 'points more', 'median scenario %', 'least %', 'in'],
    rows: others.map((low) => {
      const paired = groups.map((group) => pairedOf(group, policy, low));
      const shares = groups.flatMap((group, i) => {
        const its = paired[i] as Paired;
        const gap = mean(its.high) - mean(its.low);
        const share = (100 * (mean(its.own) - mean(its.low))) / gap;
        return gap >= LEAST_GAP ? { share, of: `${group.name}, ${group.variant}` } : [];
      });
      const least = shares.reduce((a, b) => (b.share < a.share ? b : a), { share: Number.POSITIVE_INFINITY, of: '' });
      const median = rank(
        shares.map(({ share }) => share),
        0.5,
      );
      return [
        nameOf(low),
        ...[shown(shareOfGap(paired), 1), shown(gain(paired), 2)],
        ...(shares.length === 0 ? ['-', '-', ''] : [median.toFixed(1), least.share.toFixed(1), least.of]),
      ];
    }),
  };
}

/** Of what was done, how much was false, by what was done. */
export function knobTable(groups: readonly LoopGroup[], policies: readonly string[]): Table {
  const runs = new Map(policies.map((policy) => [policy, groups.flatMap((group) => runsOf(group, policy))]));
  const knobs = [...new Set([...runs.values()].flat().flatMap((run) => Object.keys(run.knobs)))].sort();
  const cell = (of: readonly LoopRun[], knob: string, when: 'duringFaults' | 'otherwise') => {
    const counts = of.flatMap((run) => run.knobs[knob]?.[when] ?? []);
    const sum = (figure: 'judged' | 'wrong') => counts.reduce((total, its) => total + its[figure], 0);
    return sum('judged') === 0 ? '-' : `${sum('wrong')} of ${sum('judged')}`;
  };
  return {
    title: 'false of what was judged, by what was done: while a fault was in force, and otherwise',
    header: ['policy', ...knobs.flatMap((knob) => [knob, 'otherwise']), 'alerts without a fault'],
    rows: policies.map((policy) => {
      const its = runs.get(policy) ?? [];
      const cells = knobs.flatMap((knob) => [cell(its, knob, 'duringFaults'), cell(its, knob, 'otherwise')]);
      const alerts = its.filter(({ isBenign }) => isBenign).reduce((sum, run) => sum + run.alerts, 0);
      return [nameOf(policy), ...cells, String(alerts)];
    }),
  };
}

/** One table for each kind of fault, of the time in which it was in force. */
export function faultTables(groups: readonly LoopGroup[], policies: readonly string[]): Table[] {
  const places = groups.flatMap((group) =>
    (runsOf(group, WORST)[0]?.faults ?? []).map((fault, index) => ({ group, index, kind: fault.kind })),
  );
  return [...Map.groupBy(places, ({ kind }) => kind)].map(([kind, its]) => ({
    title: `${kind}: ${its.length} in ${new Set(its.map(({ group }) => group)).size} scenarios, while it was in force`,
    header: [
      ...['policy', 'attained %', 'more than A', 'of the gap %', 'p95 s', 'agent-h', 'cost $'],
      ...['detect', 'act', 'mitigate', 'p90', 'false', 'harmful', 'reversals'],
    ],
    rows: policies.map((policy) => {
      const paired = its.map(({ group, index }) =>
        pairedBy(group, policy, ({ faults }) => faults[index]?.attainment ?? null),
      );
      const faults = its.flatMap(({ group, index }) => runsOf(group, policy).flatMap((run) => run.faults[index] ?? []));
      const meanOf = (figure: (fault: LoopFault) => number | null) => mean(faults.map((fault) => figure(fault) ?? 0));
      const actions = addCounts(faults);
      return [
        ...[nameOf(policy), ...attainedCells(paired, policy)],
        meanOf(({ p95Ms }) => (p95Ms ?? 0) / 1_000).toFixed(0),
        ...[meanOf(({ agentHours }) => agentHours).toFixed(1), meanOf(({ costUsd }) => costUsd).toFixed(1)],
        ...responseCells(faults),
        `${actions.wrong} of ${actions.judged}`,
        ...[String(actions.harmful), String(actions.reversals)],
      ];
    }),
  }));
}

const hoursOf = ({ agentHours }: LoopRun) => agentHours;

function nameOf(policy: string): string {
  const letter = letters[policy];
  return letter ? `${letter} ${policy}` : policy;
}

function attainedCells(paired: readonly Paired[], policy: string): string[] {
  const of = (figure: keyof Paired) => mean(paired.map((its) => mean(its[figure])));
  const isEnd = policy === WORST || policy === BEST;
  const hasGap = of('high') - of('low') >= LEAST_GAP;
  return [
    of('own').toFixed(2),
    policy === WORST ? '' : shown(gain(paired), 2),
    isEnd ? '' : hasGap ? shown(shareOfGap(paired), 0) : '-',
  ];
}

/** Medians of minutes, and what nine of ten do not exceed; of faults that nobody noticed or answered in time longer than any. */
function responseCells(faults: readonly LoopFault[]): string[] {
  const real = faults.filter(({ isBenign, watchedMinutes }) => !isBenign && watchedMinutes > 0);
  const minutesOf = (figure: (fault: LoopFault) => number | null, never: string) => {
    if (real.length === 0) return '-';
    const median = rank(
      real.map((fault) => figure(fault) ?? Number.POSITIVE_INFINITY),
      0.5,
    );
    return Number.isFinite(median) ? median.toFixed(1) : never;
  };
  const mitigated = mitigations(faults);
  const minutes = (q: number) => {
    const of = rank(mitigated, q);
    return Number.isNaN(of) ? '-' : Number.isFinite(of) ? of.toFixed(0) : '45+';
  };
  return [
    ...[
      minutesOf(({ minutesToDetect }) => minutesToDetect, 'never'),
      minutesOf(({ minutesToAct }) => minutesToAct, 'never'),
    ],
    ...[minutes(0.5), minutes(0.9)],
  ];
}
