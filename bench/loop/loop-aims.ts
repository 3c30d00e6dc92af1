import type { Interval } from '../bootstrap.ts';
import { gain, shareOfGap } from '../gap.ts';
import { mean } from '../mean.ts';
import type { Figure } from '../results/figure.ts';
import {
  addCounts,
  ampler,
  BEST,
  costOf,
  isOfAgents,
  type LoopGroup,
  mitigations,
  pairedOf,
  pooled,
  rank,
  ratio,
  recoveries,
  runsOf,
  SCALED,
  UNSTEERED,
} from './loop-figures.ts';

/** What is aimed at, what it was, and whether that is enough. */
export interface Aim {
  aim: string;
  figure: string;
  isMet: boolean;
  /** The same as it is stored, each of them with its own aim. */
  measured: readonly Figure[];
}

const GAP_PERCENT = 98;
const COST_RATIO = 1.1;
const HOURS_RATIO = 0.85;
const [MEDIAN_MINUTES, P90_MINUTES] = [2, 5];
const FALSE_SHARE = 0.1;
const SCALES_AN_HOUR = 4;

const atLeast = (name: string, value: number, unit: string, aim: number): Figure => ({
  ...{ name, value, unit, aim, betterIs: 'higher', kind: 'seeded' },
});
const atMost = (name: string, value: number, unit: string, aim: number): Figure => ({
  ...{ name, value, unit, aim, betterIs: 'lower', kind: 'seeded' },
});

/** @param groups with runs of the policy, of the oracle, of no control and of the autoscaler */
export function aimsOf(groups: readonly LoopGroup[], policy: string): Aim[] {
  const paired = groups.map((group) => pairedOf(group, policy));
  const gap = shareOfGap(paired);
  const cost = ratio(groups, policy, BEST, costOf);
  const hours = ratio(groups, policy, BEST, ({ agentHours }) => agentHours);
  const mitigated = groups.map((group) =>
    runsOf(group, policy).map(({ faults }) => mitigations(faults.filter(isOfAgents))),
  );
  const recovered = groups.map((group) => recoveries(group, policy, UNSTEERED));
  const runs = groups.flatMap((group) => runsOf(group, policy));
  const within = addCounts(runs.map(({ duringFaults }) => duringFaults));
  const share = within.judged === 0 ? 0 : within.wrong / within.judged;
  const benign = runs.filter(({ isBenign }) => isBenign);
  const wrong = addCounts(benign.flatMap(({ duringFaults, otherwise }) => [duringFaults, otherwise])).wrong;
  const rates = groups.map((group) => ({
    of: `${group.name}, ${group.variant}`,
    rate: mean(runsOf(group, policy).map(({ scaleActions, poolHours }) => scaleActions / poolHours)),
  }));
  const busiest = rates.reduce((most, it) => (it.rate > most.rate ? it : most), { of: '', rate: 0 });
  return [
    {
      aim: `at least ${GAP_PERCENT} % of the way from no control to the oracle, at a cost of at most ${COST_RATIO} of the oracle's`,
      figure: `${shown(gap, 1)} % at ${shown(cost, 3)}`,
      isMet: gap.estimate >= GAP_PERCENT && cost.estimate <= COST_RATIO,
      measured: [
        atLeast('of the way from no control to the oracle', gap.estimate, '%', GAP_PERCENT),
        atMost("cost, by the oracle's", cost.estimate, '', COST_RATIO),
      ],
    },
    {
      aim: `at most ${COST_RATIO} of the oracle's agent-hours`,
      figure: shown(hours, 3),
      isMet: hours.estimate <= COST_RATIO,
      measured: [atMost("agent-hours, by the oracle's", hours.estimate, '', COST_RATIO)],
    },
    ...[[SCALED, 'turns with an autoscaler'] as const, ...Object.entries(ampler)]
      .filter(([than]) => groups.every((group) => runsOf(group, than).length > 0))
      .map(([than, words]) => hoursAim(groups, policy, than, words)),
    minutesAim('faults of agents mitigated', 'minutes to mitigate a fault of agents', mitigated),
    ...(groups.every((group) => runsOf(group, UNSTEERED).length > 0)
      ? [
          minutesAim(
            'pools recovered from faults of agents that hurt them under the dispatcher alone, from the first minute below 95 %,',
            'minutes to recover of pools that the dispatcher alone did not spare',
            recovered,
          ),
        ]
      : []),
    {
      aim: `at most ${100 * FALSE_SHARE} % of the actions within faults false`,
      figure: `${(100 * share).toFixed(1)} % (${within.wrong} of ${within.judged})`,
      isMet: share <= FALSE_SHARE,
      measured: [atMost('actions within faults that are false', 100 * share, '%', 100 * FALSE_SHARE)],
    },
    {
      aim: 'no false action while only telemetry fails, or nothing does',
      figure: `${wrong} in ${benign.length} runs`,
      isMet: wrong === 0,
      measured: [atMost('false actions where only telemetry fails, or nothing', wrong, '', 0)],
    },
    {
      aim: `at most ${SCALES_AN_HOUR} scale actions a pool and hour in any scenario`,
      figure: `${mean(rates.map(({ rate }) => rate)).toFixed(2)} on average, ${busiest.rate.toFixed(2)} in ${busiest.of || 'none'}`,
      isMet: busiest.rate <= SCALES_AN_HOUR,
      measured: [atMost('scale actions a pool and hour, in the busiest scenario', busiest.rate, '', SCALES_AN_HOUR)],
    },
  ];
}

