import { bootstrap, type Interval, seedsOf } from '../bootstrap.ts';
import type { Paired } from '../gap.ts';
import { mean } from '../mean.ts';
import type { ActionCounts, LoopFault, LoopRun } from './loop-run.ts';

/** One scenario in one variant: runs by policy, one for each seed in the same order. */
export interface LoopGroup {
  name: string;
  variant: string;
  /** How many the fleet has. */
  pools: number;
  runs: ReadonlyMap<string, readonly LoopRun[]>;
}

/** Names of policies that others are measured by. */
export const [WORST, SCALED, BEST] = ['round-robin', 'round-robin+autoscaler', 'oracle'];
/** The dispatcher that the product steers, by itself. */
export const UNSTEERED = 'dispatcher';
/** The autoscaler with more agents, as it takes to attain about as much as the product; and what it is called in words. */
export const ampler: Readonly<Record<string, string>> = {
  'round-robin+autoscaler-40': 'turns with an autoscaler set to 40 % of slots at work',
  'power-of-two+autoscaler-50': 'two choices with an autoscaler set to 50 %',
  'dispatcher+autoscaler-50': 'the same dispatcher with an autoscaler set to 50 %',
};

export function runsOf({ runs }: LoopGroup, policy: string): readonly LoopRun[] {
  return runs.get(policy) ?? [];
}

/** Attainment in %, beside both ends of the scale. */
export function pairedOf(group: LoopGroup, policy: string, low = WORST): Paired {
  return pairedBy(group, policy, ({ attainment }) => attainment, low);
}

function pairedBy(group: LoopGroup, policy: string, figure: (run: LoopRun) => number | null, low = WORST): Paired {
  const of = (name: string) => runsOf(group, name).map((run) => 100 * (figure(run) ?? 0));
  return { own: of(policy), low: of(low), high: of(BEST) };
}

/**
 * The sum of one figure over scenarios ÷ that of another policy: what is paid adds up.
 * @returns NaN where the other has none
 */
export function ratio<Run>(
  groups: readonly { runs: ReadonlyMap<string, readonly Run[]> }[],
  policy: string,
  to: string,
  figure: (run: Run) => number,
): Interval {
  const figures = groups.map(({ runs }) => ({
    own: (runs.get(policy) ?? []).map(figure),
    other: (runs.get(to) ?? []).map(figure),
  }));
  return bootstrap(seedsOf(figures.map(({ own }) => own)), (members) => {
    const total = (of: 'own' | 'other') =>
      figures.reduce((sum, its) => sum + mean(members.map((k) => its[of][k] ?? Number.NaN)), 0);
    return total('own') / total('other');
  });
}

export function costOf({ agentUsd, tokenUsd }: LoopRun): number {
  return agentUsd + tokenUsd;
}

/** A statistic of what each run brings, of all runs of all groups together. @param values by group and seed */
export function pooled<Value>(
  values: readonly (readonly (readonly Value[])[])[],
  statistic: (values: readonly Value[]) => number,
): Interval {
  return bootstrap(seedsOf(values), (members) =>
    statistic(values.flatMap((its) => members.flatMap((k) => its[k] ?? []))),
  );
}

/** Of what was judged in all runs together, how much was false, in %; 0 of nothing. */
export function wrongShare(
  groups: readonly LoopGroup[],
  policy: string,
  countsOf: (run: LoopRun) => ActionCounts,
): Interval {
  const counts = groups.map((group) => runsOf(group, policy).map((run) => [countsOf(run)]));
  return pooled(counts, (of) => {
    const { judged, wrong } = addCounts(of);
    return judged === 0 ? 0 : (100 * wrong) / judged;
  });
}

/** Every fault of every group, where it stands in each of its runs. */
export function faultPlaces(groups: readonly LoopGroup[]) {
  return groups.flatMap((group) =>
    (runsOf(group, WORST)[0]?.faults ?? []).map(({ kind, isBenign }, index) => ({ group, index, kind, isBenign })),
  );
}

/** Attainment in % while one fault was in force, beside both ends of the scale. */
export function pairedAt({ group, index }: { group: LoopGroup; index: number }, policy: string): Paired {
  return pairedBy(group, policy, ({ faults }) => faults[index]?.attainment ?? null);
}

/** Faults of agents that hurt a pool under this policy, and none under the other. */
export function feltOnlyUnder(groups: readonly LoopGroup[], policy: string, spared: string): number {
  const felt = groups.flatMap((group) =>
    runsOf(group, policy).flatMap(({ faults }, seed) =>
      faults.filter(
        (fault, index) =>
          isOfAgents(fault) &&
          fault.minutesToRecover !== 0 &&
          runsOf(group, spared)[seed]?.faults[index]?.minutesToRecover === 0,
      ),
    ),
  );
  return felt.length;
}

/** Of each run of a group, minutes until the pools that a fault of agents concerns were back, where one was hurt under another policy. */
export function recoveries(group: LoopGroup, policy: string, hurtUnder: string): number[][] {
  return runsOf(group, policy).map(({ faults }, seed) =>
    faults.flatMap((fault, index) => {
      const other = runsOf(group, hurtUnder)[seed]?.faults[index];
      const isHurt = other !== undefined && other.minutesToRecover !== 0;
      return isOfAgents(fault) && isHurt ? (fault.minutesToRecover ?? Number.POSITIVE_INFINITY) : [];
    }),
  );
}

/** Grades do not enter attainment: a collapse of quality is mitigated before it begins. */
export function isOfAgents({ isOfAgents: its, kind }: LoopFault): boolean {
  return its && kind !== 'quality_collapse';
}

/** Where a fault was not mitigated it took longer than any that was. */
export function mitigations(faults: readonly LoopFault[]): number[] {
  return faults.flatMap(({ minutesToMitigate, watchedMinutes, isBenign }) =>
    watchedMinutes === 0 || isBenign ? [] : (minutesToMitigate ?? Number.POSITIVE_INFINITY),
  );
}

/** The value of rank ⌈q n⌉; NaN of nothing. @param q above 0, 1 at most */
export function rank(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export function addCounts(counts: readonly ActionCounts[]): ActionCounts {
  const sum = (of: (count: ActionCounts) => number) => counts.reduce((total, count) => total + of(count), 0);
  return {
    judged: sum(({ judged }) => judged),
    wrong: sum(({ wrong }) => wrong),
    harmful: sum(({ harmful }) => harmful),
    reversals: sum(({ reversals }) => reversals),
  };
}
