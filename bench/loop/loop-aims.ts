import type { Interval } from '../bootstrap.ts';
import { gain, type Paired, shareOfGap } from '../gap.ts';
import { mean } from '../mean.ts';
import type { Figure } from '../results/figure.ts';
import {
  addCounts,
  ampler,
  BEST,
  costOf,
  faultPlaces,
  feltOnlyUnder,
  isOfAgents,
  type LoopGroup,
  mitigations,
  pairedAt,
  pairedOf,
  pooled,
  rank,
  ratio,
  recoveries,
  runsOf,
  SCALED,
  UNSTEERED,
  wrongShare,
} from './loop-figures.ts';
import type { ActionCounts } from './loop-run.ts';

/** What is aimed at, what it was, and whether that is enough. */
export interface Aim {
  aim: string;
  figure: string;
  isMet: boolean;
  /** Whether the whole 95 % interval is within the aim too. */
  isSure: boolean;
  /** The same as it is stored, each of them with its own aim. */
  measured: readonly Figure[];
}

const GAP_PERCENT = 98;
const COST_RATIO = 1.1;
const HOURS_RATIO = 0.85;
const [MEDIAN_MINUTES, P90_MINUTES] = [2, 5];
const FALSE_SHARE = 0.1;
const SCALES_AN_HOUR = 4;

/** @param groups with runs of the policy, of the oracle, of no control and of the autoscaler */
export function aimsOf(groups: readonly LoopGroup[], policy: string): Aim[] {
  const mitigated = (of: string) =>
    groups.map((group) => runsOf(group, of).map(({ faults }) => mitigations(faults.filter(isOfAgents))));
  const isThere = (name: string) => groups.every((group) => runsOf(group, name).length > 0);
  const hasUnsteered = isThere(UNSTEERED);
  const others = [[SCALED, 'turns with an autoscaler'] as const, ...Object.entries(ampler)];
  return [
    gapAim(groups, policy),
    ...faultsGapAim(groups, policy),
    oracleHoursAim(groups, policy),
    ...others.filter(([than]) => isThere(than)).map(([than, words]) => hoursAim(groups, policy, than, words)),
    minutesAim(
      'faults of agents mitigated',
      'minutes to mitigate a fault of agents',
      mitigated(policy),
      hasUnsteered ? `; the dispatcher alone ${quantilesOf(mitigated(UNSTEERED))}` : '',
    ),
    ...(hasUnsteered
      ? [
          minutesAim(
            'pools recovered from faults of agents that hurt them under the dispatcher alone, from the first minute below 95 %,',
            'minutes to recover of pools that the dispatcher alone did not spare',
            groups.map((group) => recoveries(group, policy, UNSTEERED)),
            `; ${feltOnlyUnder(groups, policy, UNSTEERED)} more hurt them only under it`,
          ),
        ]
      : []),
    falseShareAim(groups, policy, 'within faults', ({ duringFaults }) => duringFaults),
    falseShareAim(groups, policy, 'between and after faults', ({ otherwise, isBenign }) =>
      isBenign ? none : otherwise,
    ),
    benignAim(groups, policy),
    scalesAim(groups, policy),
  ];
}

function gapAim(groups: readonly LoopGroup[], policy: string): Aim {
  const paired = groups.map((group) => pairedOf(group, policy));
  const [gap, cost] = [shareOfGap(paired), ratio(groups, policy, BEST, costOf)];
  return {
    aim: `at least ${GAP_PERCENT} % of the way from no control to the oracle, at a cost of at most ${COST_RATIO} of the oracle's`,
    figure: `${shown(gap, 1)} % at ${shown(cost, 3)} (agents and tokens); by itself in ${countReaching(paired)} of ${paired.length} scenarios`,
    isMet: gap.estimate >= GAP_PERCENT && cost.estimate <= COST_RATIO,
    isSure: gap.low >= GAP_PERCENT && cost.high <= COST_RATIO,
    measured: [
      atLeast('of the way from no control to the oracle', gap, '%', GAP_PERCENT),
      atMost("cost, by the oracle's", cost, '', COST_RATIO),
    ],
  };
}