/** @param minutes of each fault, by group and seed; infinite where it took longer than was watched */
function minutesAim(what: string, name: string, minutes: readonly (readonly (readonly number[])[])[]): Aim {
  const [median, p90] = [0.5, 0.9].map((q) => pooled(minutes, (values) => rank(values, q))) as [Interval, Interval];
  const count = minutes.flat(2).length;
  const figure = (of: string, { estimate }: Interval, aim: number) => ({
    ...atMost(`${name}, ${of}`, estimate, 'min', aim),
    value: Number.isFinite(estimate) ? estimate : null,
  });
  return {
    aim: `${what} within ${MEDIAN_MINUTES} min in the median, and ${P90_MINUTES} min in nine of ten cases`,
    figure: `${shown(median, 0)} min and ${shown(p90, 0)} min (${count} faults)`,
    isMet: median.estimate <= MEDIAN_MINUTES && p90.estimate <= P90_MINUTES,
    measured: [figure('median', median, MEDIAN_MINUTES), figure('nine of ten', p90, P90_MINUTES)],
  };
}

function hoursAim(groups: readonly LoopGroup[], policy: string, than: string, words: string): Aim {
  const hours = ratio(groups, policy, than, ({ agentHours }) => agentHours);
  const more = gain(groups.map((group) => ({ ...pairedOf(group, policy), low: pairedOf(group, than).own })));
  return {
    aim: `at most ${HOURS_RATIO} of the agent-hours of ${words}, at no less attainment`,
    figure: `${shown(hours, 3)} at ${more.estimate >= 0 ? '+' : ''}${shown(more, 2)} points`,
    isMet: hours.estimate <= HOURS_RATIO && more.estimate >= 0,
    measured: [
      atMost(`agent-hours, by those of ${words}`, hours.estimate, '', HOURS_RATIO),
      atLeast(`attainment above that of ${words}`, more.estimate, 'points', 0),
    ],
  };
}

/** With its 95 % interval. */
export function shown({ estimate, low, high }: Interval, digits: number): string {
  const number = (value: number) => (value === Number.POSITIVE_INFINITY ? '45+' : value.toFixed(digits));
  if (Number.isNaN(estimate)) return '-';
  return Number.isNaN(low) ? number(estimate) : `${number(estimate)} (${number(low)} to ${number(high)})`;
}
