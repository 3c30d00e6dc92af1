import type { DetectionContext } from '../../detect/detection-context.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../model/time.ts';
import type { OpenRecommendation } from '../../recommend/open-recommendation.ts';
import { type GainUnit, strategyTraits } from '../../recommend/recommendation.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import type { SuggestionKind } from '../suggestion.ts';
import { capacityAhead } from './capacity-ahead.ts';
import { capacityShortfall } from './capacity-shortfall.ts';
import { poolOversized } from './pool-oversized.ts';
import { versionBetter } from './version-better.ts';

const condition = {
  /** Probability that the gain is worth telling. */
  leastConfidence: 0.9,
  /** Below this it is not told any more. */
  clearConfidence: 0.8,
  /** The hourly job expires what no evaluation has come to for a day; should it not run, nothing older is told either. */
  freshMinutes: 25 * 60,
};

/** Some recommendations save agents, money or work. */
export const efficiencyRecommended = ruleFor(
  'efficiency-recommended',
  'efficiency_opportunity',
  'a recommendation that saves agents, money or work',
);

/** Others make tasks faster or better, or the team. */
export const improvementRecommended = ruleFor(
  'improvement-recommended',
  'optimization_suggestion',
  'a recommendation that makes tasks faster or better, or a team less dependent on one agent',
);

function ruleFor(id: string, kind: SuggestionKind, what: string): AlertRule<typeof condition> {
  const strategies = Object.entries(strategyTraits).filter(([, { tellsOf }]) => tellsOf === kind);
  return {
    ...{ id, kind, condition },
    looksFor: `${what} (${strategies.map(([name]) => `\`${name}\``).join(', ')}), is open, and a probability of 90 % says that its gain is worth telling; where another rule tells the same of the pool, nothing is told twice`,
    // A recommendation lasts for a day without its evidence, and a decision is one.
    resolveAfterMinutes: 1,
    cooldownMinutes: DAY_MINUTES,
    runbook: `docs/runbooks.md#${id}`,
    assess: (context) =>
      (context.recommendations ?? [])
        .filter(({ strategy }) => strategyTraits[strategy].tellsOf === kind)
        .flatMap((open) => assess(context, id, open)),
  };
}

function assess(context: DetectionContext, rule: string, open: OpenRecommendation): Assessment[] {
  const { nowMs } = context;
  const { pool } = open.scope;
  const isFresh = nowMs - open.lastProposedMs <= condition.freshMinutes * MINUTE_MS;
  // Minutes that are made up for may lie before it.
  if (!isFresh || open.firstProposedMs > nowMs) return [];
  const scope: AlertScope = { ...(pool === undefined ? {} : { pool }), recommendation: open.id };
  if (isToldByAnother(context, open)) return [{ scope, verdict: 'clear' }];
  const least = 1 - (1 - condition.leastConfidence) / context.strictness(rule, pool);
  if (open.confidence >= least) return [{ scope, verdict: 'breach', finding: findingOf(open) }];
  return [{ scope, verdict: open.confidence < condition.clearConfidence ? 'clear' : 'unknown' }];
}

/** Rules that look at the minutes know it better: what they tell is not told again. */
function isToldByAnother({ firing }: DetectionContext, { strategy, scope }: OpenRecommendation): boolean {
  const { pool, version } = scope;
  if (pool === undefined) return false;
  const isFiring = (rule: Pick<AlertRule, 'id'>, of: AlertScope) => firing.has(alertFingerprint(rule.id, of));
  if (strategy === 'capacity_planning')
    return [poolOversized, capacityShortfall, capacityAhead].some((rule) => isFiring(rule, { pool }));
  return strategy === 'technology_upgrades' && version !== undefined && isFiring(versionBetter, { pool, version });
}

/** Words for a gain, and its name among the impacts of an alert. */
const unitWords: Readonly<Record<GainUnit, { words: string; impact: string | null }>> = {
  ms: { words: 'ms', impact: 'msSaved' },
  'tasks/min': { words: 'tasks a minute', impact: 'tasksPerMinute' },
  'tasks/day': { words: 'tasks a day', impact: 'tasksPerDay' },
  'agent-hours/day': { words: 'agent-hours a day', impact: 'agentHoursPerDay' },
  'usd/day': { words: 'USD a day', impact: 'usdPerDay' },
  ratio: { words: '%', impact: null },
};

function findingOf({
  id,
  title,
  evidence,
  action,
  expectedGain,
  confidence,
  basis,
  firstProposedMs,
}: OpenRecommendation): Finding {
  const { value, unit, low, high } = expectedGain;
  const { words, impact } = unitWords[unit];
  return {
    title,
    why: [...evidence, action].join(' '),
    onsetMs: firstProposedMs,
    // Of what is to be had nothing is without it.
    ...{ value, expected: 0, unit, n: countOf(basis) },
    impact: impact === null ? {} : { [impact]: Number(value.toPrecision(3)) },
    evidence: [
      `expected gain ${gainText(value, unit)} ${words}, with a probability of 90 % between ${gainText(low, unit)} and ${gainText(high, unit)}`,
      `confidence that it is worth doing: ${Math.floor(100 * confidence)} %`,
      `POST /v1/recommendations/${id}/adopt or /dismiss ends this alert`,
    ],
    contributors: [],
  };
}

/** What it was counted from, in the order in which it tells most. */
function countOf(basis: OpenRecommendation['basis']): number {
  const counts = ['tasks', 'tasksWorse', 'workflows', 'alerts', 'recommendations', 'budgets'] as const;
  return counts.map((name) => basis[name]).find((count) => count !== undefined) ?? 1;
}

function gainText(gain: number, unit: GainUnit): string {
  const value = unit === 'ratio' ? 100 * gain : gain;
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