/** Hours without a fault and benign events, in which no control does badly too, left out. */
function faultsGapAim(groups: readonly LoopGroup[], policy: string): Aim[] {
  const places = faultPlaces(groups).filter(({ isBenign }) => !isBenign);
  if (places.length === 0) return [];
  const gap = shareOfGap(places.map((place) => pairedAt(place, policy)));
  const kinds = [...Map.groupBy(places, ({ kind }) => kind).values()].map((its) =>
    meansOf(its.map((place) => pairedAt(place, policy))),
  );
  return [
    {
      aim: `at least ${GAP_PERCENT} % of that way while faults are in force`,
      figure: `${shown(gap, 1)} %; by itself of ${countReaching(kinds)} of ${kinds.length} kinds`,
      isMet: gap.estimate >= GAP_PERCENT,
      isSure: gap.low >= GAP_PERCENT,
      measured: [atLeast('of that way while faults are in force', gap, '%', GAP_PERCENT)],
    },
  ];
}

/** Those that come far enough by themselves. */
function countReaching(paired: readonly Paired[]): number {
  return paired.filter(({ own, low, high }) => {
    const [ours, from, to] = [mean(own), mean(low), mean(high)];
    return 100 * (ours - from) >= GAP_PERCENT * (to - from);
  }).length;
}

function meansOf(paired: readonly Paired[]): Paired {
  const of = (figure: keyof Paired) => paired.map((its) => mean(its[figure]));
  return { own: of('own'), low: of('low'), high: of('high') };
}

function oracleHoursAim(groups: readonly LoopGroup[], policy: string): Aim {
  const hours = ratio(groups, policy, BEST, ({ agentHours }) => agentHours);
  return {
    aim: `at most ${COST_RATIO} of the oracle's agent-hours`,
    figure: shown(hours, 3),
    isMet: hours.estimate <= COST_RATIO,
    isSure: hours.high <= COST_RATIO,
    measured: [atMost("agent-hours, by the oracle's", hours, '', COST_RATIO)],
  };
}

function hoursAim(groups: readonly LoopGroup[], policy: string, than: string, words: string): Aim {
  const hours = ratio(groups, policy, than, ({ agentHours }) => agentHours);
  const cost = ratio(groups, policy, than, costOf);
  const paired = groups.map((group) => ({ ...pairedOf(group, policy), low: pairedOf(group, than).own }));
  const more = gain(paired);
  const less = paired.filter(({ own, low }) => mean(own) < mean(low)).length;
  return {
    aim: `at most ${HOURS_RATIO} of the agent-hours of ${words}, at no less attainment`,
    figure: `${shown(hours, 3)} at ${more.estimate >= 0 ? '+' : ''}${shown(more, 2)} points, less in ${less} of ${paired.length} scenarios; with tokens ${shown(cost, 3)} of the cost`,
    isMet: hours.estimate <= HOURS_RATIO && more.estimate >= 0,
    isSure: hours.high <= HOURS_RATIO && more.low >= 0,
    measured: [
      atMost(`agent-hours, by those of ${words}`, hours, '', HOURS_RATIO),
      atLeast(`attainment above that of ${words}`, more, 'points', 0),
      { ...measuredOf(`cost of agents and tokens, by that of ${words}`, cost, ''), betterIs: 'lower' },
      counted(`scenarios with less attainment than ${words}`, less),
    ],
  };
}

/** @param minutes of each fault, by group and seed; infinite where it took longer than was watched */
function minutesAim(
  what: string,
  name: string,
  minutes: readonly (readonly (readonly number[])[])[],
  beside: string,
): Aim {
  const [median, p90] = [0.5, 0.9].map((q) => pooled(minutes, (values) => rank(values, q))) as [Interval, Interval];
  return {
    aim: `${what} within ${MEDIAN_MINUTES} min in the median, and ${P90_MINUTES} min in nine of ten cases`,
    figure: `${shown(median, 0)} min and ${shown(p90, 0)} min (${minutes.flat(2).length} faults)${beside}`,
    isMet: median.estimate <= MEDIAN_MINUTES && p90.estimate <= P90_MINUTES,
    isSure: median.high <= MEDIAN_MINUTES && p90.high <= P90_MINUTES,
    measured: [
      atMost(`${name}, median`, median, 'min', MEDIAN_MINUTES),
      atMost(`${name}, nine of ten`, p90, 'min', P90_MINUTES),
    ],
  };
}

function quantilesOf(minutes: readonly (readonly (readonly number[])[])[]): string {
  return [0.5, 0.9].map((q) => minutesText(rank(minutes.flat(2), q))).join(' and ');
}

const none: ActionCounts = { judged: 0, wrong: 0, harmful: 0, reversals: 0 };

