import { gain, type Paired, shareOfGap } from '../gap.ts';
import { mean } from '../mean.ts';
import { minutesText, shown } from './loop-aims.ts';
import {
  addCounts,
  BEST,
  costOf,
  faultPlaces,
  type LoopGroup,
  mitigations,
  pairedAt,
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
      ...['policy', 'attained %', 'more than A', 'of the gap %', 'unserved %', 'p95 s of completed', 'p99 s'],
      ...['agent-h', 'agent-h / Z', 'cost $', 'cost / Z', 'cost / C'],
      ...[...responseHeader, 'false', 'harmful', 'reversals', 'scale/pool-h'],
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
        ...[secondsText(runs.map(({ p95Ms }) => p95Ms)), secondsText(runs.map(({ p99Ms }) => p99Ms))],
        perGroup(hoursOf).toFixed(0),
        shown(ratio(groups, policy, BEST, hoursOf), 3),
        perGroup(costOf).toFixed(0),
        ...[BEST, SCALED].map((to) => shown(ratio(groups, policy, to, costOf), 3)),
        ...responseCells(faults),
        `${actions.wrong} of ${actions.judged}`,
        ...[String(actions.harmful), String(actions.reversals)],
        (perGroup(({ scaleActions, poolHours }) => scaleActions / poolHours) / groups.length).toFixed(2),
      ];
    }),
  };
}

/**
 * What steering adds: how far a policy comes from each of the others to the best, over all scenarios, how many points more in the
 * median one and in that in which it is least, and in how many it attains less. Turns are so poor a beginning that much seems to be much.
 */
