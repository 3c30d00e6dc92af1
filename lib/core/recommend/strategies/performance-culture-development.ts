import type { Alert } from '../../alert/alert.ts';
import { medianOf } from '../../kpi/median.ts';
import { wilsonLower } from '../../remediate/wilson-bound.ts';
import type { AdviceRecord } from '../lifecycle.ts';
import { type Recommendation, recommendation } from '../recommendation.ts';
import type { RecommendationContext } from '../recommendation-context.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

const DAY_MS = 86_400_000;
/** Within which somebody should take care of what is critical or high. */
const ACKNOWLEDGE_MS = 15 * 60_000;
const LEAST_ALERTS = 10;
/** What was recommended so long ago should have been decided on, and most of it. */
const DECIDED_MS = 14 * DAY_MS;
const LEAST_RECORDS = 6;
const DECIDED_SHARE = { least: 0.5, wanted: 0.8 };
const LEAST_BUDGETS = 3;
const UNOWNED_SHARE = 1 / 3;
/** Standard deviations of a one-sided bound of 95 %, and of one of 90 % for what is counted in full. */
const [Z, Z_OF_ALL] = [1.645, 1.2816];

/** Alerts that wait for somebody, recommendations that nobody decides on, budgets without an owner. */
export const performanceCultureDevelopment: Strategy = {
  name: 'performance_culture_development',
  evaluate(context) {
    return [acknowledgement(context), adoption(context), ownership(context)].filter((it) => it !== null);
  },
  figure({ alerts, records, budgets, nowMs }, { habit }) {
    if (habit === 'acknowledgement') {
      const delays = delaysOf(alerts, nowMs);
      return delays.length === 0 ? null : medianOf(delays);
    }
    if (habit === 'adoption') {
      const old = records.filter((record) => isOld(record, nowMs));
      return old.length === 0 ? null : old.filter((record) => !isDecided(record)).length / old.length;
    }
    return budgets.length === 0 ? null : budgets.filter(({ owner }) => owner === null).length / budgets.length;
  },
};

/** How long each alert that someone must see at once waited; one that nobody took care of as long as it fired. */
function delaysOf(alerts: readonly Alert[], nowMs: number): number[] {
  return alerts
    .filter(({ severity, silencedBy, inhibitedBy }) => {
      return (severity === 'critical' || severity === 'high') && silencedBy === null && inhibitedBy === null;
    })
    .flatMap(({ acknowledged, detectedMs, resolvedMs }) => {
      if (acknowledged) return Math.max(0, acknowledged.atMs - detectedMs);
      const lasted = (resolvedMs ?? nowMs) - detectedMs;
      // What ended before anybody had to come tells nothing.
      return lasted > ACKNOWLEDGE_MS ? lasted : [];
    })
    .sort((a, b) => a - b);
}

function acknowledgement({ alerts, nowMs }: RecommendationContext): Recommendation | null {
  const delays = delaysOf(alerts, nowMs);
  const n = delays.length;
  if (n < LEAST_ALERTS) return null;
  // Order statistics between which the median lies nine times in ten.
  const rank = Math.max(0, Math.floor(n / 2 - (Z * Math.sqrt(n)) / 2));
  const [low, high] = [delays[rank] ?? 0, delays[n - 1 - rank] ?? 0];
  const median = medianOf(delays);
  if (low <= ACKNOWLEDGE_MS) return null;
  const late = delays.filter((delay) => delay > ACKNOWLEDGE_MS).length;
  return recommendation(
    'performance_culture_development',
    { habit: 'acknowledgement' },
    {
      title: `Have someone answer alerts within ${duration(ACKNOWLEDGE_MS)}: half of them wait ${duration(median)} or longer`,
      evidence: [
        `Of ${n} critical and high alerts of the last 30 days ${late} were not acknowledged within ${duration(ACKNOWLEDGE_MS)}; the median is ${duration(median)}.`,
      ],
      expectedGain: {
        value: median - ACKNOWLEDGE_MS,
        unit: 'ms',
        low: low - ACKNOWLEDGE_MS,
        high: high - ACKNOWLEDGE_MS,
      },
      confidence: 0.95,
      action:
        'Agree on who is on call for each team and when, subscribe that person to the topic by team and severity, and look at unanswered alerts once a week.',
      basis: { alerts: n, late, medianMs: median },
      measure: { now: median, scale: 1 },
    },
  );
}

function adoption({ records, nowMs }: RecommendationContext): Recommendation | null {
  const old = records.filter((record) => isOld(record, nowMs));
  const undecided = old.filter((record) => !isDecided(record));
  const n = old.length;
  if (n < LEAST_RECORDS) return null;
  const least = wilsonLower(undecided.length, n, Z_OF_ALL);
  if (least <= 1 - DECIDED_SHARE.least) return null;
  const share = undecided.length / n;
  const gain = share - (1 - DECIDED_SHARE.wanted);
  const [low, high] = [wilsonLower(undecided.length, n, Z), 1 - wilsonLower(n - undecided.length, n, Z)];
  return recommendation(
    'performance_culture_development',
    { habit: 'adoption' },
    {
      title: `Decide on recommendations: ${undecided.length} of ${n} were neither adopted nor dismissed in two weeks`,
      evidence: [
        `Of ${n} recommendations that are two weeks old or older ${percent(share)} were left undecided; four in five are usually decided.`,
      ],
      expectedGain: {
        ...{ value: gain, unit: 'ratio' },
        low: Math.max(0, low - (1 - DECIDED_SHARE.wanted)),
        high: high - (1 - DECIDED_SHARE.wanted),
      },
      confidence: 0.975,
      action:
        'Go through the open recommendations once a week with who owns the pools: adopt, or dismiss with a reason.',
      basis: { recommendations: n, undecided: undecided.length },
      measure: { now: share, scale: 1 },
    },
  );
}

function ownership({ budgets }: RecommendationContext): Recommendation | null {
  const unowned = budgets.filter(({ owner }) => owner === null);
  const share = unowned.length / budgets.length;
  if (budgets.length < LEAST_BUDGETS || share < UNOWNED_SHARE) return null;
  return recommendation(
    'performance_culture_development',
    { habit: 'ownership' },
    {
      title: `Name an owner for ${unowned.length} of ${budgets.length} budgets`,
      evidence: [
        `Nobody owns ${unowned
          .slice(0, 5)
          .map(({ name }) => name)
          .join(', ')}: when such a budget burns, nobody is asked.`,
      ],
      // Counted, not estimated.
      expectedGain: { value: share, unit: 'ratio', low: share, high: share },
      confidence: 1,
      action: 'Set `owner` of each budget to the team that can change what it measures.',
      basis: { budgets: budgets.length, unowned: unowned.length },
      measure: { now: share, scale: 1 },
    },
  );
}

function isOld({ firstProposedMs }: AdviceRecord, nowMs: number): boolean {
  return nowMs - firstProposedMs >= DECIDED_MS;
}

/** One whose evidence went away by itself was not left undecided. */
function isDecided({ state, firstProposedMs }: AdviceRecord): boolean {
  return state.status === 'expired' ? state.atMs - firstProposedMs < DECIDED_MS : state.status !== 'proposed';
}