function falseShareAim(
  groups: readonly LoopGroup[],
  policy: string,
  when: string,
  countsOf: Parameters<typeof wrongShare>[2],
): Aim {
  const share = wrongShare(groups, policy, countsOf);
  const { wrong, judged, harmful } = addCounts(groups.flatMap((group) => runsOf(group, policy)).map(countsOf));
  return {
    aim: `at most ${100 * FALSE_SHARE} % of the actions ${when} false`,
    figure: `${shown(share, 1)} % (${wrong} of ${judged}), ${harmful} harmful`,
    isMet: share.estimate <= 100 * FALSE_SHARE,
    isSure: share.high <= 100 * FALSE_SHARE,
    measured: [atMost(`actions ${when} that are false`, share, '%', 100 * FALSE_SHARE)],
  };
}

function benignAim(groups: readonly LoopGroup[], policy: string): Aim {
  const benign = groups.flatMap((group) => runsOf(group, policy)).filter(({ isBenign }) => isBenign);
  const counts = addCounts(benign.flatMap(({ duringFaults, otherwise }) => [duringFaults, otherwise]));
  return {
    aim: 'no false action while only telemetry fails, or nothing does',
    figure: `${counts.wrong} of ${counts.judged}, ${counts.harmful} harmful, in ${benign.length} runs`,
    isMet: counts.wrong === 0,
    isSure: counts.wrong === 0,
    measured: [counted('false actions where only telemetry fails, or nothing', counts.wrong, 0)],
  };
}

/** By pool, as a pool is what is scaled; beside it for the whole fleet. */
function scalesAim(groups: readonly LoopGroup[], policy: string): Aim {
  const rates = groups.map((group) => ({
    ...{ of: `${group.name}, ${group.variant}`, pools: group.pools },
    rate: mean(runsOf(group, policy).map(({ scaleActions, poolHours }) => scaleActions / poolHours)),
  }));
  const busiest = rates.reduce((most, it) => (it.rate > most.rate ? it : most), { of: '', rate: 0, pools: 1 });
  const ofFleets = rates.map(({ rate, pools }) => rate * pools);
  return {
    aim: `at most ${SCALES_AN_HOUR} scale actions a pool and hour in any scenario`,
    figure: `${mean(rates.map(({ rate }) => rate)).toFixed(2)} on average, ${busiest.rate.toFixed(2)} in ${busiest.of || 'none'}; of all pools of a fleet together ${mean(ofFleets).toFixed(2)} and ${Math.max(...ofFleets).toFixed(2)}`,
    isMet: busiest.rate <= SCALES_AN_HOUR,
    isSure: busiest.rate <= SCALES_AN_HOUR,
    measured: [counted('scale actions a pool and hour, in the busiest scenario', busiest.rate, SCALES_AN_HOUR)],
  };
}

function measuredOf(name: string, { estimate, low, high }: Interval, unit: string) {
  const value = Number.isFinite(estimate) ? estimate : null;
  const interval = Number.isFinite(low) && Number.isFinite(high) ? { interval: [low, high] as const } : {};
  return { name, value, unit, kind: 'seeded' as const, ...interval };
}

/** The fewer, the better. */
function counted(name: string, value: number, aim?: number): Figure {
  return { name, value, unit: '', betterIs: 'lower', kind: 'seeded', ...(aim === undefined ? {} : { aim }) };
}

function atLeast(name: string, of: Interval, unit: string, aim: number): Figure {
  return { ...measuredOf(name, of, unit), aim, betterIs: 'higher' };
}

function atMost(name: string, of: Interval, unit: string, aim: number): Figure {
  return { ...measuredOf(name, of, unit), aim, betterIs: 'lower' };
}

/** How an aim came out, in words. */
export function verdictOf({ isMet, isSure }: Pick<Aim, 'isMet' | 'isSure'>): string {
  if (!isMet) return 'not met';
  return isSure ? 'met' : 'met, not beyond chance';
}

/** With its 95 % interval. */
export function shown({ estimate, low, high }: Interval, digits: number): string {
  const number = (value: number) => (value === Number.POSITIVE_INFINITY ? '45+' : value.toFixed(digits));
  if (Number.isNaN(estimate)) return '-';
  return Number.isNaN(low) ? number(estimate) : `${number(estimate)} (${number(low)} to ${number(high)})`;
}

/** Whole minutes; `45+` of what took longer than was watched. */
export function minutesText(minutes: number): string {
  return Number.isNaN(minutes) ? '-' : shown({ estimate: minutes, low: Number.NaN, high: Number.NaN }, 0);
}