export function steeringTable(groups: readonly LoopGroup[], policies: readonly string[], policy: string): Table {
  const others = policies.filter((other) => other !== policy && other !== BEST);
  return {
    title: `how far ${policy} comes from each to the oracle`,
    header: ['from', 'of the gap %', 'points more', 'median scenario', 'least', 'in', 'less in'],
    rows: others.map((low) => {
      const paired = groups.map((group) => pairedOf(group, policy, low));
      const points = groups.map(({ name, variant }, i) => {
        const its = paired[i] as Paired;
        return { points: mean(its.own) - mean(its.low), of: `${name}, ${variant}` };
      });
      const least = points.reduce((a, b) => (b.points < a.points ? b : a));
      const median = rank(
        points.map((it) => it.points),
        0.5,
      );
      return [
        nameOf(low),
        ...[shown(shareOfGap(paired), 1), shown(gain(paired), 2)],
        ...[median.toFixed(2), least.points.toFixed(2), least.of],
        `${points.filter((it) => it.points < 0).length} of ${points.length}`,
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
    header: ['policy', ...knobs.flatMap((knob) => [knob, 'otherwise'])],
    rows: policies.map((policy) => {
      const its = runs.get(policy) ?? [];
      return [
        nameOf(policy),
        ...knobs.flatMap((knob) => [cell(its, knob, 'duringFaults'), cell(its, knob, 'otherwise')]),
      ];
    }),
  };
}

/** How often people hear of something. Alerts where only telemetry fails are right; those where nothing does are not. */
export function alertTable(groups: readonly LoopGroup[], policy: string): Table {
  const all = groups.flatMap(({ pools, runs }) => (runs.get(policy) ?? []).map((run) => ({ run, pools })));
  const hasTelemetry = ({ faults }: LoopRun) => faults.some(({ kind }) => kind === 'telemetry');
  const kinds: readonly [string, (run: LoopRun) => boolean][] = [
    ['faults', ({ isBenign }) => !isBenign],
    ['failing telemetry alone', (run) => run.isBenign && hasTelemetry(run)],
    ['no fault at all', (run) => run.isBenign && !hasTelemetry(run)],
  ];
  return {
    title: `alerts that ${policy} told, suggestions apart`,
    header: ['runs with', 'runs', 'fleet-hours', 'alerts', 'in 30 days', 'a fault'],
    rows: kinds.map(([words, isOne]) => {
      const its = all.filter(({ run }) => isOne(run));
      const hours = its.reduce((sum, { run, pools }) => sum + run.poolHours / pools, 0);
      const alerts = its.reduce((sum, { run }) => sum + run.alerts, 0);
      const faults = its.flatMap(({ run }) => run.faults.filter(({ isBenign }) => !isBenign)).length;
      return [
        ...[words, String(its.length), hours.toFixed(0), String(alerts)],
        hours === 0 ? '-' : ((alerts / hours) * 720).toFixed(1),
        faults === 0 ? '-' : (alerts / faults).toFixed(2),
      ];
    }),
  };
}

/** One table for each kind of fault, of the time in which it was in force. */
export function faultTables(groups: readonly LoopGroup[], policies: readonly string[]): Table[] {
  return [...Map.groupBy(faultPlaces(groups), ({ kind }) => kind)].map(([kind, its]) => ({
    title: `${kind}: ${its.length} in ${new Set(its.map(({ group }) => group)).size} scenarios, while it was in force`,
    header: [
      ...['policy', 'attained %', 'more than A', 'of the gap %', 'p95 s of completed', 'agent-h', 'agent-h / Z'],
      ...['cost $', 'cost / Z', 'min below 95 %', ...responseHeader, 'false', 'harmful', 'reversals'],
    ],
    rows: policies.map((policy) => {
      const paired = its.map((place) => pairedAt(place, policy));
      const faults = its.flatMap(({ group, index }) => runsOf(group, policy).flatMap((run) => run.faults[index] ?? []));
      const meanOf = (figure: (fault: LoopFault) => number) => mean(faults.map(figure));
      const ratioOf = (figure: (fault: LoopFault) => number) =>
        shown(
          ratio(
            its.map(({ group, index }) => ofFault(group, index)),
            policy,
            BEST,
            figure,
          ),
          3,
        );
      const actions = addCounts(faults);
      return [
        ...[nameOf(policy), ...attainedCells(paired, policy)],
        secondsText(faults.map(({ p95Ms }) => p95Ms)),
        ...[meanOf(({ agentHours }) => agentHours).toFixed(1), ratioOf(({ agentHours }) => agentHours)],
        ...[meanOf(({ costUsd }) => costUsd).toFixed(1), ratioOf(({ costUsd }) => costUsd)],
        meanOf(({ minutesBelow }) => minutesBelow).toFixed(1),
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
    isEnd ? '' : hasGap ? shown(shareOfGap(paired), 1) : '-',
  ];
}

const responseHeader = ['detect', 'never', 'act', 'never', 'mitigate', 'mitigate p90'];

/** Medians of minutes, of how many never, and what nine of ten do not exceed; never counts as longer than any. */
function responseCells(faults: readonly LoopFault[]): string[] {
  const real = faults.filter(({ isBenign, watchedMinutes }) => !isBenign && watchedMinutes > 0);
  const cellsOf = (figure: (fault: LoopFault) => number | null) => {
    if (real.length === 0) return ['-', '-'];
    const minutes = real.map((fault) => figure(fault) ?? Number.POSITIVE_INFINITY);
    const median = rank(minutes, 0.5);
    const never = minutes.filter((its) => its === Number.POSITIVE_INFINITY).length;
    return [Number.isFinite(median) ? median.toFixed(1) : 'never', `${never} of ${real.length}`];
  };
  const mitigated = mitigations(faults);
  return [
    ...cellsOf(({ minutesToDetect }) => minutesToDetect),
    ...cellsOf(({ minutesToAct }) => minutesToAct),
    ...[0.5, 0.9].map((q) => minutesText(rank(mitigated, q))),
  ];
}

/** What one fault came to in each run of its group, as `ratio` takes runs. */
function ofFault({ runs, ...group }: LoopGroup, index: number) {
  return {
    ...group,
    runs: new Map([...runs].map(([name, its]) => [name, its.flatMap(({ faults }) => faults[index] ?? [])])),
  };
}

/** The mean of those that completed anything. */
function secondsText(times: readonly (number | null)[]): string {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? '-' : (mean(known) / 1_000).toFixed(0);
}
